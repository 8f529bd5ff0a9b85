import type { Network } from '../../../contract/engine-api/network.ts';
import type { Endpoint } from '../sandbox/endpoint.ts';
import type { NetworkRange, NetworkRecord } from './network-record.ts';

/** A network as `GET /networks/{id}` shows it. */
export function showNetwork(record: NetworkRecord, endpoints: { containerId: string; containerName: string; endpoint: Endpoint }[]): Network {
  const containers = endpoints.map(({ containerId, containerName, endpoint: { id, attachment } }) => {
    return [containerId, { Name: containerName, EndpointID: id, MacAddress: attachment?.mac ?? '', IPv4Address: attachment?.ipv4 ?? '', IPv6Address: attachment?.ipv6 ?? '' }] as const;
  });
  return {
    Name: record.name,
    Id: record.id,
    Created: record.created,
    Scope: 'local',
    Driver: record.driver,
    EnableIPv4: record.enableIPv4,
    EnableIPv6: record.enableIPv6,
    IPAM: { Driver: 'default', Options: record.ipamOptions, Config: record.driver === 'host' || (record.driver === 'null' && !record.configOnly) ? null : record.ranges.map(showRange) },
    Internal: record.internal,
    Attachable: record.attachable,
    Ingress: false,
    ConfigFrom: { Network: record.configFrom },
    ConfigOnly: record.configOnly,
    Containers: Object.fromEntries(containers),
    Options: record.options,
    Labels: record.labels,
  };
}

function showRange({ subnet, ipRange, gateway, auxiliary }: NetworkRange): NonNullable<Network['IPAM']['Config']>[number] {
  return {
    Subnet: subnet,
    ...(ipRange === undefined ? {} : { IPRange: ipRange }),
    ...(gateway === '' ? {} : { Gateway: gateway }),
    ...(Object.keys(auxiliary).length === 0 ? {} : { AuxiliaryAddresses: auxiliary }),
  };
}
