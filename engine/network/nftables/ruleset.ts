import { formatSubnet, type Subnet } from '../addressing/addresses.ts';
import type { HostPort, PortTarget } from '../host-ports.ts';
import type { GatewayMode } from '../networks/network-record.ts';

/** What the rules know of one bridge network. */
export interface BridgeRules {
  /** Name of the link. */
  bridge: string;
  subnets: Subnet[];
  /** Neither reaches the outside nor is reached from it. */
  internal: boolean;
  /** Off when `com.docker.network.bridge.enable_ip_masquerade=false`. */
  masquerade: boolean;
  gateway4: GatewayMode;
  gateway6: GatewayMode;
}

export interface Publication {
  port: HostPort;
  target: PortTarget;
}

export interface RulesetState {
  bridges: BridgeRules[];
  published: Publication[];
  /** CIDRs and addresses that no container may reach, e.g. a hypervisor's gateway. */
  deniedDestinations: string[];
  /** `deny`: containers reach this machine's own sockets by ping alone. Published ports are not meant by this. */
  hostAccess: 'allow' | 'deny';
  /** Ports of the address `at` by which whoever has the address `from` reaches published ports past the engine; see `ports/lanes.ts`. Absent: none. */
  lanes?: { from: string; at: string; first: number; last: number };
}

/** tcpmux, which nobody serves: where a lane leads that no container has. The kernel refuses it there, and no program that listens at the lane's own number is reached. */
const nobody = 1;

/** Where each lane leads. */
export const laneMap = 'lanes';

/**
 * The whole of the engine's table as one transaction that replaces what is there. The chains never change; networks and
 * ports come and go as elements of sets and maps, so that publishing costs one element however many there are.
 *
 * Tables of others are untouched, and for the same reason a `drop` of theirs (a firewall's, another engine's) stands: an
 * `accept` here cannot overrule it.
 */
export function buildRuleset(table: string, state: RulesetState): string {
  const { lanes } = state;
  return `${replaceTable(table)}
table inet ${table} {
  set bridges { type ifname; }
  set internal { type ifname; }
  set within { type ifname . ifname; }
  set open { type ifname; }
  set open6 { type ifname; }
  set routed { type ifname; }
  set routed6 { type ifname; }
  set routed_tcp { type ipv4_addr . inet_service; }
  set routed_udp { type ipv4_addr . inet_service; }
  set routed_tcp6 { type ipv6_addr . inet_service; }
  set routed_udp6 { type ipv6_addr . inet_service; }
  set own_subnet { type ipv4_addr . ifname; flags interval; }
  set own_subnet6 { type ipv6_addr . ifname; flags interval; }
  set container_sources { type ipv4_addr; flags interval; }
  set container_sources6 { type ipv6_addr; flags interval; }
  set denied { type ipv4_addr; flags interval; auto-merge; }
  map published_tcp { type inet_service : ipv4_addr . inet_service; }
  map published_tcp_at { type ipv4_addr . inet_service : ipv4_addr . inet_service; }
  map published_udp { type inet_service : ipv4_addr . inet_service; }
  map published_udp_at { type ipv4_addr . inet_service : ipv4_addr . inet_service; }
  map published_tcp6 { type inet_service : ipv6_addr . inet_service; }
  map published_tcp6_at { type ipv6_addr . inet_service : ipv6_addr . inet_service; }
  map published_udp6 { type inet_service : ipv6_addr . inet_service; }
  map published_udp6_at { type ipv6_addr . inet_service : ipv6_addr . inet_service; }
${lanes === undefined ? '' : `  map ${laneMap} { type inet_service : ipv4_addr . inet_service; }\n`}
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
${lanes === undefined ? '' : `    iifname != @bridges ip saddr ${lanes.from} ip daddr ${lanes.at} tcp dport ${lanes.first}-${lanes.last} jump lane\n`}    fib daddr type local jump publish
  }
${lanes === undefined ? '' : `  chain lane {\n    dnat ip to tcp dport map @${laneMap}\n    meta l4proto tcp dnat ip to ${lanes.at}:${nobody}\n  }\n`}  chain publish {
    dnat ip to ip daddr . tcp dport map @published_tcp_at
    dnat ip to tcp dport map @published_tcp
    dnat ip to ip daddr . udp dport map @published_udp_at
    dnat ip to udp dport map @published_udp
    dnat ip6 to ip6 daddr . tcp dport map @published_tcp6_at
    dnat ip6 to tcp dport map @published_tcp6
    dnat ip6 to ip6 daddr . udp dport map @published_udp6_at
    dnat ip6 to udp dport map @published_udp6
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
${lanes === undefined ? '' : `    ip saddr ${lanes.from} ct status dnat masquerade comment "containers need no way to it"\n`}    ct status dnat ip saddr . oifname @own_subnet masquerade comment "hairpin"
    ct status dnat ip6 saddr . oifname @own_subnet6 masquerade comment "hairpin"
    ip saddr @container_sources oifname != @bridges masquerade
    ip6 saddr @container_sources6 oifname != @bridges masquerade
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname @bridges jump from_container
    oifname @bridges jump to_container
  }
  chain from_container {
    ct state established,related accept
    iifname . oifname @within accept
    ip daddr @denied drop
    iifname @internal drop
  }
  chain to_container {
    ct state established,related accept
    iifname . oifname @within accept
    oifname @internal drop
    ct status dnat accept
    meta nfproto ipv4 oifname @open accept
    meta nfproto ipv6 oifname @open6 accept
    oifname @routed icmp type echo-request accept
    oifname @routed6 icmpv6 type echo-request accept
    ip daddr . tcp dport @routed_tcp accept
    ip daddr . udp dport @routed_udp accept
    ip6 daddr . tcp dport @routed_tcp6 accept
    ip6 daddr . udp dport @routed_udp6 accept
    drop
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname @bridges jump to_host
  }
  chain to_host {${state.hostAccess === 'deny' ? '\n    ct state established,related accept\n    icmp type echo-request accept\n    meta l4proto 58 accept comment "ICMPv6"\n    drop' : ''}
  }
}
${elements('add', table, 'denied', state.deniedDestinations)}${state.bridges.map((bridge) => addBridge(table, bridge)).join('')}${publish(table, state.published)}`;
}

