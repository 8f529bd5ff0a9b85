import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import type { EndpointSettings } from '../../contract/engine-api/network.ts';
import type { EventSink, NetworkController, Sandbox, SandboxRequest } from '../containers/collaborators.ts';
import { ConflictError, InternalError, InvalidParameterError, messageOf } from '../errors.ts';
import type { JsonStore } from '../store/json-store.ts';
import type { Bridges } from './bridges.ts';
import type { DnsServer } from './dns/dns-server.ts';
import { NameRegistry } from './dns/name-registry.ts';
import type { MachineResolver } from './dns/resolv-conf.ts';
import { chooseAddress, connectLink, endpointSettings, newEndpoint, type Endpoint } from './sandbox/endpoint.ts';
import { parseExtraHost, writeEtcFiles } from './sandbox/etc-files.ts';
import type { HostPort, PortTarget } from './host-ports.ts';
import { LinkReaper } from './sandbox/link-reaper.ts';
import type { LiveNetworks } from './live-networks.ts';
import type { NamespacePool, PreparedNamespace } from './sandbox/namespace-pool.ts';
import { reopenResolver } from './sandbox/namespace-pool.ts';
import { deleteLink } from './netlink/links.ts';
import type { NetlinkSocket } from './netlink/netlink-socket.ts';
import type { NamespaceDirectory } from './sandbox/netns.ts';
import { dnsNames, resolveNetworkMode, type NetworkMode } from './network-mode.ts';
import type { NetworkStore } from './network-store.ts';
import { portMap, wantedPorts, type Protocol } from './ports/port-mapping.ts';
import { bindingOf, type PortPublisher, type PublishedPort } from './ports/port-publisher.ts';
import { toSandbox, type SandboxRecord } from './sandbox/sandbox-record.ts';
import { sandboxResolver } from './sandbox/sandbox-resolver.ts';

export interface ControllerParts {
  store: NetworkStore;
  networks: LiveNetworks;
  bridges: Bridges;
  sandboxes: JsonStore<SandboxRecord>;
  namespaces: NamespaceDirectory;
  pool: NamespacePool;
  publisher: PortPublisher;
  machine: MachineResolver;
  netlink: NetlinkSocket;
  events: EventSink;
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
  #ruleset: Promise<void> = Promise.resolve();

  constructor(parts: ControllerParts) {
    this.#parts = parts;
  }

  async describe(request: Omit<SandboxRequest, 'directory'>): Promise<Record<string, EndpointSettings>> {
    const mode = resolveNetworkMode(this.#parts.store, request);
    const asked = mode.kind === 'bridge' ? mode.networks : mode.kind === 'host' || mode.kind === 'none' ? [mode] : [];
    wantedPorts(request.config, request.hostConfig);
    for (const entry of request.hostConfig.ExtraHosts ?? []) parseExtraHost(entry);
    return Object.fromEntries(
      asked.map(({ network, asked: settings }) => {
        const names = dnsNames(network, { id: request.containerId, name: request.containerName, hostname: request.config.Hostname }, settings);
        return [network.name, { ...endpointSettings(newEndpoint(network, settings, names)), EndpointID: '' }];
      }),
    );
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
    await this.#removeLeftovers();
    const strays = bridges.strays(networks.rules().map((rules) => rules.bridge));
    for (const bridge of strays) await bridges.remove(bridge);
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
      record.etcFiles = await this.#writeEtc(record, request, mode);
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
      if (mode.kind !== 'bridge') return;
      for (const { network, asked } of mode.networks) {
        const names = dnsNames(network, { id: request.containerId, name: request.containerName, hostname: request.config.Hostname }, asked);
        await this.#attach(record, prepared, newEndpoint(network, asked, names), request.config.MacAddress);
      }
      this.#serve(record, prepared.dns);
      record.published = await this.#publish(record, request);
      record.ports = portMap(request.config, request.hostConfig, record.published.map((port) => ({ key: port.key, binding: bindingOf(port) })));
    } finally {
      prepared.netlink.close();
    }
  }

