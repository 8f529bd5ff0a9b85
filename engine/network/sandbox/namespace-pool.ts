import { randomBytes } from 'node:crypto';
import { boundSocket, SocketType } from '../../lib/syscalls-socket.ts';
import { setSysctl } from '../bridges.ts';
import { DnsServer } from '../dns/dns-server.ts';
import { resolverAddress } from './etc-files.ts';
import { setUp } from '../netlink/links.ts';
import { NetlinkSocket } from '../netlink/netlink-socket.ts';
import type { NamespaceDirectory } from './netns.ts';
import { runNft } from '../nftables/nft.ts';
import { buildResolverRuleset } from '../nftables/ruleset.ts';

/** A namespace with its loopback up and the resolver answering at 127.0.0.11:53, but no network yet. */
export interface PreparedNamespace {
  sandboxId: string;
  /** Its name in the {@link NamespaceDirectory}. */
  name: string;
  /** Works inside of it; whoever takes the namespace closes it. */
  netlink: NetlinkSocket;
  dns: DnsServer;
}

/** Loopback is the first link of every namespace. */
const loopbackIndex = 1;

/**
 * Namespaces made before they are needed: filtering rules inside of one cost a program run, which a start should not
 * wait for. Taking one makes the next.
 */
export class NamespacePool {
  readonly #directory: NamespaceDirectory;
  readonly #size: number;
  #ready: Promise<PreparedNamespace>[] = [];
  #closed = false;

  constructor(directory: NamespaceDirectory, size: number) {
    this.#directory = directory;
    this.#size = size;
  }

  /** Fills the pool in the background. */
  fill(): void {
    while (!this.#closed && this.#ready.length < this.#size) {
      const next = prepare(this.#directory);
      // Whoever takes it sees the failure.
      next.catch(() => undefined);
      this.#ready.push(next);
    }
  }

  async take(): Promise<PreparedNamespace> {
    const next = this.#ready.shift() ?? prepare(this.#directory);
    try {
      return await next;
    } finally {
      setImmediate(() => this.fill());
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const result of await Promise.allSettled(this.#ready.splice(0))) {
      if (result.status === 'fulfilled') await discard(this.#directory, result.value);
    }
  }
}

/** @throws InternalError; nothing is left behind. */
async function prepare(directory: NamespaceDirectory): Promise<PreparedNamespace> {
  const sandboxId = randomBytes(32).toString('hex');
  const name = sandboxId.slice(0, 12);
  const { netlink, dns, filtered } = directory.create(name, () => {
    const socket = new NetlinkSocket();
    try {
      socket.changeNow([setUp(loopbackIndex, 'bring up loopback')]);
      // For links to come; the loopback that is there keeps ::1.
      setSysctl('net/ipv6/conf/default/disable_ipv6', '1', { optional: true });
      return { netlink: socket, ...openResolver() };
    } catch (error) {
      socket.close();
      throw error;
    }
  });
  const prepared = { sandboxId, name, netlink, dns };
  try {
    await filtered;
    return prepared;
  } catch (error) {
    await discard(directory, prepared);
    throw error;
  }
}

/** The resolver of a namespace whose engine ended: its sockets went with the engine, its rules point at dead ports. */
export async function reopenResolver(directory: NamespaceDirectory, name: string): Promise<DnsServer> {
  const { dns, filtered } = directory.inside(name, openResolver);
  await filtered;
  return dns;
}

export async function discard(directory: NamespaceDirectory, prepared: PreparedNamespace): Promise<void> {
  prepared.netlink.close();
  await prepared.dns.close();
  directory.remove(prepared.name);
}

/** To be called inside the namespace: sockets and the program belong to where they are started. */
function openResolver(): { dns: DnsServer; filtered: Promise<void> } {
  const udp = boundSocket(SocketType.datagram, resolverAddress);
  const tcp = boundSocket(SocketType.stream, resolverAddress);
  return { dns: new DnsServer({ udp: udp.fd, tcp: tcp.fd }), filtered: runNft(buildResolverRuleset({ udp: udp.port, tcp: tcp.port })) };
}
