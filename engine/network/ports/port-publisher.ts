import { isIPv4 } from 'node:net';
import type { PortBinding } from '../../../contract/engine-api/container.ts';
import { ConflictError, InvalidParameterError, messageOf } from '../../errors.ts';
import type { HostPort, HostPorts, PortTarget } from '../host-ports.ts';
import type { FlowMatch } from '../netlink/conntrack.ts';
import type { PublishedPortMaps } from '../nftables/published-ports.ts';
import type { Publication } from '../nftables/ruleset.ts';
import type { Lanes } from './lanes.ts';
import type { Protocol, WantedPort } from './port-mapping.ts';

export interface PublishedPort extends Publication {
  /** `80/tcp` */
  key: string;
}

/** Where a container's ports are published to: its addresses (empty: none of the family) on one network. */
export interface Outlet {
  ipv4: string;
  ipv6: string;
  /** The network's own address for ports without one; empty for all of the machine's. */
  hostBinding: string;
  /** Ports are reached at the container's address of the family, and none of this machine is taken for them. */
  routed4?: boolean;
  routed6?: boolean;
}

interface Holding extends PublishedPort {
  containerId: string;
  containerName: string;
}

/** Where ports without a wish come from, one after the other. Source: moby portallocator, ip_local_port_range. */
const ephemeral = { first: 32768, last: 60999 };
/** Free ports that are tried before the range counts as used up: each try may ask the host. */
const mostTries = 200;

/** All published ports: reserves them on the user's machine and writes them into the packet filter. */
export class PortPublisher {
  readonly #hostPorts: HostPorts;
  readonly #maps: PublishedPortMaps;
  readonly #forgetFlows: (matches: FlowMatch[]) => Promise<void>;
  readonly #ipv6: boolean;
  readonly #lanes: Lanes | undefined;
  readonly #held = new Set<Holding>();
  /** The same by protocol and port of the host: a connection looks up one of perhaps a thousand. */
  readonly #byPort = new Map<string, Set<Holding>>();
  readonly #nextEphemeral = { tcp: ephemeral.first, udp: ephemeral.first };

  /**
   * @param options.ipv6 a port without an address is published on `::` as well.
   * @param options.lanes in the VM: TCP ports have one each.
   */
  constructor(options: { hostPorts: HostPorts; maps: PublishedPortMaps; ipv6: boolean; lanes?: Lanes; forgetFlows?: (matches: FlowMatch[]) => Promise<void> }) {
    this.#hostPorts = options.hostPorts;
    this.#maps = options.maps;
    this.#ipv6 = options.ipv6;
    this.#lanes = options.lanes;
    this.#forgetFlows = options.forgetFlows ?? (async () => undefined);
  }

