import type { ContainerConfig, HostConfig } from '../../../contract/engine-api/container.ts';
import type { EndpointSettings } from '../../../contract/engine-api/network.ts';
import { ForbiddenError, InvalidParameterError } from '../../errors.ts';
import type { NetworkRecord } from '../networks/network-record.ts';
import type { NetworkStore } from '../networks/network-store.ts';

/** What `--network` said, resolved. */
export type NetworkMode =
  /** No network at all: `NetworkDisabled`. */
  | { kind: 'disabled' }
  | { kind: 'host'; network: NetworkRecord; asked: EndpointSettings }
  | { kind: 'none'; network: NetworkRecord; asked: EndpointSettings }
  | { kind: 'container'; reference: string }
  /** In the order in which interfaces are made. None: all were disconnected. */
  | { kind: 'networks'; networks: { network: NetworkRecord; asked: EndpointSettings }[] };

/** In moby's words. Source: moby runconfig/errors.go. */
export const hostNetwork = 'container cannot be disconnected from host network or connected to host network';
export const privateNamespace = 'container cannot be connected to multiple networks with one of the networks in private (none) mode';
export const sharedNamespace = 'container sharing network namespace with another container or host cannot be connected to any other network';

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
  const asked = Object.entries(request.endpoints).map(([reference, settings]) => ({ network: store.get(networkName(reference)), asked: settings ?? {} }));
  const config = asked.find(({ network }) => network.configOnly);
  if (config !== undefined) throw new ForbiddenError(`configuration network ${JSON.stringify(config.network.name)} cannot have containers`);
  const special = store.find(mode);
  if (special?.driver === 'host' || special?.driver === 'null') {
    const other = asked.find(({ network }) => network !== special);
    if (other !== undefined) throw new InvalidParameterError(special.driver === 'host' ? sharedNamespace : privateNamespace);
    return { kind: special.driver === 'host' ? 'host' : 'none', network: special, asked: asked[0]?.asked ?? {} };
  }
  const misplaced = asked.find(({ network }) => network.driver === 'host' || network.driver === 'null');
  if (misplaced !== undefined) throw new InvalidParameterError(misplaced.network.driver === 'host' ? hostNetwork : privateNamespace);
  // The mode's own network comes first: it has eth0, whichever has the default route.
  const own = (entry: { network: NetworkRecord }) => (entry.network === special ? 0 : 1);
  const distinct = [...new Map(asked.map((entry) => [entry.network.id, entry])).values()];
  return { kind: 'networks', networks: distinct.sort((one, other) => own(one) - own(other)) };
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
  if (network.name === 'bridge' || network.driver === 'host' || network.driver === 'null') return [];
  const names = [container.name, ...(asked.Aliases ?? []), container.id.slice(0, 12), container.hostname ?? ''];
  return [...new Set(names.filter((name) => name !== ''))];
}
