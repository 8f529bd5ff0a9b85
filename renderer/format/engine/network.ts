import type { Network } from '../../../contract/engine-api/network.ts';
import { plainName } from '../sentence.ts';
import { isUp, type ContainerView } from './container.ts';

/** A container's place in a network. */
export interface Attachment {
  container: ContainerView;
  /** Absent while it does not run: addresses belong to running containers. */
  address: string | undefined;
  address6: string | undefined;
  aliases: string[];
}

export interface NetworkView {
  id: string;
  name: string;
  driver: string;
  subnets: string[];
  /** One of the three that the engine makes by itself; it cannot be removed. */
  isBuiltIn: boolean;
  isInternal: boolean;
  hasIpv6: boolean;
  project: string | undefined;
  /** By name; stopped containers that will join it are among them. */
  attached: Attachment[];
  network: Network;
}

const builtIn = new Set(['bridge', 'host', 'none']);

/** Joins the engine's two lists. User-made networks first, by name; then the built-in ones. */
export function networkViews(networks: readonly Network[], containers: readonly ContainerView[]): NetworkView[] {
  return networks.map((network) => viewOf(network, containers)).sort((a, b) => Number(a.isBuiltIn) - Number(b.isBuiltIn) || a.name.localeCompare(b.name));
}

function viewOf(network: Network, containers: readonly ContainerView[]): NetworkView {
  const attached = containers.flatMap((container): Attachment[] => {
    const entry = Object.entries(container.summary.NetworkSettings.Networks).find(([name, endpoint]) => (endpoint.NetworkID === undefined || endpoint.NetworkID === '' ? name === network.Name : endpoint.NetworkID === network.Id));
    if (entry === undefined) return [];
    const [, endpoint] = entry;
    return [{ container, address: textOr(endpoint.IPAddress), address6: textOr(endpoint.GlobalIPv6Address), aliases: (endpoint.DNSNames ?? endpoint.Aliases ?? []).map(plainName) }];
  });
  return {
    id: network.Id,
    name: plainName(network.Name),
    driver: plainName(network.Driver),
    subnets: (network.IPAM.Config ?? []).flatMap(({ Subnet }) => (Subnet === undefined ? [] : [Subnet])),
    isBuiltIn: builtIn.has(network.Name),
    isInternal: network.Internal,
    hasIpv6: network.EnableIPv6,
    project: textOr(plainName(network.Labels?.['com.docker.compose.project'] ?? '')),
    attached: attached.sort((a, b) => a.container.name.localeCompare(b.container.name)),
    network,
  };
}

const textOr = (text: string | undefined): string | undefined => (text === undefined || text === '' ? undefined : text);

/** What keeps the engine from removing it: only running containers hold an endpoint. */
export const holdersOf = (view: NetworkView): ContainerView[] => view.attached.map(({ container }) => container).filter(({ condition }) => isUp(condition));

/** What `docker network prune` takes: user-made ones that no running container is in. */
export const prunable = (views: readonly NetworkView[]): NetworkView[] => views.filter((view) => !view.isBuiltIn && holdersOf(view).length === 0);

export function matchesNetwork(view: NetworkView, filter: string): boolean {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return true;
  return [view.name, view.driver, view.id, ...view.subnets, ...view.attached.map(({ container }) => container.name)].some((text) => text.toLowerCase().includes(wanted));
}