  /**
   * All or nothing.
   * @throws ConflictError `Bind for 0.0.0.0:8080 failed: port is already allocated by container "web"`
   */
  async publish(container: { id: string; name: string }, wanted: WantedPort[], outlet: Outlet): Promise<PublishedPort[]> {
    const published: PublishedPort[] = [];
    try {
      for (const wants of togetherOrAlone(wanted)) {
        const taken = await Promise.allSettled(wants.map((want) => this.#take(container, want, outlet)));
        for (const result of taken) if (result.status === 'fulfilled') published.push(...result.value);
        for (const result of taken) if (result.status === 'rejected') throw result.reason;
      }
      await this.#maps.add(published);
      await this.#forget(published);
      return published;
    } catch (error) {
      await this.#release(published);
      throw error;
    }
  }

  /** Leads published ports to the container's addresses on another network; the ports stay reserved. @returns them anew. */
  async retarget(ports: PublishedPort[], outlet: Outlet): Promise<PublishedPort[]> {
    const moved = ports.map((published) => {
      const target = targetOf(published.port.hostIp, published.target.port, outlet);
      // A lane leads to one place as long as it lives: by a new one the host knows that connections through the old one are over.
      return { ...published, port: this.#withLane({ ...published.port, lane: undefined }, target), target };
    });
    await this.#maps.remove(ports);
    for (const { port, target } of moved) {
      for (const held of this.#heldAt(port.protocol, port.hostPort)) {
        if (!sameSocket(held.port, port)) continue;
        if (held.port.lane !== undefined) this.#lanes?.release(held.port.lane);
        held.port = port;
        // In place: whoever carries connections holds this very object.
        Object.assign(held.target, target);
      }
    }
    await this.#maps.add(moved);
    await this.#forget(moved);
    // A host that does not hear of it finds the old lane closed, and goes by the channel.
    await Promise.allSettled(moved.filter(({ port }) => port.lane !== undefined).map(({ port, target }) => this.#hostPorts.reserve(port, target)));
    return moved;
  }

  async unpublish(ports: PublishedPort[]): Promise<void> {
    // New connections end first, then the port is free for others.
    await this.#maps.remove(ports);
    await this.#release(ports);
    await this.#forget(ports);
  }

  /** A UDP client that goes on sending would be led to where its first datagram went. */
  async #forget(ports: PublishedPort[]): Promise<void> {
    const matches = ports.filter((port) => port.port.protocol === 'udp' && !isRoutedPort(port)).map(({ port }) => ({ protocol: port.protocol, port: port.hostPort }));
    if (matches.length > 0) await this.#forgetFlows(matches);
  }

  /**
   * Takes over the ports of a container that runs on while the engine was away; the caller writes the packet filter.
   * @returns what could not be reserved again, in words.
   */
  async adopt(container: { id: string; name: string }, ports: PublishedPort[]): Promise<string[]> {
    const failures = await Promise.all(
      ports.map(async (port) => {
        const { target } = this.#hold(container, port);
        if (isRoutedPort(port)) return [];
        return this.#hostPorts.reserve(port.port, target).then(
          () => [],
          (error: unknown) => [`${describe(port.port)} of ${container.name}: ${messageOf(error)}`],
        );
      }),
    );
    return failures.flat();
  }

  /** Who holds a port is told by name. */
  rename(containerId: string, containerName: string): void {
    for (const held of this.#held) if (held.containerId === containerId) held.containerName = containerName;
  }

  list(): PublishedPort[] {
    return [...this.#held];
  }

  /** Where connections to a published port belong; null when nobody has it. */
  lookup(protocol: Protocol, hostIp: string, hostPort: number): PortTarget | null {
    const candidates = this.#heldAt(protocol, hostPort);
    const exact = candidates.find((held) => held.port.hostIp === hostIp) ?? candidates.find((held) => addressesMeet(held.port.hostIp, hostIp));
    return exact?.target ?? null;
  }

  async #take(container: { id: string; name: string }, want: WantedPort, outlet: Outlet): Promise<PublishedPort[]> {
    const everywhere = outlet.hostBinding !== '' ? [outlet.hostBinding] : this.#ipv6 ? ['0.0.0.0', '::'] : ['0.0.0.0'];
    const addresses = want.hostIp !== '' ? [want.hostIp] : everywhere;
    let refusal: unknown;
    for (const hostPort of this.#candidates(want)) {
      const taken: PublishedPort[] = [];
      try {
        for (const hostIp of addresses) {
          if (leadsToRouted(hostIp, outlet)) {
            taken.push(...this.#takeRouted(container, want, hostIp, outlet));
            continue;
          }
          taken.push(await this.#takeOne(container, { key: want.key, port: { protocol: want.protocol, hostIp, hostPort }, target: targetOf(hostIp, want.containerPort, outlet) }));
        }
        return taken;
      } catch (error) {
        await this.#release(taken);
        refusal = error;
        if (!(error instanceof ConflictError)) break;
      }
    }
    if (want.hostPorts === null && refusal instanceof ConflictError) {
      throw new ConflictError(`no free port between ${ephemeral.first} and ${ephemeral.last} for ${want.key}`, { cause: refusal });
    }
    throw refusal;
  }

  /** A port of a routed network: known by the container's address, on which another publication may have it too. */
  #takeRouted(container: { id: string; name: string }, want: WantedPort, hostIp: string, outlet: Outlet): PublishedPort[] {
    const address = hostIp.includes(':') ? outlet.ipv6 : outlet.ipv4;
    const any = hostIp.includes(':') ? '::' : '0.0.0.0';
    const isThere = [...this.#held].some(({ key, port, containerId }) => containerId === container.id && key === want.key && port.hostPort === 0 && port.hostIp === any);
    if (address === '' || isThere) return [];
    return [this.#hold(container, { key: want.key, port: { protocol: want.protocol, hostIp: any, hostPort: 0 }, target: { address, port: want.containerPort } })];
  }

  async #takeOne(container: { id: string; name: string }, wanted: PublishedPort): Promise<PublishedPort> {
    const { port } = wanted;
    const holder = this.#heldAt(port.protocol, port.hostPort).find((held) => addressesMeet(held.port.hostIp, port.hostIp));
    if (holder !== undefined) throw new ConflictError(`Bind for ${describe(port)} failed: port is already allocated by container "${holder.containerName}"`);
    const holding = this.#hold(container, { ...wanted, port: this.#withLane(port, wanted.target) });
    try {
      await this.#hostPorts.reserve(holding.port, holding.target);
      return holding;
    } catch (error) {
      this.#drop(holding);
      const words = `Bind for ${describe(port)} failed: ${messageOf(error)}`;
      throw error instanceof ConflictError ? new ConflictError(words, { cause: error }) : new InvalidParameterError(words, { cause: error });
    }
  }

  /** With a lane where the packet filter can lead there: to an IPv4 address, by TCP. */
  #withLane(port: HostPort, target: PortTarget): HostPort {
    const lane = port.protocol === 'tcp' && isIPv4(target.address) ? this.#lanes?.take() : undefined;
    return lane === undefined ? port : { ...port, lane };
  }

  #hold(container: { id: string; name: string }, port: PublishedPort): Holding {
    const holding = { ...port, target: { ...port.target }, containerId: container.id, containerName: container.name };
    if (port.port.lane !== undefined) this.#lanes?.claim(port.port.lane);
    this.#held.add(holding);
    const key = socketKey(port.port);
    const others = this.#byPort.get(key);
    if (others === undefined) this.#byPort.set(key, new Set([holding]));
    else others.add(holding);
    return holding;
  }

  #drop(holding: Holding): void {
    this.#held.delete(holding);
    if (holding.port.lane !== undefined) this.#lanes?.release(holding.port.lane);
    const others = this.#byPort.get(socketKey(holding.port));
    others?.delete(holding);
    if (others?.size === 0) this.#byPort.delete(socketKey(holding.port));
  }

  #heldAt(protocol: Protocol, hostPort: number): Holding[] {
    return [...(this.#byPort.get(socketKey({ protocol, hostPort })) ?? [])];
  }

  async #release(ports: PublishedPort[]): Promise<void> {
    for (const { port, target } of ports) {
      for (const held of this.#heldAt(port.protocol, port.hostPort)) {
        if (sameSocket(held.port, port) && (port.hostPort !== 0 || (held.target.address === target.address && held.target.port === target.port))) this.#drop(held);
      }
    }
    await Promise.all(ports.filter((port) => !isRoutedPort(port)).map(({ port }) => this.#hostPorts.release(port)));
  }

  *#candidates(want: WantedPort): Generator<number> {
    if (want.hostPorts !== null) {
      for (let port = want.hostPorts.first; port <= want.hostPorts.last; port += 1) yield port;
      return;
    }
    for (let tries = 0; tries < mostTries; tries += 1) {
      const port = this.#nextEphemeral[want.protocol];
      this.#nextEphemeral[want.protocol] = port === ephemeral.last ? ephemeral.first : port + 1;
      yield port;
    }
  }
}

/**
 * Ports that are named are asked for together: in a VM each is a question to the host, and a container may have a thousand. One of a range or of any waits for those
 * before it, because what it gets depends on them.
 */
function togetherOrAlone(wanted: WantedPort[]): WantedPort[][] {
  const groups: WantedPort[][] = [];
  let isOpen = false;
  for (const want of wanted) {
    const isNamed = want.hostPorts !== null && want.hostPorts.first === want.hostPorts.last;
    if (isNamed && isOpen) groups.at(-1)?.push(want);
    else groups.push([want]);
    isOpen = isNamed;
  }
  return groups;
}

const socketKey = ({ protocol, hostPort }: Pick<HostPort, 'protocol' | 'hostPort'>): string => `${protocol} ${hostPort}`;

/** Whether a port is reached by its container's address alone. */
export function isRoutedPort({ port }: PublishedPort): boolean {
  return port.hostPort === 0;
}

/** As inspect shows it. */
export function bindingOf({ port }: PublishedPort): PortBinding {
  return { HostIp: port.hostIp, HostPort: port.hostPort === 0 ? '' : String(port.hostPort) };
}

function describe(port: HostPort): string {
  return `${port.hostIp.includes(':') ? `[${port.hostIp}]` : port.hostIp || '0.0.0.0'}:${port.hostPort}`;
}

/** Whether one socket on each address would collide. IPv4 and IPv6 are bound apart. */
function addressesMeet(one: string, other: string): boolean {
  const isV6 = (address: string) => address.includes(':');
  if (isV6(one) !== isV6(other)) return false;
  const isAny = (address: string) => address === '' || address === '0.0.0.0' || address === '::';
  return isAny(one) || isAny(other) || one === other;
}

/** The address of the same family where there is one; across families the engine carries the bytes. */
function targetOf(hostIp: string, port: number, { ipv4, ipv6 }: Outlet): PortTarget {
  const [first, second] = hostIp.includes(':') ? [ipv6, ipv4] : [ipv4, ipv6];
  return { address: first || second, port };
}

/** Whether what comes to an address would be led to a container that is reached by routing alone. */
function leadsToRouted(hostIp: string, { ipv4, ipv6, routed4 = false, routed6 = false }: Outlet): boolean {
  const isSix = hostIp.includes(':') ? ipv6 !== '' : ipv4 === '';
  return isSix ? routed6 : routed4;
}

function sameSocket(one: HostPort, other: HostPort): boolean {
  return one.protocol === other.protocol && one.hostIp === other.hostIp && one.hostPort === other.hostPort;
}