/** Removes the table, and is no error when it is not there. */
export function removeRuleset(table: string): string {
  return `${replaceTable(table)}\n`;
}

export function addBridge(table: string, rules: BridgeRules): string {
  return bridgeElements('add', table, rules);
}

export function removeBridge(table: string, rules: BridgeRules): string {
  return bridgeElements('delete', table, rules);
}

function publish(table: string, publications: Publication[]): string {
  const lanes = publications.map(({ port: { lane }, target }) => (lane === undefined ? '' : elements('add', table, laneMap, [`${lane} : ${target.address} . ${target.port}`])));
  const published = publications
    .filter(hasElement)
    .map(({ port, target }) => {
      if (port.hostPort === 0) return elements('add', table, routedSetOf(port), [`${target.address} . ${target.port}`]);
      const { map, anyAddress } = mapOf(port);
      const key = anyAddress ? `${port.hostPort}` : `${port.hostIp} . ${port.hostPort}`;
      return elements('add', table, map, [`${key} : ${target.address} . ${target.port}`]);
    });
  return [...published, ...lanes].join('');
}

/** Which map a published port stands in, and whether its key is the port alone. */
export function mapOf(port: HostPort): { map: string; anyAddress: boolean } {
  const anyAddress = port.hostIp === '' || port.hostIp === '0.0.0.0' || port.hostIp === '::';
  return { map: `published_${port.protocol}${port.hostIp.includes(':') ? '6' : ''}${anyAddress ? '' : '_at'}`, anyAddress };
}

/** The set of a port that is reached by its container's address alone. */
export function routedSetOf(port: HostPort): string {
  return `routed_${port.protocol}${port.hostIp.includes(':') ? '6' : ''}`;
}

/**
 * Whether a publication has an element at all: loopback traffic never passes prerouting, and what comes to an address of
 * the other family than the container's is carried by the engine.
 */
export function hasElement({ port, target }: Publication): boolean {
  return !port.hostIp.startsWith('127.') && port.hostIp !== '::1' && port.hostIp.includes(':') === target.address.includes(':');
}

/** `delete` alone fails when there is no table, and `add` makes sure that there is: the idiom of nft(8). */
function replaceTable(table: string): string {
  return `add table inet ${table}\ndelete table inet ${table}`;
}

function bridgeElements(verb: 'add' | 'delete', table: string, { bridge, subnets, internal, masquerade, gateway4, gateway6 }: BridgeRules): string {
  return [
    elements(verb, table, 'bridges', [bridge]),
    elements(verb, table, 'within', [`${bridge} . ${bridge}`]),
    ...subnets.flatMap((subnet) => {
      const suffix = subnet.family === 6 ? '6' : '';
      return [
        elements(verb, table, `own_subnet${suffix}`, [`${formatSubnet(subnet)} . ${bridge}`]),
        masquerade && !internal && (subnet.family === 6 ? gateway6 : gateway4) !== 'routed' ? elements(verb, table, `container_sources${suffix}`, [formatSubnet(subnet)]) : '',
      ];
    }),
    internal ? elements(verb, table, 'internal', [bridge]) : '',
    gateway4 === 'nat-unprotected' ? elements(verb, table, 'open', [bridge]) : '',
    gateway6 === 'nat-unprotected' ? elements(verb, table, 'open6', [bridge]) : '',
    gateway4 === 'routed' ? elements(verb, table, 'routed', [bridge]) : '',
    gateway6 === 'routed' ? elements(verb, table, 'routed6', [bridge]) : '',
  ].join('');
}

function elements(verb: 'add' | 'delete', table: string, set: string, members: string[]): string {
  return members.length === 0 ? '' : `${verb} element inet ${table} ${set} { ${members.join(', ')} }\n`;
}
