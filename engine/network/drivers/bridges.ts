import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { InternalError, messageOf } from '../../errors.ts';
import { parseSubnet, type Subnet } from '../addressing/addresses.ts';
import { createBridge, deleteLink, listLinks, setAlias, type LinkSummary } from '../netlink/links.ts';
import { addAddress, listRoutes } from '../netlink/routes.ts';
import type { NetlinkSocket } from '../netlink/netlink-socket.ts';
import { gatewayMode, type NetworkRecord } from '../networks/network-record.ts';

/**
 * Bridges of the engine's machine. Each carries its owner in its alias (`slipway:<data root>:<pid>`), so that two engines
 * on one machine leave each other's alone and leftovers are known for what they are.
 */
export class Bridges {
  readonly #socket: NetlinkSocket;
  readonly #owner: string;

  /** @param root the engine's data root: whoever has it owns the bridges. */
  constructor(socket: NetlinkSocket, root: string) {
    this.#socket = socket;
    this.#owner = `slipway:${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  }

  /** `slipway0`, or the next of its kind when another engine has it. */
  defaultName(): string {
    const links = new Map(listLinks(this.#socket).map((link) => [link.name, link]));
    for (let number = 0; ; number += 1) {
      const link = links.get(`slipway${number}`);
      // Without an alias it is what a crash left between creation and naming.
      if (link === undefined || link.alias === undefined || this.#isOwn(link)) return `slipway${number}`;
    }
  }

  /**
   * Bridges that other engines left when they ended, and on which no container is: whoever made them makes them again
   * when they are needed. Kept, they would use up the address ranges.
   */
  abandoned(): string[] {
    const links = listLinks(this.#socket);
    const masters = new Set(links.map((link) => link.master));
    return links
      .filter((link) => {
        const match = /^slipway:[0-9a-f]{16}(?::(\d+))?$/.exec(link.alias ?? '');
        return match !== null && !this.#isOwn(link) && !masters.has(link.index) && !isRunning(Number(match[1] ?? 0));
      })
      .map((link) => link.name);
  }

  /** Makes the bridge when it is missing and gives it its addresses; one that the user made stays the user's. @returns its index. */
  async ensure(record: NetworkRecord): Promise<number> {
    const { name, mtu } = record.bridge!;
    const before = this.#find(name);
    const create = createBridge({ name, mac: this.#macOf(name), mtu });
    if (before === undefined) await this.#socket.change([create, setAlias(name, `${this.#owner}:${process.pid}`)]);
    else if (before.alias === undefined ? /^(slipway\d+|br-[0-9a-f]{12})$/.test(name) : this.#isOwn(before)) await this.#socket.change([setAlias(name, `${this.#owner}:${process.pid}`)]);
    const index = before?.index ?? this.#find(name)!.index;
    // Off before the link gets traffic: without IPv6 on the network there is nothing to announce.
    setSysctl(`net/ipv6/conf/${name}/disable_ipv6`, record.enableIPv6 ? '0' : '1', { optional: !record.enableIPv6 });
    if (record.enableIPv6) {
      // The bridge is the router here.
      setSysctl(`net/ipv6/conf/${name}/accept_ra`, '0', {});
      enableForwarding(6);
    }
    const isOurs = (subnet: string) => gatewayMode(record.bridge!, parseSubnet(subnet)!.family) !== 'isolated';
    const addresses = record.ranges.filter((range) => range.gateway !== '' && isOurs(range.subnet)).map(({ gateway, subnet }) => `${gateway}/${parseSubnet(subnet)!.prefix}`);
    await this.#socket.change(addresses.map((address) => addAddress({ index, address })));
    return index;
  }

  /** Idempotent; a bridge that the user made is left alone. */
  async remove(name: string): Promise<void> {
    const link = this.#find(name);
    if (link !== undefined && link.alias?.startsWith('slipway:') === true) await this.#socket.change([deleteLink(name)]);
  }

  /** Ports of the engine's bridges. */
  ports(): LinkSummary[] {
    const links = listLinks(this.#socket);
    const own = new Set(links.filter((link) => this.#isOwn(link)).map((link) => link.index));
    return links.filter((link) => link.master !== undefined && own.has(link.master));
  }

  /** Bridges of this engine that no network has. */
  strays(known: string[]): string[] {
    return listLinks(this.#socket)
      .filter((link) => this.#isOwn(link) && !known.includes(link.name))
      .map((link) => link.name);
  }

  /** Ranges that the machine reaches by links that are not the engine's. */
  foreignSubnets(): Subnet[] {
    const own = new Set(listLinks(this.#socket).filter((link) => this.#isOwn(link)).map((link) => link.index));
    return listRoutes(this.#socket).filter((route) => !own.has(route.link)).map((route) => route.subnet);
  }

  #isOwn(link: LinkSummary): boolean {
    return link.alias === this.#owner || link.alias?.startsWith(`${this.#owner}:`) === true;
  }

  #find(name: string): LinkSummary | undefined {
    return listLinks(this.#socket).find((link) => link.name === name);
  }

  #macOf(name: string): string {
    const hash = createHash('sha256').update(`${this.#owner} ${name}`).digest();
    return `02:42:${[...hash.subarray(0, 4)].map((octet) => octet.toString(16).padStart(2, '0')).join(':')}`;
  }
}

function isRunning(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Containers reach the outside by being routed through this machine. */
export function enableForwarding(family: 4 | 6): void {
  setSysctl(family === 4 ? 'net/ipv4/ip_forward' : 'net/ipv6/conf/all/forwarding', '1', {});
}

/** @param options.optional the machine may lack the setting: a kernel without IPv6. */
export function setSysctl(path: string, value: string, options: { optional?: boolean }): void {
  try {
    writeFileSync(`/proc/sys/${path}`, value);
  } catch (error) {
    if (options.optional === true && (error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new InternalError(`cannot set ${path.replaceAll('/', '.')} to ${value}: ${messageOf(error)}`, { cause: error });
  }
}
