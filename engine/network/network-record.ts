import { parseSubnet, type Subnet } from './addresses.ts';

/** A network as it is stored. Whose containers are on it is known by the sandboxes alone. */
export interface NetworkRecord {
  /** 64 hex digits, stable for the network's life: compose recreates containers when it changes. */
  id: string;
  name: string;
  /** RFC 3339. */
  created: string;
  driver: 'bridge' | 'host' | 'null';
  /** Absent for `host` and `none`. */
  bridge?: BridgeConfig;
  internal: boolean;
  attachable: boolean;
  options: Record<string, string>;
  labels: Record<string, string>;
  ipamOptions: Record<string, string> | null;
}

export interface BridgeConfig {
  /** Name of the link. */
  name: string;
  /** CIDR. */
  subnet: string;
  gateway: string;
  /** CIDR inside of `subnet` from which addresses are chosen. */
  ipRange?: string;
  mtu: number;
  masquerade: boolean;
}

export const predefinedNames = ['bridge', 'host', 'none'];

/** Checked when they were made, so they parse. */
export function subnetOf(bridge: BridgeConfig): Subnet {
  return parseSubnet(bridge.subnet)!;
}

/** What came from disk. @throws Error for records of another shape; the store then sets them aside. */
export function parseNetworkRecord(value: unknown): NetworkRecord {
  const record = value as Partial<NetworkRecord>;
  if (typeof record?.id !== 'string' || typeof record.name !== 'string' || !['bridge', 'host', 'null'].includes(record.driver ?? '')) {
    throw new Error('it is no network');
  }
  if (record.driver === 'bridge' && (record.bridge === undefined || parseSubnet(record.bridge.subnet) === null)) throw new Error('it is a bridge network without a subnet');
  return record as NetworkRecord;
}
