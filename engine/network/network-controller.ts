import { randomBytes } from 'node:crypto';
import type { EndpointSettings } from '../../contract/engine-api/network.ts';
import type { EventSink, NetworkController, Sandbox, SandboxRequest } from '../containers/collaborators.ts';
import { ConflictError, ForbiddenError, InternalError, InvalidParameterError, messageOf } from '../errors.ts';
import type { JsonStore } from '../store/json-store.ts';
import type { DnsServer } from './dns/dns-server.ts';
import { NameRegistry } from './dns/name-registry.ts';
import type { MachineResolver } from './dns/resolv-conf.ts';
import type { Bridges } from './drivers/bridges.ts';
import type { LiveNetworks } from './drivers/live-networks.ts';
import type { HostPort, PortTarget } from './host-ports.ts';
import type { NetlinkSocket } from './netlink/netlink-socket.ts';
import type { NetworkStore } from './networks/network-store.ts';
import type { CarriedConnections } from './ports/carried-connections.ts';
import { wantedPorts, type Protocol } from './ports/port-mapping.ts';
import type { PortPublisher } from './ports/port-publisher.ts';
import { addressesOf, endpointSettings, newEndpoint, releaseAddresses, type Endpoint } from './sandbox/endpoint.ts';
import { checkEndpointSettings } from './sandbox/endpoint-settings.ts';
import { parseExtraHost } from './sandbox/etc-files.ts';
import { removeLeftovers } from './sandbox/leftovers.ts';
import { LinkReaper } from './sandbox/link-reaper.ts';
import { reopenResolver, type NamespacePool } from './sandbox/namespace-pool.ts';
import type { NamespaceDirectory } from './sandbox/netns.ts';
import { dnsNames, hostNetwork, networkName, privateNamespace, resolveNetworkMode, sharedNamespace, type NetworkMode } from './sandbox/network-mode.ts';
import { toSandbox, type SandboxRecord } from './sandbox/sandbox-record.ts';
import { sandboxResolver } from './sandbox/sandbox-resolver.ts';
import { changeLinks, changeOwnHosts, writeOwnFiles } from './sandbox/own-files.ts';
import { SandboxPorts } from './sandbox/sandbox-ports.ts';
import { SandboxWiring } from './sandbox/sandbox-wiring.ts';

export interface ControllerParts {
  store: NetworkStore;
  networks: LiveNetworks;
  bridges: Bridges;
  sandboxes: JsonStore<SandboxRecord>;
  namespaces: NamespaceDirectory;
  pool: NamespacePool;
  publisher: PortPublisher;
  carried: CarriedConnections;
  machine: MachineResolver;
  netlink: NetlinkSocket;
  events: EventSink;
  /** What `host-gateway` stands for; by default the default network's gateway. */
  hostGateway?: string;
  /** Writes bridges and ports into the packet filter, replacing what an earlier engine left. */
  writeRuleset: () => Promise<void>;
  log: (line: string) => void;
}

