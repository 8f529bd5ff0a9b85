import { ForbiddenError } from '../../errors.ts';
import { parseAddress, parseSubnet, type Family } from '../addressing/addresses.ts';
import { AddressPool } from '../addressing/address-pool.ts';
import { listFaults } from '../networks/check-ipam.ts';
import { gatewayMode, subnetsOf, type NetworkRecord } from '../networks/network-record.ts';
import type { BridgeRules } from '../nftables/ruleset.ts';
import type { Bridges } from './bridges.ts';
import type { Parents } from './parents.ts';

/** A network that exists in the kernel, with the addresses that are in use on it. */
export class LiveNetwork {
  readonly record: NetworkRecord;
  /** Of the bridge, or of the parent. */
  linkIndex = 0;
  readonly #pools: AddressPool[];

  constructor(record: NetworkRecord) {
    this.record = record;
    this.#pools = record.ranges.map((range) => {
      const reserved = [...(range.gateway === '' ? [] : [range.gateway]), ...Object.values(range.auxiliary)];
      return new AddressPool(parseSubnet(range.subnet)!, { reserved, ...(range.ipRange === undefined ? {} : { range: parseSubnet(range.ipRange)! }) });
    });
  }

  /** With its prefix. @throws ForbiddenError when all are in use. */
  allocate(family: Family): string {
    for (const pool of this.#pools.filter(({ subnet }) => subnet.family === family)) {
      const address = pool.allocate();
      if (address !== undefined) return `${address}/${pool.subnet.prefix}`;
    }
    throw new ForbiddenError(`no available IPv${family} addresses on this network's address pools: ${this.record.name} (${this.record.id})`);
  }

  /** Takes one given address, with its prefix in what is returned. @throws ForbiddenError `Address already in use` */
  claim(text: string): string {
    const address = parseAddress(text.split('/')[0]!);
    const pool = address === null ? undefined : this.#pools.find((candidate) => candidate.holds(address));
    if (address === null || pool === undefined) throw new ForbiddenError(listFaults([`no configured subnet or ip-range contain the IP address ${text}`]));
    return `${pool.claim(address)}/${pool.subnet.prefix}`;
  }

  release(text: string): void {
    const address = parseAddress(text.split('/')[0]!)!;
    this.#pools.find((pool) => pool.holds(address))?.release(address);
  }
}

/** The networks that exist in the kernel. */
export class LiveNetworks {
  readonly #bridges: Bridges;
  readonly #parents: Parents;
  readonly #live = new Map<string, LiveNetwork>();

  constructor(bridges: Bridges, parents: Parents) {
    this.#bridges = bridges;
    this.#parents = parents;
  }

  /** Makes link and address pools. Idempotent. */
  async bringUp(record: NetworkRecord): Promise<void> {
    if ((record.bridge === undefined && record.parent === undefined) || this.#live.has(record.id)) return;
    const network = new LiveNetwork(record);
    this.#live.set(record.id, network);
    try {
      network.linkIndex = await (record.bridge === undefined ? this.#parents : this.#bridges).ensure(record);
    } catch (error) {
      this.#live.delete(record.id);
      throw error;
    }
  }

  async takeDown(record: NetworkRecord): Promise<void> {
    this.#live.delete(record.id);
    if (record.bridge !== undefined) await this.#bridges.remove(record.bridge.name);
    // Another network may stand on the same parent.
    const { parent } = record;
    if (parent !== undefined && ![...this.#live.values()].some((other) => other.record.parent?.link === parent.link)) await this.#parents.remove(parent);
  }

  find(networkId: string): LiveNetwork | undefined {
    return this.#live.get(networkId);
  }

  /** @throws ForbiddenError when the network could not be made at start. */
  get(record: NetworkRecord): LiveNetwork {
    const live = this.#live.get(record.id);
    if (live === undefined) throw new ForbiddenError(`network ${record.name} is not up: see the engine's log for why its link could not be made`);
    return live;
  }

  /** Names of the bridges. */
  bridges(): string[] {
    return this.rules().map((rules) => rules.bridge);
  }

  rules(): BridgeRules[] {
    return [...this.#live.values()].flatMap(({ record }) => (record.bridge === undefined ? [] : [rulesOf(record)]));
  }
}

export function rulesOf(record: NetworkRecord): BridgeRules {
  const bridge = record.bridge!;
  return { bridge: bridge.name, subnets: subnetsOf(record), internal: record.internal, masquerade: bridge.masquerade, gateway4: gatewayMode(bridge, 4), gateway6: gatewayMode(bridge, 6) };
}
