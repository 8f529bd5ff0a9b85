import type { ContainerConfig, HostConfig } from '../../contract/engine-api/container.ts';
import type { EndpointSettings } from '../../contract/engine-api/network.ts';
import { InvalidParameterError } from '../errors.ts';
import type { NetworkRecord } from './network-record.ts';
import type { NetworkStore } from './network-store.ts';

/** What `--network` said, resolved. */
export type NetworkMode =
  /** No network at all: `NetworkDisabled`. */
  | { kind: 'disabled' }
  | { kind: 'host'; network: NetworkRecord; asked: EndpointSettings }
  | { kind: 'none'; network: NetworkRecord; asked: EndpointSettings }
  | { kind: 'container'; reference: string }
  /** In the order in which interfaces are made; the first has the default route. */
  | { kind: 'bridge'; networks: { network: NetworkRecord; asked: EndpointSettings }[] };

/** @throws NotFoundError `network nope not found`, InvalidParameterError for combinations that make no sense. */
export function resolveNetworkMode(
  store: NetworkStore,
  request: { config: ContainerConfig; hostConfig: HostConfig; endpoints: Record<string, EndpointSettings> },
): NetworkMode {
  if (request.config.NetworkDisabled) return { kind: 'disabled' };
  const mode = networkName(request.hostConfig.NetworkMode);
  if (mode.startsWith('container:')) {
    const reference = mode.slice('container:'.length);
    if (reference === '') throw new InvalidParameterError('invalid network mode "container:": name the container whose network is to be shared');
    return { kind: 'container', reference };
  }
  const first = store.get(mode);
  const networks = new Map<NetworkRecord, EndpointSettings>([[first, {}]]);
  for (const [reference, asked] of Object.entries(request.endpoints)) networks.set(store.get(networkName(reference)), asked ?? {});
  const only = networks.size === 1;
  if (first.driver !== 'bridge') {
    if (!only) throw new InvalidParameterError(`a container on network ${first.name} cannot be on others as well`);
    return { kind: first.driver === 'host' ? 'host' : 'none', network: first, asked: networks.get(first)! };
  }
  const misplaced = [...networks.keys()].find((network) => network.driver !== 'bridge');
  if (misplaced !== undefined) throw new InvalidParameterError(`a container on network ${first.name} cannot be on ${misplaced.name} as well`);
  // A higher priority wins the default route; the mode's own network comes first among equals. Source: moby GwPriority.
  const ordered = [...networks].map(([network, asked]) => ({ network, asked })).sort((one, other) => (other.asked.GwPriority ?? 0) - (one.asked.GwPriority ?? 0));
  return { kind: 'bridge', networks: ordered };
}

/** Clients say `default` for whatever the engine's default is. */
export function networkName(mode: string | undefined): string {
  return mode === undefined || mode === '' || mode === 'default' ? 'bridge' : mode;
}

/** Names by which others on a user-defined network find a container. The default bridge has none. Source: moby buildEndpointDNSNames. */
export function dnsNames(
  network: NetworkRecord,
  container: { id: string; name: string; hostname?: string },
  asked: EndpointSettings,
): string[] {
  if (network.driver !== 'bridge' || network.name === 'bridge') return [];
  const names = [container.name, ...(asked.Aliases ?? []), container.id.slice(0, 12), container.hostname ?? ''];
  return [...new Set(names.filter((name) => name !== ''))];
}
