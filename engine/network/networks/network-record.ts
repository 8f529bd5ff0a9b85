import { overlaps, parseSubnet, type Family, type Subnet } from '../addressing/addresses.ts';

export const drivers = ['bridge', 'host', 'null', 'macvlan', 'ipvlan'] as const;
export type NetworkDriver = (typeof drivers)[number];

/** A network as it is stored. Whose containers are on it is known by the sandboxes alone. */
export interface NetworkRecord {
  /** 64 hex digits, stable for the network's life: compose recreates containers when it changes. */
  id: string;
  name: string;
  /** RFC 3339. */
  created: string;
  driver: NetworkDriver;
  enableIPv4: boolean;
  enableIPv6: boolean;
  internal: boolean;
  attachable: boolean;
  /** Only a set of settings that others are made from by `--config-from`. */
  configOnly: boolean;
  /** Name of the configuration network it was made from; empty for none. */
  configFrom: string;
  options: Record<string, string>;
  labels: Record<string, string>;
  ipamOptions: Record<string, string> | null;
  /** IPv4 first, then IPv6. None for `host` and `none`. */
  ranges: NetworkRange[];
  /** Of driver `bridge`. */
  bridge?: BridgeConfig;
  /** Of drivers `macvlan` and `ipvlan`. */
  parent?: ParentConfig;
}

/** One subnet of a network. */
export interface NetworkRange {
  /** CIDR. */
  subnet: string;
  /** Empty in a configuration network that names none. */
  gateway: string;
  /** CIDR inside of `subnet` from which addresses are chosen. */
  ipRange?: string;
  /** Addresses that are never given out, by what the user calls them. */
  auxiliary: Record<string, string>;
  /** The user named the subnet: only then static addresses are allowed, as in moby. */
  configured: boolean;
}

/**
 * `nat`: by published ports alone. `nat-unprotected`: by the container's own addresses too, every port. `routed`: by the
 * container's addresses and published ports, none of them on this machine. `isolated`: an internal network to which this
 * machine does not belong either. Source: moby `com.docker.network.bridge.gateway_mode_ipv4`.
 */
export const gatewayModes = ['nat', 'nat-unprotected', 'routed', 'isolated'] as const;
export type GatewayMode = (typeof gatewayModes)[number];

export interface BridgeConfig {
  /** Name of the link. */
  name: string;
  mtu: number;
  masquerade: boolean;
  /** How the network is reached from outside of this machine, by family; absent in records of older engines: `nat`. */
  gatewayMode4?: GatewayMode;
  gatewayMode6?: GatewayMode;
  /** Whether containers of the network reach each other. */
  icc: boolean;
  /** Where ports without an address of their own are published; empty: everywhere. */
  hostBinding: string;
  /** How interfaces in containers are called, before their number. */
  interfacePrefix: string;
}

export interface ParentConfig {
  /** Link of this machine; for an internal network one that the engine makes. */
  link: string;
  /** `bridge`, `private`, `vepa`, `passthru` of macvlan; `l2`, `l3`, `l3s` of ipvlan. */
  mode: string;
  mtu: number;
  /** The engine makes and removes the parent: a VLAN interface (`eth0.10`), or a dummy for a network without a parent. */
  made?: { kind: 'vlan'; of: string; id: number } | { kind: 'dummy' };
}

export function gatewayMode(bridge: BridgeConfig, family: Family): GatewayMode {
  return (family === 4 ? bridge.gatewayMode4 : bridge.gatewayMode6) ?? 'nat';
}

export const defaultMtu = 1500;
export const predefinedNames = ['bridge', 'host', 'none'];

/** Checked when they were made, so they parse. */
export function subnetsOf(record: NetworkRecord): Subnet[] {
  return record.ranges.map((range) => parseSubnet(range.subnet)!);
}

export function rangesOf(record: NetworkRecord, family: Family): NetworkRange[] {
  return record.ranges.filter((range) => parseSubnet(range.subnet)!.family === family);
}

/** Whether two networks cannot both be there: links of one machine cannot have the same addresses; configurations can. */
export function collide(record: NetworkRecord, subnet: Subnet): boolean {
  return !record.configOnly && subnetsOf(record).some((own) => overlaps(own, subnet));
}

/** What came from disk. @throws Error for records of another shape; the store then sets them aside. */
export function parseNetworkRecord(value: unknown): NetworkRecord {
  const record = value as Partial<NetworkRecord>;
  if (typeof record?.id !== 'string' || typeof record.name !== 'string' || !drivers.includes(record.driver!)) throw new Error('it is no network');
  const current = Array.isArray(record.ranges) ? (record as NetworkRecord) : fromFirstFormat(record);
  if (current.driver === 'bridge' && (current.bridge === undefined || current.ranges.length === 0)) throw new Error('it is a bridge network without a subnet');
  for (const range of current.ranges) if (parseSubnet(range.subnet) === null) throw new Error(`it has an invalid subnet ${range.subnet}`);
  return current;
}

/** Before there was IPv6, subnet and gateway stood in `bridge`. */
function fromFirstFormat(record: Partial<NetworkRecord>): NetworkRecord {
  const { bridge, ...rest } = record as NetworkRecord & { bridge?: { name: string; subnet: string; gateway: string; ipRange?: string; mtu: number; masquerade: boolean } };
  const ranges: NetworkRange[] = bridge === undefined ? [] : [{ subnet: bridge.subnet, gateway: bridge.gateway, ...(bridge.ipRange === undefined ? {} : { ipRange: bridge.ipRange }), auxiliary: {}, configured: true }];
  return {
    ...rest,
    enableIPv4: true,
    enableIPv6: false,
    configOnly: false,
    configFrom: '',
    ranges,
    ...(bridge === undefined ? {} : { bridge: { name: bridge.name, mtu: bridge.mtu, masquerade: bridge.masquerade, icc: true, hostBinding: '', interfacePrefix: 'eth' } }),
  };
}
