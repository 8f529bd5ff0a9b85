import type { Network } from '../../contract/engine-api/network.ts';
import type { EventSink } from '../containers/collaborators.ts';
import { ConflictError, ForbiddenError, InvalidParameterError, NotImplementedError } from '../errors.ts';
import { contains, formatAddress, formatSubnet, overlaps, parseAddress, parseSubnet, type Subnet } from './addresses.ts';
import { chooseSubnet } from './ipam.ts';
import { rulesOf, type LiveNetworks } from './live-networks.ts';
import type { BridgeNetworkController } from './network-controller.ts';
import { networkFilter } from './network-filters.ts';
import { predefinedNames, subnetOf, type BridgeConfig, type NetworkRecord } from './network-record.ts';
import { defaultMtu, newRecord, type NetworkStore } from './network-store.ts';
import type { RulesetWriter } from './nftables/nft.ts';
import { addBridge, removeBridge } from './nftables/ruleset.ts';

/** Body of `POST /networks/create`. Source: swagger. */
export interface NetworkCreateRequest {
  Name: string;
  Driver?: string;
  Internal?: boolean;
  Attachable?: boolean;
  EnableIPv6?: boolean;
  IPAM?: { Driver?: string; Options?: Record<string, string> | null; Config?: { Subnet?: string; IPRange?: string; Gateway?: string }[] | null } | null;
  Options?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

export interface NetworksParts {
  store: NetworkStore;
  networks: LiveNetworks;
  controller: BridgeNetworkController;
  writer: RulesetWriter;
  table: string;
  events: EventSink;
  foreignSubnets: () => Subnet[];
}

/** Networks as clients see and change them. */
export class Networks {
  readonly #parts: NetworksParts;

  constructor(parts: NetworksParts) {
    this.#parts = parts;
  }

  /** @throws InvalidParameterError for filters that there are not. */
  list(filters: Record<string, string[]> = {}): Network[] {
    const { store, controller } = this.#parts;
    const accept = networkFilter(filters);
    return store
      .list()
      .filter((record) => accept(record, controller.endpointsOn(record.id).length > 0))
      .map((record) => this.#show(record));
  }

  /** By name, id or prefix of an id. @throws NotFoundError `network nope not found` */
  inspect(reference: string): Network {
    return this.#show(this.#parts.store.get(reference));
  }

  /** @throws ConflictError for a name that is taken, ForbiddenError for a range that is. */
  async create(request: NetworkCreateRequest): Promise<{ Id: string; Warning: string }> {
    const { store, networks, writer, table, events } = this.#parts;
    const name = request.Name ?? '';
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) throw new InvalidParameterError(`invalid network name "${name}": letters, digits, and not at the start _ . -`);
    if (predefinedNames.includes(name)) throw new ForbiddenError(`operation is not permitted on predefined ${name} network`);
    if (store.list().some((record) => record.name === name)) throw new ConflictError(`network with name ${name} already exists`);
    const driver = request.Driver || 'bridge';
    if (driver !== 'bridge') throw new NotImplementedError(`network driver ${driver} is not supported: use bridge`);
    if (request.EnableIPv6) throw new NotImplementedError('IPv6 networks are not supported yet: create the network without --ipv6');
    const record = newRecord({
      name,
      driver,
      internal: request.Internal ?? false,
      attachable: request.Attachable ?? false,
      options: request.Options ?? {},
      labels: request.Labels ?? {},
      ipamOptions: request.IPAM?.Options ?? null,
    });
    record.bridge = this.#planBridge(record, request);
    await store.put(record);
    try {
      await networks.bringUp(record);
      await writer.apply(addBridge(table, rulesOf(record)));
    } catch (error) {
      await networks.takeDown(record).catch(() => undefined);
      await store.delete(record.id);
      throw error;
    }
    events.publish('network', 'create', record.id, { name, type: driver });
    return { Id: record.id, Warning: '' };
  }

