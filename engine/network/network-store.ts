import { randomBytes } from 'node:crypto';
import { NotFoundError } from '../errors.ts';
import { nowTimestamp } from '../lib/timestamp.ts';
import { JsonStore } from '../store/json-store.ts';
import { formatAddress, formatSubnet, overlaps, type Subnet } from './addresses.ts';
import { chooseSubnet } from './ipam.ts';
import { parseNetworkRecord, subnetOf, type BridgeConfig, type NetworkRecord } from './network-record.ts';

export const defaultMtu = 1500;

/** All networks, by id. `bridge`, `host` and `none` are always there. */
export class NetworkStore {
  readonly #records: JsonStore<NetworkRecord>;

  constructor(records: JsonStore<NetworkRecord>) {
    this.#records = records;
  }

  /**
   * @param machine.foreignSubnets ranges that the default network must avoid.
   * @param machine.bridgeName what its link is called here.
   * @param machine.inUse keeps the default network's range although it clashes: containers are running on it.
   */
  static async open(directory: string, machine: { foreignSubnets: Subnet[]; bridgeName: string; inUse: boolean }): Promise<NetworkStore> {
    const records = await JsonStore.open<NetworkRecord>(directory, { parse: parseNetworkRecord });
    const store = new NetworkStore(records);
    for (const [name, driver] of [['host', 'host'], ['none', 'null']] as const) {
      if (store.#byName(name) === undefined) await store.put(newRecord({ name, driver }));
    }
    await store.#ensureDefault(machine);
    return store;
  }

  list(): NetworkRecord[] {
    return this.#records.list();
  }

  /** By name, id or a prefix of an id that fits one network only. */
  find(reference: string): NetworkRecord | undefined {
    const exact = this.#records.get(reference) ?? this.#byName(reference);
    if (exact !== undefined) return exact;
    const matches = /^[0-9a-f]+$/.test(reference) ? this.list().filter((record) => record.id.startsWith(reference)) : [];
    return matches.length === 1 ? matches[0] : undefined;
  }

  /** @throws NotFoundError `network nope not found` */
  get(reference: string): NetworkRecord {
    const record = this.find(reference);
    if (record === undefined) throw new NotFoundError(`network ${reference} not found`);
    return record;
  }

  async put(record: NetworkRecord): Promise<void> {
    await this.#records.put(record.id, record);
  }

  async delete(id: string): Promise<void> {
    await this.#records.delete(id);
  }

  #byName(name: string): NetworkRecord | undefined {
    return this.list().find((record) => record.name === name);
  }

  async #ensureDefault(machine: { foreignSubnets: Subnet[]; bridgeName: string; inUse: boolean }): Promise<void> {
    const before = this.#byName('bridge');
    const clashes = before?.bridge !== undefined && machine.foreignSubnets.some((subnet) => overlaps(subnet, subnetOf(before.bridge!)));
    if (before?.bridge !== undefined && before.bridge.name === machine.bridgeName && (machine.inUse || !clashes)) return;
    const taken = this.list().flatMap((record) => (record.bridge === undefined || record === before ? [] : [subnetOf(record.bridge)]));
    const subnet = before?.bridge !== undefined && !clashes ? subnetOf(before.bridge) : chooseSubnet([...machine.foreignSubnets, ...taken]);
    await this.put({ ...(before ?? newRecord({ name: 'bridge', driver: 'bridge' })), ...defaultBridge(machine.bridgeName, subnet) });
  }
}

export function newRecord(fields: Pick<NetworkRecord, 'name' | 'driver'> & Partial<NetworkRecord>): NetworkRecord {
  return {
    id: randomBytes(32).toString('hex'),
    created: nowTimestamp(),
    internal: false,
    attachable: false,
    options: {},
    labels: {},
    ipamOptions: null,
    ...fields,
  };
}

/** Source: what `docker network inspect bridge` shows. */
function defaultBridge(name: string, subnet: Subnet): { bridge: BridgeConfig; options: Record<string, string> } {
  return {
    bridge: { name, subnet: formatSubnet(subnet), gateway: formatAddress(subnet.base + 1), mtu: defaultMtu, masquerade: true },
    options: {
      'com.docker.network.bridge.default_bridge': 'true',
      'com.docker.network.bridge.enable_icc': 'true',
      'com.docker.network.bridge.enable_ip_masquerade': 'true',
      'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
      'com.docker.network.bridge.name': name,
      'com.docker.network.driver.mtu': String(defaultMtu),
    },
  };
}