  async #attach(record: SandboxRecord, prepared: PreparedNamespace, endpoint: Endpoint, mac: string | undefined): Promise<void> {
    const { networks, store, netlink } = this.#parts;
    const network = store.get(endpoint.networkId);
    const first = record.endpoints.length === 0;
    // Its last holder may be this very container, just stopped.
    if (endpoint.asked.IPAMConfig?.IPv4Address) await this.settled();
    endpoint.attachment = chooseAddress(networks, network, endpoint, { interfaceName: `eth${record.endpoints.length}`, mac: first ? mac : undefined });
    // From here on the record's undoing gives the address back.
    record.endpoints.push(endpoint);
    const namespaceFd = openSync(record.netns!, 'r');
    try {
      const { attachment } = endpoint;
      await connectLink({ host: netlink, inside: prepared.netlink, namespaceFd, networks, network, attachment, defaultRoute: first });
    } finally {
      closeSync(namespaceFd);
    }
    this.#names.add(network.id, endpoint.id, endpoint.names, endpoint.attachment.address);
  }

  async #publish(record: SandboxRecord, request: SandboxRequest): Promise<PublishedPort[]> {
    const wanted = wantedPorts(request.config, request.hostConfig);
    const outward = record.endpoints.find((endpoint) => endpoint.attachment?.gateway !== '');
    // As moby: an internal network publishes nothing, and that is no error.
    if (wanted.length === 0 || outward?.attachment === undefined) return [];
    try {
      return await this.#parts.publisher.publish({ id: record.containerId, name: record.containerName }, wanted, outward.attachment.address);
    } catch (error) {
      const where = `endpoint ${record.containerName} (${outward.id})`;
      const words = `failed to set up container networking: driver failed programming external connectivity on ${where}: ${messageOf(error)}`;
      throw error instanceof InvalidParameterError ? new InvalidParameterError(words, { cause: error }) : new InternalError(words, { cause: error });
    }
  }

  #writeEtc(record: SandboxRecord, request: SandboxRequest, mode: Exclude<NetworkMode, { kind: 'container' }>): Promise<SandboxRecord['etcFiles']> {
    const { store, machine } = this.#parts;
    const isDefault = mode.kind === 'bridge' && mode.networks.every(({ network }) => network.name === 'bridge');
    return writeEtcFiles({
      directory: request.directory,
      config: request.config,
      hostConfig: request.hostConfig,
      addresses: record.endpoints.flatMap((endpoint) => (endpoint.attachment === undefined ? [] : [endpoint.attachment.address])),
      hostGateway: store.get('bridge').bridge!.gateway,
      machine: machine.config(),
      mode: mode.kind === 'disabled' ? 'none' : mode.kind === 'bridge' ? (isDefault ? 'bridge' : 'user-defined') : mode.kind,
    });
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
      sandboxId: owner.sandboxId,
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
      networks.get(network).pool.claim(endpoint.attachment.address);
      this.#names.add(endpoint.networkId, endpoint.id, endpoint.names, endpoint.attachment.address);
    }
    if (record.namespace !== undefined) {
      const dns = reopenResolver(namespaces, record.namespace);
      this.#dns.set(record.containerId, dns);
      this.#serve(record, dns);
    }
    for (const failure of await publisher.adopt({ id: record.containerId, name: record.containerName }, record.published)) log(`a published port is lost: ${failure}`);
  }

  /** What no record names: links on the engine's bridges and namespaces. A crash in the middle of a start leaves them. */
  async #removeLeftovers(): Promise<void> {
    const { sandboxes, namespaces, bridges, netlink, log } = this.#parts;
    const records = sandboxes.list();
    const names = new Set(records.map((record) => record.namespace));
    const links = new Set(records.flatMap((record) => record.endpoints.map((endpoint) => endpoint.attachment?.link)));
    const stale = namespaces.list().filter((name) => !names.has(name));
    const dangling = bridges.ports().filter((link) => !links.has(link.name));
    for (const name of stale) namespaces.remove(name);
    if (dangling.length > 0) await netlink.change(dangling.map((link) => deleteLink(link.name)));
    if (stale.length + dangling.length > 0) log(`removed ${stale.length} network namespaces and ${dangling.length} links of containers that are gone`);
  }

  /** Takes names, resolver and namespace away. @returns links that the kernel is about to delete. */
  async #takeApart(record: SandboxRecord): Promise<string[]> {
    for (const endpoint of record.endpoints) this.#names.remove(endpoint.networkId, endpoint.id);
    await this.#dns.get(record.containerId)?.close();
    this.#dns.delete(record.containerId);
    if (record.namespace !== undefined) this.#parts.namespaces.remove(record.namespace);
    return record.endpoints.flatMap((endpoint) => (endpoint.attachment === undefined ? [] : [endpoint.attachment.link]));
  }

  /** Addresses are free when their links are gone, and the record goes last: a crash before that finds everything again. */
  async #giveBack(record: SandboxRecord, links: string[]): Promise<void> {
    const { store, networks, sandboxes } = this.#parts;
    await Promise.all(links.map((link) => this.#reaper.gone(link)));
    for (const { networkId, attachment } of record.endpoints) {
      const network = store.find(networkId);
      if (attachment !== undefined && network !== undefined) networks.get(network).pool.release(attachment.address);
    }
    // Unless the container has been started again meanwhile.
    if (sandboxes.get(record.containerId) === record) await sandboxes.delete(record.containerId);
    this.#releases.delete(record);
  }

  #announce(action: 'connect' | 'disconnect', endpoint: Endpoint, record: SandboxRecord): void {
    const type = this.#parts.store.find(endpoint.networkId)?.driver ?? 'bridge';
    this.#parts.events.publish('network', action, endpoint.networkId, { container: record.containerId, name: endpoint.networkName, type });
  }
}