  /** @throws ForbiddenError for predefined networks and for those with endpoints. */
  async remove(reference: string): Promise<void> {
    const { store, networks, writer, table, events, controller } = this.#parts;
    const record = store.get(reference);
    if (predefinedNames.includes(record.name)) throw new ForbiddenError(`${record.name} is a pre-defined network and cannot be removed`);
    if (controller.endpointsOn(record.id).length > 0) {
      throw new ForbiddenError(`error while removing network: network ${record.name} id ${record.id} has active endpoints`);
    }
    await controller.settled();
    await store.delete(record.id);
    await writer.apply(removeBridge(table, rulesOf(record)));
    await networks.takeDown(record);
    events.publish('network', 'destroy', record.id, { name: record.name, type: record.driver });
  }

  #planBridge(record: NetworkRecord, request: NetworkCreateRequest): BridgeConfig {
    const configs = request.IPAM?.Config ?? [];
    if (configs.length > 1) throw new NotImplementedError('a network has one IPv4 subnet: give one --subnet');
    const config = configs[0] ?? {};
    const taken = this.#parts.store.list().flatMap(({ bridge }) => (bridge === undefined ? [] : [subnetOf(bridge)]));
    const subnet = config.Subnet ? readSubnet(config.Subnet) : chooseSubnet([...taken, ...this.#parts.foreignSubnets()]);
    if (taken.some((other) => overlaps(other, subnet))) throw new ForbiddenError('Pool overlaps with other one on this address space');
    const range = config.IPRange ? readSubnet(config.IPRange) : subnet;
    if (!contains(subnet, range.base) || range.prefix < subnet.prefix) throw new InvalidParameterError(`ip-range ${config.IPRange} is not within subnet ${formatSubnet(subnet)}`);
    const gateway = config.Gateway || formatAddress(range.base === subnet.base ? subnet.base + 1 : range.base);
    if (!contains(subnet, parseAddress(gateway) ?? -1)) throw new InvalidParameterError(`gateway ${gateway} is not within subnet ${formatSubnet(subnet)}`);
    return {
      name: record.options['com.docker.network.bridge.name'] || `br-${record.id.slice(0, 12)}`,
      subnet: formatSubnet(subnet),
      gateway,
      ...(config.IPRange ? { ipRange: formatSubnet(range) } : {}),
      mtu: readMtu(record.options['com.docker.network.driver.mtu']),
      masquerade: record.options['com.docker.network.bridge.enable_ip_masquerade'] !== 'false',
    };
  }

  #show(record: NetworkRecord): Network {
    const { bridge } = record;
    const containers = this.#parts.controller.endpointsOn(record.id).map(({ containerId, containerName, endpoint }) => {
      const { attachment } = endpoint;
      const address = attachment === undefined ? '' : `${attachment.address}/${attachment.prefix}`;
      return [containerId, { Name: containerName, EndpointID: endpoint.id, MacAddress: attachment?.mac ?? '', IPv4Address: address, IPv6Address: '' }] as const;
    });
    return {
      Name: record.name,
      Id: record.id,
      Created: record.created,
      Scope: 'local',
      Driver: record.driver,
      EnableIPv4: true,
      EnableIPv6: false,
      IPAM: {
        Driver: 'default',
        Options: record.ipamOptions,
        Config: bridge === undefined ? null : [{ Subnet: bridge.subnet, ...(bridge.ipRange === undefined ? {} : { IPRange: bridge.ipRange }), Gateway: bridge.gateway }],
      },
      Internal: record.internal,
      Attachable: record.attachable,
      Ingress: false,
      ConfigFrom: { Network: '' },
      ConfigOnly: false,
      Containers: Object.fromEntries(containers),
      Options: record.options,
      Labels: record.labels,
    };
  }
}

function readSubnet(text: string): Subnet {
  const subnet = parseSubnet(text);
  if (subnet === null || subnet.prefix > 30) throw new InvalidParameterError(`invalid IPv4 subnet "${text}": address/prefix with room for a gateway and a container`);
  return subnet;
}

function readMtu(text: string | undefined): number {
  if (text === undefined || text === '') return defaultMtu;
  const mtu = Number(text);
  if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65535) throw new InvalidParameterError(`invalid MTU "${text}": a number from 68 to 65535`);
  return mtu;
}
