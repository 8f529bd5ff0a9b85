import type { ContainerSummary } from '../../../contract/engine-api/container.ts';
import type { EndpointSettings, Network } from '../../../contract/engine-api/network.ts';
import { idOf } from './sample.ts';

function network(name: string, driver: string, subnet?: string, more: Partial<Network> = {}): Network {
  return {
    Name: name, Id: idOf(`network ${name}`), Created: new Date(Date.now() - 11_000_000).toISOString(), Scope: 'local', Driver: driver, EnableIPv4: true, EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: subnet === undefined ? [] : [{ Subnet: subnet, Gateway: subnet.replace(/0\/\d+$/, '1') }] },
    Internal: false, Attachable: false, Ingress: false, ConfigFrom: { Network: '' }, ConfigOnly: false, Containers: {}, Options: {}, Labels: {}, ...more,
  };
}

export const networks: Network[] = [
  network('bridge', 'bridge', '172.17.0.0/16', { Options: { 'com.docker.network.bridge.name': 'docker0' } }),
  network('host', 'host'),
  network('none', 'null'),
  network('shop_frontend', 'bridge', '172.20.0.0/16', { Labels: { 'com.docker.compose.project': 'shop' } }),
  network('shop_backend', 'bridge', '172.21.0.0/16', { Internal: true, Labels: { 'com.docker.compose.project': 'shop' } }),
  network('observability', 'bridge', '172.22.0.0/16'),
];

const endpoint = (name: string, IPAddress: string, ...DNSNames: string[]): Record<string, EndpointSettings> => ({ [name]: { NetworkID: idOf(`network ${name}`), IPAddress, DNSNames } });

const endpoints: Record<string, Record<string, EndpointSettings>> = {
  'shop-web-1': endpoint('shop_frontend', '172.20.0.2', 'shop-web-1', 'web'),
  'shop-api-1': { ...endpoint('shop_frontend', '172.20.0.3', 'shop-api-1', 'api'), ...endpoint('shop_backend', '172.21.0.5', 'shop-api-1', 'api') },
  'shop-worker-1': endpoint('shop_backend', '', 'shop-worker-1', 'worker'),
  'shop-search-1': endpoint('shop_backend', '172.21.0.6', 'shop-search-1', 'search'),
  'shop-postgres-1': endpoint('shop_backend', '172.21.0.3', 'shop-postgres-1', 'postgres'),
  'shop-redis-1': endpoint('shop_backend', '172.21.0.4', 'shop-redis-1', 'redis'),
  'observability-grafana-1': endpoint('observability', '172.22.0.3', 'grafana'),
  'observability-loki-1': endpoint('observability', '172.22.0.4', 'loki'),
  'observability-prometheus-1': endpoint('observability', '172.22.0.2', 'prometheus'),
  'pg-scratch': endpoint('bridge', '172.17.0.2'),
  minio: endpoint('bridge', '172.17.0.3'),
  hello: endpoint('bridge', ''),
};

/** The sample's containers in their networks. */
export const withNetworks = (containers: readonly ContainerSummary[]): ContainerSummary[] =>
  containers.map((summary) => ({ ...summary, NetworkSettings: { Networks: endpoints[(summary.Names[0] ?? '').slice(1)] ?? {} } }));