/** Gives containers their network and takes it away again. One object per engine. */
export class BridgeNetworkController implements NetworkController {
  readonly #parts: ControllerParts;
  readonly #names = new NameRegistry();
  readonly #dns = new Map<string, DnsServer>();
  readonly #reaper = new LinkReaper();
  /** Sandboxes on their way out: the part that {@link release} waits for. */
  readonly #releases = new Map<SandboxRecord, Promise<void>>();
  /** What goes on after that: waiting for the kernel. */
  readonly #teardowns = new Set<Promise<void>>();
  readonly #wiring: SandboxWiring;
  readonly #ports: SandboxPorts;
  #ruleset: Promise<void> = Promise.resolve();

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.#wiring = new SandboxWiring({ ...parts, names: this.#names });
    this.#ports = new SandboxPorts(parts);
  }

  async describe(request: Omit<SandboxRequest, 'directory'>): Promise<Record<string, EndpointSettings>> {
    const { store } = this.#parts;
    wantedPorts(request.config, request.hostConfig);
    for (const entry of request.hostConfig.ExtraHosts ?? []) parseExtraHost(entry);
    // A network may be made between create and start; who starts without it hears of it.
    const known = Object.entries(request.endpoints).filter(([name]) => store.find(networkName(name)) !== undefined);
    resolveNetworkMode(store, { ...request, endpoints: Object.fromEntries(known) });
    return Object.fromEntries(
      Object.entries(request.endpoints).map(([name, asked]) => {
        const network = store.find(networkName(name));
        if (network === undefined) return [name, asked];
        checkEndpointSettings(network, asked);
        return [network.name, this.#describe(request, network.id, asked)];
      }),
    );
  }

  describeEndpoint(request: Omit<SandboxRequest, 'directory'>, reference: string, asked: EndpointSettings): { network: string; settings: EndpointSettings } {
    const { store } = this.#parts;
    const mode = networkName(request.hostConfig.NetworkMode);
    const network = store.get(reference);
    if (mode === 'host' || mode.startsWith('container:')) throw new InvalidParameterError(sharedNamespace);
    if (network.driver === 'host') throw new InvalidParameterError(hostNetwork);
    if (mode === 'none' || network.driver === 'null' || request.config.NetworkDisabled) throw new InvalidParameterError(privateNamespace);
    checkEndpointSettings(network, asked);
    return { network: network.name, settings: this.#describe(request, network.id, asked) };
  }

  nameOf(reference: string): string {
    return this.#parts.store.get(reference).name;
  }

  #describe(request: Omit<SandboxRequest, 'directory'>, networkId: string, asked: EndpointSettings): EndpointSettings {
    const network = this.#parts.store.get(networkId);
    const names = dnsNames(network, { id: request.containerId, name: request.containerName, hostname: request.config.Hostname }, asked);
    return { ...endpointSettings(newEndpoint(network, asked, names)), EndpointID: '' };
  }

  async attach(request: SandboxRequest, networkReference: string, asked: EndpointSettings): Promise<Sandbox> {
    const { store, sandboxes } = this.#parts;
    const network = store.get(networkReference);
    const before = this.#sandbox(request.containerId);
    if (before?.namespace === undefined) throw new ConflictError(`container ${request.containerId} has no network of its own to connect ${network.name} to`);
    if (before.endpoints.some(({ networkId }) => networkId === network.id)) throw new ForbiddenError(`endpoint with name ${request.containerName} already exists in network ${network.name}`);
    const record = { ...before, endpoints: [...before.endpoints] };
    const names = dnsNames(network, { id: request.containerId, name: request.containerName, hostname: request.config.Hostname }, asked);
    const endpoint = newEndpoint(network, asked, names);
    if (asked.IPAMConfig?.IPv4Address || asked.IPAMConfig?.IPv6Address) await this.settled();
    try {
      await this.#wiring.inside(record, async (inside) => {
        await this.#wiring.attach(record, inside, endpoint, undefined);
        await this.#wiring.route(record, inside, { fresh: false });
      });
      await this.#ports.move(record, request);
      changeOwnHosts(record, request, { add: addressesOf(endpoint), remove: [] });
      await sandboxes.put(record.containerId, record, { sync: false });
    } catch (error) {
      if (record.endpoints.includes(endpoint)) await this.#wiring.detach(record, endpoint).catch((failure: unknown) => this.#parts.log(`connect ${network.name}: not undone: ${messageOf(failure)}`));
      throw error;
    }
    this.#announce('connect', endpoint, record);
    return toSandbox(record);
  }

  async detach(request: SandboxRequest, networkReference: string): Promise<Sandbox> {
    const { store, sandboxes } = this.#parts;
    const network = store.get(networkReference);
    const before = this.#sandbox(request.containerId);
    const endpoint = before?.endpoints.find(({ networkId }) => networkId === network.id);
    if (network.driver === 'host') throw new InvalidParameterError(hostNetwork);
    if (before === undefined || endpoint === undefined) throw new InternalError(`container ${request.containerId} is not connected to network ${network.name}`);
    const record = { ...before, endpoints: [...before.endpoints] };
    // Before anything is taken away: what cannot be saved has not happened, and an address is given back once.
    await sandboxes.put(record.containerId, { ...before, endpoints: before.endpoints.filter((other) => other !== endpoint) }, { sync: false });
    try {
      await this.#wiring.detach(record, endpoint);
    } catch (error) {
      await sandboxes.put(record.containerId, before, { sync: false }).catch((failure: unknown) => this.#parts.log(`disconnect ${network.name}: not undone: ${messageOf(failure)}`));
      throw error;
    }
    if (record.namespace !== undefined) await this.#wiring.inside(record, (inside) => this.#wiring.route(record, inside, { fresh: false }));
    await this.#ports.move(record, request);
    for (const address of addressesOf(endpoint)) this.#parts.carried.cut(address);
    changeOwnHosts(record, request, { add: [], remove: addressesOf(endpoint) });
    await sandboxes.put(record.containerId, record, { sync: false });
    this.#announce('disconnect', endpoint, record);
    return toSandbox(record);
  }

  async rename(request: SandboxRequest): Promise<void> {
    const { store, sandboxes } = this.#parts;
    const before = this.#sandbox(request.containerId);
    if (before === undefined) return;
    const endpoints = before.endpoints.map((endpoint) => {
      const network = store.find(endpoint.networkId);
      if (network === undefined) return endpoint;
      const names = dnsNames(network, { id: request.containerId, name: request.containerName, hostname: request.config.Hostname }, endpoint.asked);
      this.#names.remove(network.id, endpoint.id);
      this.#names.add(network.id, endpoint.id, names, addressesOf(endpoint));
      return { ...endpoint, names };
    });
    this.#parts.publisher.rename(request.containerId, request.containerName);
    await sandboxes.put(before.containerId, { ...before, containerName: request.containerName, endpoints }, { sync: false });
  }

  async relink(request: SandboxRequest): Promise<void> {
    const record = this.#sandbox(request.containerId);
    if (record === undefined) return;
    const linkLines = changeLinks(record, request, (id) => this.#sandbox(id));
    await this.#parts.sandboxes.put(record.containerId, { ...record, linkLines }, { sync: false });
  }

  async connect(request: SandboxRequest): Promise<Sandbox> {
    await this.release(request.containerId);
    await this.#ruleset;
    const mode = resolveNetworkMode(this.#parts.store, request);
    const record = mode.kind === 'container' ? this.#share(request, mode.reference) : await this.#make(request, mode);
    await this.#parts.sandboxes.put(record.containerId, record, { sync: false });
    for (const endpoint of record.endpoints) this.#announce('connect', endpoint, record);
    return toSandbox(record);
  }

  #sandbox(containerId: string): SandboxRecord | undefined {
    const record = this.#parts.sandboxes.get(containerId);
    return record === undefined || this.#releases.has(record) ? undefined : record;
  }

  async release(containerId: string): Promise<void> {
    const record = this.#parts.sandboxes.get(containerId);
    if (record === undefined) return;
    const release = this.#releases.get(record) ?? this.#release(record);
    this.#releases.set(record, release);
    await release;
  }

  async restore(running: SandboxRequest[]): Promise<Map<string, Sandbox>> {
    const { sandboxes, namespaces, networks, publisher, store, bridges, log } = this.#parts;
    for (const record of store.list()) {
      await networks.bringUp(record).catch((error: unknown) => log(`network ${record.name} stays down: ${messageOf(error)}`));
    }
    const found = new Map<string, Sandbox>();
    const wanted = new Map(running.map((request) => [request.containerId, request]));
    for (const record of sandboxes.list()) {
      const request = wanted.get(record.containerId);
      const alive = record.namespace === undefined || namespaces.isAlive(record.namespace);
      if (request === undefined || !alive) {
        await sandboxes.delete(record.containerId);
        continue;
      }
      record.containerName = request.containerName;
      await this.#takeOver(record).catch((error: unknown) => log(`the network of ${record.containerName} is not taken over whole: ${messageOf(error)}`));
      found.set(record.containerId, toSandbox(record));
    }
    await removeLeftovers(this.#parts);
    const strays = bridges.strays(networks.bridges());
    for (const bridge of strays) await bridges.remove(bridge);
    if (strays.length > 0) log(`removed ${strays.length} bridges that no network has: ${strays.join(', ')}`);
    // In the background: it costs a program run, and an engine without containers should answer before it is done.
    this.#ruleset = this.#parts.writeRuleset();
    // Whoever starts a container next sees the failure.
    const written = this.#ruleset.catch((error: unknown) => log(messageOf(error)));
    if (publisher.list().length > 0) await written;
    return found;
  }

  /** Where this machine answers connections to a published port; null when nobody has it. */
  lookupPort(protocol: Protocol, hostIp: string, hostPort: number): PortTarget | null {
    return this.#parts.publisher.lookup(protocol, hostIp, hostPort);
  }

  publishedPorts(): HostPort[] {
    return this.#parts.publisher.list().map(({ port }) => port);
  }

  /** Endpoints on a network, with the containers they belong to. */
  endpointsOn(networkId: string): { containerId: string; containerName: string; endpoint: Endpoint }[] {
    return this.#sandboxes().flatMap(({ containerId, containerName, endpoints }) =>
      endpoints.filter((endpoint) => endpoint.networkId === networkId).map((endpoint) => ({ containerId, containerName, endpoint })),
    );
  }

  /** Resolves when nothing is under way: rules are written, and of released containers nothing is left in the kernel. */
  async settled(): Promise<void> {
    await this.#ruleset.catch(() => undefined);
    while (this.#teardowns.size > 0) await Promise.all(this.#teardowns);
  }

  /** Ends the resolvers; containers keep their networks for the next engine. */
  async close(): Promise<void> {
    this.#reaper.close();
    await Promise.all([...this.#dns.values()].map((dns) => dns.close()));
  }

  #sandboxes(): SandboxRecord[] {
    return this.#parts.sandboxes.list().filter((record) => !this.#releases.has(record));
  }

  async #release(record: SandboxRecord): Promise<void> {
    await this.#parts.publisher.unpublish(record.published);
    const links = await this.#takeApart(record);
    for (const endpoint of record.endpoints) this.#announce('disconnect', endpoint, record);
    const teardown: Promise<void> = this.#giveBack(record, links)
      .catch((error: unknown) => this.#parts.log(`the network of ${record.containerName} is not gone: ${messageOf(error)}`))
      .finally(() => this.#teardowns.delete(teardown));
    this.#teardowns.add(teardown);
  }

  async #make(request: SandboxRequest, mode: Exclude<NetworkMode, { kind: 'container' }>): Promise<SandboxRecord> {
    const record: SandboxRecord = {
      containerId: request.containerId,
      containerName: request.containerName,
      sandboxId: randomBytes(32).toString('hex'),
      netns: null,
      endpoints: [],
      published: [],
      ports: {},
      etcFiles: [],
      dns: request.hostConfig.Dns ?? [],
    };
    try {
      if (mode.kind === 'host') record.endpoints.push(newEndpoint(mode.network, mode.asked, []));
      else await this.#makeNamespace(record, request, mode);
      record.etcFiles = await writeOwnFiles(this.#parts, record, request, mode, (id) => this.#sandbox(id));
      return record;
    } catch (error) {
      await this.#parts.publisher.unpublish(record.published);
      await this.#giveBack(record, await this.#takeApart(record));
      throw error;
    }
  }

  async #makeNamespace(record: SandboxRecord, request: SandboxRequest, mode: Exclude<NetworkMode, { kind: 'container' | 'host' }>): Promise<void> {
    const prepared = this.#parts.pool.take();
    try {
      record.sandboxId = prepared.sandboxId;
      record.namespace = prepared.name;
      record.netns = this.#parts.namespaces.pathOf(prepared.name);
      this.#dns.set(record.containerId, prepared.dns);
      if (mode.kind === 'none') record.endpoints.push(newEndpoint(mode.network, mode.asked, []));
      if (mode.kind !== 'networks') return;
      // The last holder of a static address may be this very container, just stopped.
      if (mode.networks.some(({ asked }) => asked.IPAMConfig?.IPv4Address || asked.IPAMConfig?.IPv6Address)) await this.settled();
      for (const [index, { network, asked }] of mode.networks.entries()) {
        const names = dnsNames(network, { id: request.containerId, name: request.containerName, hostname: request.config.Hostname }, asked);
        await this.#wiring.attach(record, prepared.netlink, newEndpoint(network, asked, names), index === 0 ? request.config.MacAddress : undefined);
      }
      await this.#wiring.route(record, prepared.netlink, { fresh: true });
      this.#serve(record, prepared.dns);
      await this.#ports.publish(record, request);
    } finally {
      prepared.netlink.close();
    }
  }

  /** `--network container:X` joins X's namespace and has X's files; nothing of it is this container's to remove. */
  #share(request: SandboxRequest, reference: string): SandboxRecord {
    const owner = this.#sandboxes().find(
      ({ containerId, containerName }) => containerId === reference || containerName === reference || (/^[0-9a-f]{12,}$/.test(reference) && containerId.startsWith(reference)),
    );
    if (owner === undefined) throw new ConflictError(`cannot join network of a non running container: ${reference}`);
    return {
      containerId: request.containerId,
      containerName: request.containerName,
      // As moby: the sandbox is the other's.
      sandboxId: '',
      netns: owner.netns,
      endpoints: [],
      published: [],
      ports: {},
      etcFiles: owner.etcFiles,
      dns: [],
    };
  }

  #serve(record: SandboxRecord, dns: DnsServer): void {
    const { store, machine, sandboxes } = this.#parts;
    dns.serve(sandboxResolver(() => sandboxes.get(record.containerId) ?? record, this.#names, store, machine));
  }

  /** A container that ran while the engine was away has everything but what the engine holds in memory and open files. */
  async #takeOver(record: SandboxRecord): Promise<void> {
    const { store, networks, namespaces, publisher, log } = this.#parts;
    for (const endpoint of record.endpoints) {
      const network = store.find(endpoint.networkId);
      if (endpoint.attachment === undefined || network === undefined) continue;
      for (const address of [endpoint.attachment.ipv4, endpoint.attachment.ipv6]) if (address !== '') networks.get(network).claim(address);
      this.#names.add(endpoint.networkId, endpoint.id, endpoint.names, addressesOf(endpoint));
    }
    if (record.namespace !== undefined) {
      const dns = reopenResolver(namespaces, record.namespace);
      this.#dns.set(record.containerId, dns);
      this.#serve(record, dns);
    }
    for (const failure of await publisher.adopt({ id: record.containerId, name: record.containerName }, record.published)) log(`a published port is lost: ${failure}`);
  }

  /** Takes names, resolver and namespace away. @returns links that the kernel is about to delete. */
  async #takeApart(record: SandboxRecord): Promise<string[]> {
    for (const endpoint of record.endpoints) this.#names.remove(endpoint.networkId, endpoint.id);
    await this.#dns.get(record.containerId)?.close();
    this.#dns.delete(record.containerId);
    if (record.namespace !== undefined) this.#parts.namespaces.remove(record.namespace);
    return record.endpoints.flatMap(({ attachment }) => (attachment === undefined || attachment.link === '' ? [] : [attachment.link]));
  }

  /** Addresses are free when their links are gone, and the record goes last: a crash before that finds everything again. */
  async #giveBack(record: SandboxRecord, links: string[]): Promise<void> {
    const { networks, sandboxes } = this.#parts;
    await Promise.all(links.map((link) => this.#reaper.gone(link)));
    for (const { networkId, attachment } of record.endpoints) {
      const live = networks.find(networkId);
      if (attachment !== undefined && live !== undefined) releaseAddresses(live, attachment);
    }
    // Unless the container has been started again meanwhile.
    await sandboxes.delete(record.containerId, { value: record });
    this.#releases.delete(record);
  }

  #announce(action: 'connect' | 'disconnect', endpoint: Endpoint, record: SandboxRecord): void {
    const type = this.#parts.store.find(endpoint.networkId)?.driver ?? 'bridge';
    this.#parts.events.publish('network', action, endpoint.networkId, { container: record.containerId, name: endpoint.networkName, type });
  }
}
