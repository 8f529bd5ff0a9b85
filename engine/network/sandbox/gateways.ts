import type { Family } from '../addressing/addresses.ts';
import { deleteDefaultRoute, setDefaultRoute } from '../netlink/routes.ts';
import type { NetlinkRequest } from '../netlink/netlink-socket.ts';
import { gatewayMode, type NetworkRecord } from '../networks/network-record.ts';
import { bare, isRouted, type Endpoint } from './endpoint.ts';
import type { Outlet } from '../ports/port-publisher.ts';

type FindNetwork = (id: string) => NetworkRecord | undefined;

/** Endpoints with a way out, the one that has the default route first: the highest priority, then the network's name. Source: moby GwPriority. */
function outward(endpoints: Endpoint[], family: Family, find: FindNetwork): Endpoint[] {
  const leads = ({ attachment, networkId }: Endpoint) => {
    const network = find(networkId);
    if (attachment === undefined || network === undefined || network.internal) return false;
    return (family === 4 ? attachment.gateway4 : attachment.gateway6) !== '' || (isRouted(network) && (family === 4 ? attachment.ipv4 : attachment.ipv6) !== '');
  };
  const priority = (endpoint: Endpoint) => endpoint.asked.GwPriority ?? 0;
  return endpoints.filter(leads).sort((one, other) => priority(other) - priority(one) || (one.networkName < other.networkName ? -1 : 1));
}

/** What gives a sandbox its default routes. @param options.fresh there are none yet. */
export function defaultRoutes(endpoints: Endpoint[], find: FindNetwork, options: { fresh: boolean }): NetlinkRequest[] {
  return ([4, 6] as const).flatMap((family) => {
    const attachment = outward(endpoints, family, find)[0]?.attachment;
    if (attachment === undefined) return options.fresh ? [] : [deleteDefaultRoute(family)];
    const gateway = family === 4 ? attachment.gateway4 : attachment.gateway6;
    // A route that replaces another must be of the same kind, so an old one goes first.
    return [...(options.fresh ? [] : [deleteDefaultRoute(family)]), setDefaultRoute({ family, index: attachment.index, ...(gateway === '' ? {} : { gateway }) })];
  });
}

/** The endpoint to which ports are published: the first bridge with a way out; undefined when there is none. */
export function outletOf(endpoints: Endpoint[], find: FindNetwork): { endpoint: Endpoint; outlet: Outlet } | undefined {
  const endpoint = [...outward(endpoints, 4, find), ...outward(endpoints, 6, find)].find(({ networkId }) => find(networkId)?.bridge !== undefined);
  if (endpoint === undefined) return undefined;
  const { attachment, networkId } = endpoint;
  const bridge = find(networkId)!.bridge!;
  const routed = (family: Family) => gatewayMode(bridge, family) === 'routed';
  return { endpoint, outlet: { ipv4: bare(attachment!.ipv4), ipv6: bare(attachment!.ipv6), hostBinding: bridge.hostBinding, routed4: routed(4), routed6: routed(6) } };
}
