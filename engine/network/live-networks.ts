import { ForbiddenError } from '../errors.ts';
import { parseSubnet } from './addresses.ts';
import type { Bridges } from './bridges.ts';
import { AddressPool } from './ipam.ts';
import { subnetOf, type NetworkRecord } from './network-record.ts';
import type { BridgeRules } from './nftables/ruleset.ts';

interface LiveNetwork {
  record: NetworkRecord;
  bridgeIndex: number;
  pool: AddressPool;
}

/** The bridge networks that exist in the kernel, with the addresses that are in use on each. */
export class LiveNetworks {
  readonly #bridges: Bridges;
  readonly #live = new Map<string, LiveNetwork>();

  constructor(bridges: Bridges) {
    this.#bridges = bridges;
  }

  /** Makes bridge and address pool. Idempotent. */
  async bringUp(record: NetworkRecord): Promise<void> {
    if (record.bridge === undefined || this.#live.has(record.id)) return;
    const { bridge } = record;
    const pool = new AddressPool(subnetOf(bridge), [bridge.gateway], parseSubnet(bridge.ipRange ?? bridge.subnet)!);
    const entry: LiveNetwork = { record, bridgeIndex: 0, pool };
    this.#live.set(record.id, entry);
    try {
      entry.bridgeIndex = await this.#bridges.ensure(bridge);
    } catch (error) {
      this.#live.delete(record.id);
      throw error;
    }
  }

  async takeDown(record: NetworkRecord): Promise<void> {
    if (record.bridge === undefined) return;
    this.#live.delete(record.id);
    await this.#bridges.remove(record.bridge.name);
  }

  /** @throws ForbiddenError when the network could not be made at start. */
  get(record: NetworkRecord): LiveNetwork {
    const live = this.#live.get(record.id);
    if (live === undefined) throw new ForbiddenError(`network ${record.name} is not up: see the engine's log for why its bridge could not be made`);
    return live;
  }

  rules(): BridgeRules[] {
    return [...this.#live.values()].map(({ record }) => rulesOf(record));
  }
}

export function rulesOf(record: NetworkRecord): BridgeRules {
  const bridge = record.bridge!;
  return { bridge: bridge.name, subnet: subnetOf(bridge), internal: record.internal, masquerade: bridge.masquerade };
}
