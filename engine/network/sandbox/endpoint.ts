import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { EndpointSettings } from '../../../contract/engine-api/network.ts';
import { InvalidParameterError } from '../../errors.ts';
import { macFromAddress } from '../ipam.ts';
import type { LiveNetworks } from '../live-networks.ts';
import { addAddress, addDefaultRoute, createVeth, listLinks, setHairpin, setUp } from '../netlink/links.ts';
import type { NetlinkSocket } from '../netlink/netlink-socket.ts';
import { subnetOf, type NetworkRecord } from '../network-record.ts';

/** One container's attachment to one network. `host` and `none` have nothing but ids. */
export interface Endpoint {
  id: string;
  networkId: string;
  networkName: string;
  /** As asked for at create. */
  asked: EndpointSettings;
  /** By what others on the network find the container; empty on the default bridge. */
  names: string[];
  attachment?: Attachment;
}

export interface Attachment {
  /** Name of the link on the bridge, and of its other end in the container. */
  link: string;
  interfaceName: string;
  address: string;
  prefix: number;
  mac: string;
  gateway: string;
}

export function newEndpoint(network: NetworkRecord, asked: EndpointSettings, names: string[]): Endpoint {
  return { id: randomBytes(32).toString('hex'), networkId: network.id, networkName: network.name, asked, names };
}

/** Chooses and holds an address. To be given back by `pool.release`. */
export function chooseAddress(networks: LiveNetworks, network: NetworkRecord, endpoint: Endpoint, options: { interfaceName: string; mac?: string }): Attachment {
  const { pool } = networks.get(network);
  const bridge = network.bridge!;
  const mac = endpoint.asked.MacAddress || options.mac || '';
  if (mac !== '' && !/^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/.test(mac)) throw new InvalidParameterError(`invalid MAC address: ${mac}`);
  const wanted = endpoint.asked.IPAMConfig?.IPv4Address || '';
  const address = wanted === '' ? pool.allocate() : pool.claim(wanted);
  return {
    link: `veth${endpoint.id.slice(0, 7)}`,
    interfaceName: options.interfaceName,
    address,
    prefix: subnetOf(bridge).prefix,
    mac: mac === '' ? macFromAddress(address) : mac.toLowerCase(),
    // An internal network has a bridge address, but no way through it.
    gateway: network.internal ? '' : bridge.gateway,
  };
}

/**
 * Makes the link between bridge and namespace.
 * @param host works in the engine's namespace. @param inside works in the container's. @param namespaceFd an open file of it.
 */
export async function connectLink(options: {
  host: NetlinkSocket;
  inside: NetlinkSocket;
  namespaceFd: number;
  networks: LiveNetworks;
  network: NetworkRecord;
  attachment: Attachment;
  defaultRoute: boolean;
}): Promise<void> {
  const { host, inside, namespaceFd, networks, network, attachment } = options;
  const { link, interfaceName, mac, address, gateway } = attachment;
  const bridge = network.bridge!;
  const veth = createVeth({ name: link, bridge: networks.get(network).bridgeIndex, mtu: bridge.mtu, peer: { name: interfaceName, mac, namespaceFd } });
  await host.change(bridgesAreFiltered() ? [veth, setHairpin(link)] : [veth]);
  const index = listLinks(inside).find((found) => found.name === interfaceName)!.index;
  await inside.change([
    setUp(index, `bring up ${interfaceName}`),
    addAddress({ index, address, subnet: subnetOf(bridge) }),
    ...(options.defaultRoute && gateway !== '' ? [addDefaultRoute({ index, gateway })] : []),
  ]);
}

/**
 * With br_netfilter, a packet whose destination was rewritten is sent on by the bridge itself instead of being routed: a
 * container that calls its own published port then needs its port of the bridge in hairpin mode.
 */
function bridgesAreFiltered(): boolean {
  try {
    return readFileSync('/proc/sys/net/bridge/bridge-nf-call-iptables', 'utf8').trim() === '1';
  } catch {
    return false;
  }
}

/** As inspect shows it. */
export function endpointSettings(endpoint: Endpoint): EndpointSettings {
  const { asked, attachment } = endpoint;
  return {
    IPAMConfig: asked.IPAMConfig ?? null,
    Links: asked.Links ?? null,
    Aliases: asked.Aliases ?? null,
    DriverOpts: asked.DriverOpts ?? null,
    GwPriority: asked.GwPriority ?? 0,
    NetworkID: endpoint.networkId,
    EndpointID: endpoint.id,
    Gateway: attachment?.gateway ?? '',
    IPAddress: attachment?.address ?? '',
    IPPrefixLen: attachment?.prefix ?? 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    MacAddress: attachment?.mac ?? '',
    DNSNames: endpoint.names.length > 0 ? endpoint.names : null,
  };
}
