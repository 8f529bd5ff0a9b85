import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { EndpointSettings } from '../../../contract/engine-api/network.ts';
import { macFromAddress, randomMac } from '../addressing/mac-address.ts';
import type { LiveNetwork } from '../drivers/live-networks.ts';
import { setSysctl } from '../drivers/bridges.ts';
import { createSubinterface, createVeth, deleteLink, listLinks, renameLink, setHairpin, setIsolated, setUp } from '../netlink/links.ts';
import { addAddress } from '../netlink/routes.ts';
import type { NetlinkSocket } from '../netlink/netlink-socket.ts';
import { rangesOf, type NetworkRecord } from '../networks/network-record.ts';
import { contains, parseAddress, parseSubnet } from '../addressing/addresses.ts';

/** One container's attachment to one network. `host` and `none` have nothing but ids. */
export interface Endpoint {
  id: string;
  networkId: string;
  networkName: string;
  /** As asked for at create or connect. */
  asked: EndpointSettings;
  /** By what others on the network find the container; empty on the default bridge. */
  names: string[];
  attachment?: Attachment;
}

/** Addresses with their prefixes (`172.17.0.2/16`), or empty; gateways without, empty where there is no way out. */
export interface Attachment {
  /** Name of the link on the bridge; empty where the container's end is the only one. */
  link: string;
  interfaceName: string;
  /** Of {@link interfaceName} in its namespace. */
  index: number;
  mac: string;
  ipv4: string;
  gateway4: string;
  ipv6: string;
  gateway6: string;
}

export function newEndpoint(network: NetworkRecord, asked: EndpointSettings, names: string[]): Endpoint {
  return { id: randomBytes(32).toString('hex'), networkId: network.id, networkName: network.name, asked, names };
}

/** Chooses and holds addresses. To be given back by {@link releaseAddresses}. */
export function chooseAddresses(live: LiveNetwork, endpoint: Endpoint, options: { interfaceName: string; mac?: string }): Attachment {
  const { record } = live;
  const wanted = endpoint.asked.IPAMConfig;
  let ipv4 = '';
  let ipv6 = '';
  try {
    if (record.enableIPv4) ipv4 = wanted?.IPv4Address ? live.claim(wanted.IPv4Address) : live.allocate(4);
    if (record.enableIPv6) ipv6 = wanted?.IPv6Address ? live.claim(wanted.IPv6Address) : live.allocate(6);
  } catch (error) {
    if (ipv4 !== '') live.release(ipv4);
    throw error;
  }
  const mac = endpoint.asked.MacAddress || options.mac || '';
  return {
    link: record.bridge === undefined ? '' : `veth${endpoint.id.slice(0, 7)}`,
    interfaceName: options.interfaceName,
    index: 0,
    mac: mac !== '' ? mac.toLowerCase() : ipv4 === '' ? randomMac() : macFromAddress(bare(ipv4)),
    ipv4,
    gateway4: gatewayFor(record, ipv4),
    ipv6,
    gateway6: gatewayFor(record, ipv6),
  };
}

export function releaseAddresses(live: LiveNetwork, { ipv4, ipv6 }: Attachment): void {
  for (const address of [ipv4, ipv6]) if (address !== '') live.release(address);
}

/** `172.17.0.2/16` → `172.17.0.2`. */
export function bare(address: string): string {
  return address.split('/')[0]!;
}

/** Addresses of an endpoint, without prefixes. */
export function addressesOf(endpoint: Endpoint): string[] {
  const { attachment } = endpoint;
  return attachment === undefined ? [] : [attachment.ipv4, attachment.ipv6].filter((address) => address !== '').map(bare);
}

/** An internal network has a bridge address, but no way through it; in ipvlan's routed modes there is no gateway to ask. */
function gatewayFor(record: NetworkRecord, address: string): string {
  if (address === '' || record.internal || isRouted(record)) return '';
  const parsed = parseAddress(bare(address))!;
  return rangesOf(record, parsed.family).find((range) => contains(parseSubnet(range.subnet)!, parsed))?.gateway ?? '';
}

/** Whether everything is reached through the interface itself. */
export function isRouted({ driver, parent }: NetworkRecord): boolean {
  return driver === 'ipvlan' && parent?.mode !== 'l2';
}

/**
 * Makes the interface in the container's namespace; routes are the caller's.
 * @param options.host works in the engine's namespace. @param options.inside works in the container's.
 * @param options.namespaceFd an open file of it. @param options.enter runs synchronous work inside of it.
 */
export async function connectLink(options: {
  host: NetlinkSocket;
  inside: NetlinkSocket;
  namespaceFd: number;
  enter: (work: () => void) => void;
  live: LiveNetwork;
  attachment: Attachment;
  /** See {@link endpointSysctls}. */
  sysctls?: { path: string; value: string }[];
}): Promise<void> {
  const { host, inside, namespaceFd, live, attachment, sysctls = [] } = options;
  const { link, interfaceName, mac, ipv4, ipv6 } = attachment;
  const { bridge, parent, driver } = live.record;
  if (bridge !== undefined) {
    const veth = createVeth({ name: link, bridge: live.linkIndex, mtu: bridge.mtu, peer: { name: interfaceName, mac, namespaceFd } });
    await host.change([veth, ...(bridge.icc ? [] : [setIsolated(link)]), ...(bridgesAreFiltered() ? [setHairpin(link)] : [])]);
  } else if (parent !== undefined) {
    const kind = driver === 'ipvlan' ? 'ipvlan' : 'macvlan';
    // Kernels before 6.14 look for the name in the engine's namespace, which has an eth0 of its own.
    const name = `sw${randomBytes(6).toString('hex')}`;
    await host.change([createSubinterface({ kind, mode: parent.mode, parent: live.linkIndex, mtu: parent.mtu, name, mac, namespaceFd })]);
    try {
      await inside.change([renameLink(listLinks(inside).find((found) => found.name === name)!.index, interfaceName)]);
    } catch (error) {
      await inside.change([deleteLink(name)]);
      throw error;
    }
  }
  attachment.index = listLinks(inside).find((found) => found.name === interfaceName)!.index;
  if (ipv6 !== '') options.enter(() => setSysctl(`net/ipv6/conf/${interfaceName}/disable_ipv6`, '0', {}));
  if (sysctls.length > 0) options.enter(() => sysctls.forEach(({ path, value }) => setSysctl(path, value, {})));
  const addresses = [ipv4, ipv6].filter((address) => address !== '');
  await inside.change([setUp(attachment.index, `bring up ${interfaceName}`), ...addresses.map((address) => addAddress({ index: attachment.index, address }))]);
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
  const prefixOf = (address: string | undefined) => Number(address?.split('/')[1] ?? 0);
  return {
    IPAMConfig: asked.IPAMConfig ?? null,
    Links: asked.Links ?? null,
    Aliases: asked.Aliases ?? null,
    MacAddress: attachment?.mac ?? asked.MacAddress ?? '',
    DriverOpts: asked.DriverOpts ?? null,
    GwPriority: asked.GwPriority ?? 0,
    NetworkID: endpoint.networkId,
    EndpointID: endpoint.id,
    Gateway: attachment?.gateway4 ?? '',
    IPAddress: bare(attachment?.ipv4 ?? ''),
    IPPrefixLen: prefixOf(attachment?.ipv4),
    IPv6Gateway: attachment?.gateway6 ?? '',
    GlobalIPv6Address: bare(attachment?.ipv6 ?? ''),
    GlobalIPv6PrefixLen: prefixOf(attachment?.ipv6),
    DNSNames: endpoint.names.length > 0 ? endpoint.names : null,
  };
}
