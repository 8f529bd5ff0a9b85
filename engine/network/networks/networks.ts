import type { Network, NetworkCreateRequest } from '../../../contract/engine-api/network.ts';
import type { EventSink } from '../../containers/collaborators.ts';
import { ConflictError, ForbiddenError, InvalidParameterError } from '../../errors.ts';
import type { Subnet } from '../addressing/addresses.ts';
import { rulesOf, type LiveNetworks } from '../drivers/live-networks.ts';
import { withMachineLock } from '../drivers/machine-lock.ts';
import type { BridgeNetworkController } from '../network-controller.ts';
import type { RulesetWriter } from '../nftables/nft.ts';
import { addBridge, removeBridge } from '../nftables/ruleset.ts';
import { networkFilter, pruneFilter } from './network-filters.ts';
import { predefinedNames, type NetworkRecord } from './network-record.ts';
import type { NetworkStore } from './network-store.ts';
import { planNetwork } from './plan-network.ts';
import { showNetwork } from './show-network.ts';

export interface NetworksParts {
  store: NetworkStore;
  networks: LiveNetworks;
  controller: BridgeNetworkController;
  writer: RulesetWriter;
  table: string;
  events: EventSink;
  foreignSubnets: () => Subnet[];
  /** What makes this engine's IPv6 ranges its own. */
  owner: string;
}

/** Networks as clients see and change them. */
export class Networks {
  readonly #parts: NetworksParts;
  /** Names whose networks are being made. */
  readonly #underway = new Set<string>();

  constructor(parts: NetworksParts) {
    this.#parts = parts;
  }

  /** @throws InvalidParameterError for filters that there are not. */
  list(filters: Record<string, string[]> = {}): Network[] {
    const { store } = this.#parts;
    const accept = networkFilter(filters);
    return store
      .list()
      .filter((record) => accept(record, this.#isUsed(record)))
      .map((record) => this.#show(record));
  }

  /** By name, id or prefix of an id. @throws NotFoundError `network nope not found` */
  inspect(reference: string): Network {
    return this.#show(this.#parts.store.get(reference));
  }

  /** @throws ConflictError for a name that is taken, ForbiddenError for a range that is. */
  async create(request: NetworkCreateRequest): Promise<{ Id: string; Warning: string }> {
    const { store, events } = this.#parts;
    const name = request.Name ?? '';
    if (name.trim() === '') throw new InvalidParameterError('invalid network name: name is empty');
    if ([...predefinedNames, 'default'].includes(name)) throw new ForbiddenError(`operation is not permitted on predefined ${name} network `);
    if (this.#underway.has(name) || store.list().some((record) => record.name === name)) throw new ConflictError(`network with name ${name} already exists`);
    this.#underway.add(name);
    try {
      // What is free here must not be taken by another engine of this machine meanwhile.
      const record = await withMachineLock(() => this.#make(request));
      events.publish('network', 'create', record.id, { name, type: record.driver });
      return { Id: record.id, Warning: '' };
    } finally {
      this.#underway.delete(name);
    }
  }

  async #make(request: NetworkCreateRequest): Promise<NetworkRecord> {
    const { store, networks, writer, table, foreignSubnets, owner } = this.#parts;
    const record = planNetwork(request, { networks: store.list(), foreignSubnets, owner });
    await store.put(record);
    try {
      await networks.bringUp(record);
      if (record.bridge !== undefined) await writer.apply(addBridge(table, rulesOf(record)));
      return record;
    } catch (error) {
      await networks.takeDown(record).catch(() => undefined);
      await store.delete(record.id);
      throw error;
    }
  }

  /** @throws ForbiddenError for predefined networks and for those with endpoints. */
  async remove(reference: string): Promise<void> {
    const { store, controller } = this.#parts;
    const record = store.get(reference);
    if (predefinedNames.includes(record.name)) throw new ForbiddenError(`${record.name} is a pre-defined network and cannot be removed`);
    if (record.configOnly && this.#isUsed(record)) throw new ForbiddenError(`error while removing network: configuration network ${JSON.stringify(record.name)} is in use`);
    const active = controller.endpointsOn(record.id);
    if (active.length > 0) {
      const names = active.map(({ containerName, endpoint }) => `name:${JSON.stringify(containerName)} id:${JSON.stringify(endpoint.id.slice(0, 12))}`).join(', ');
      throw new ForbiddenError(`error while removing network: network ${record.name} has active endpoints (${names})`);
    }
    await this.#remove(record);
  }

  /** Removes every network that nobody uses. @param filters `until`, `label`, `label!` */
  async prune(filters: Record<string, string[]>, signal?: AbortSignal): Promise<{ NetworksDeleted: string[] | null }> {
    const accept = pruneFilter(filters);
    const deleted: string[] = [];
    for (const record of this.#parts.store.list()) {
      if (signal?.aborted === true) break;
      if (!accept(record) || this.#isUsed(record)) continue;
      await this.#remove(record);
      deleted.push(record.name);
    }
    this.#parts.events.publish('network', 'prune', '', { reclaimed: '0' });
    return { NetworksDeleted: deleted.length === 0 ? null : deleted };
  }

  async #remove(record: NetworkRecord): Promise<void> {
    const { store, networks, writer, table, events, controller } = this.#parts;
    await controller.settled();
    await store.delete(record.id);
    if (record.bridge !== undefined && networks.find(record.id) !== undefined) await writer.apply(removeBridge(table, rulesOf(record)));
    await networks.takeDown(record);
    events.publish('network', 'destroy', record.id, { name: record.name, type: record.driver });
  }

  #isUsed(record: NetworkRecord): boolean {
    const { store, controller } = this.#parts;
    return record.configOnly ? store.list().some(({ configFrom }) => configFrom === record.name) : controller.endpointsOn(record.id).length > 0;
  }

  #show(record: NetworkRecord): Network {
    return showNetwork(record, this.#parts.controller.endpointsOn(record.id));
  }
}
