import { randomBytes } from 'node:crypto';
import { NotFoundError } from '../../errors.ts';
import { nowTimestamp } from '../../lib/time/timestamp.ts';
import { JsonStore } from '../../store/json-store.ts';
import { formatAddress, formatSubnet, overlaps, type Subnet } from '../addressing/addresses.ts';
import { chooseSubnet } from '../addressing/default-subnets.ts';
import { defaultMtu, parseNetworkRecord, subnetsOf, type BridgeConfig, type NetworkRange, type NetworkRecord } from './network-record.ts';

/** What the default network is fitted to at an engine's start. */
export interface DefaultNetworkPlace {
  /** Ranges that the default network must avoid. */
  foreignSubnets: Subnet[];
  /** What its link is called here. */
  bridgeName: string;
  /** Keeps the default network's range although it clashes: containers are running on it. */
  inUse: boolean;
}

/** All networks, by id. `bridge`, `host` and `none` are always there. */
export class NetworkStore {
  readonly #records: JsonStore<NetworkRecord>;

  constructor(records: JsonStore<NetworkRecord>) {
    this.#records = records;
  }

  static async open(directory: string, place: DefaultNetworkPlace): Promise<NetworkStore> {
    const records = await JsonStore.open<NetworkRecord>(directory, { parse: parseNetworkRecord });
    const store = new NetworkStore(records);
    for (const [name, driver] of [['host', 'host'], ['none', 'null']] as const) {
      if (store.#byName(name) === undefined) await store.put(newRecord({ name, driver }));
    }
    await store.#ensureDefault(place);
    return store;
  }

  list(): NetworkRecord[] {
    return this.#records.list();
  }

  /** By id, name or a prefix of an id that fits one network only. */
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

  async #ensureDefault(place: DefaultNetworkPlace): Promise<void> {
    const before = this.#byName('bridge');
    const subnets = before === undefined ? [] : subnetsOf(before);
    const clashes = subnets.some((own) => place.foreignSubnets.some((subnet) => overlaps(subnet, own)));
    if (before?.bridge !== undefined && before.bridge.name === place.bridgeName && (place.inUse || !clashes)) return;
    const taken = this.list().flatMap((record) => (record === before || record.configOnly ? [] : subnetsOf(record)));
    const subnet = subnets[0] !== undefined && !clashes ? subnets[0] : chooseSubnet(4, [...place.foreignSubnets, ...taken], place.bridgeName);
    await this.put({ ...(before ?? newRecord({ name: 'bridge', driver: 'bridge' })), ...defaultNetwork(place.bridgeName, subnet) });
  }
}

export function newRecord(fields: Pick<NetworkRecord, 'name' | 'driver'> & Partial<NetworkRecord>): NetworkRecord {
  return {
    id: randomBytes(32).toString('hex'),
    created: nowTimestamp(),
    enableIPv4: true,
    enableIPv6: false,
    internal: false,
    attachable: false,
    configOnly: false,
    configFrom: '',
    options: {},
    labels: {},
    ipamOptions: null,
    ranges: [],
    ...fields,
  };
}

/** Source: what `docker network inspect bridge` shows. */
function defaultNetwork(name: string, subnet: Subnet): { bridge: BridgeConfig; ranges: NetworkRange[]; options: Record<string, string> } {
  const gateway = formatAddress({ family: subnet.family, value: subnet.base + 1n });
  return {
    bridge: { name, mtu: defaultMtu, masquerade: true, icc: true, hostBinding: '', interfacePrefix: 'eth' },
    ranges: [{ subnet: formatSubnet(subnet), gateway, auxiliary: {}, configured: false }],
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
