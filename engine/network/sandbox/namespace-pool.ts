import { randomBytes } from 'node:crypto';
import { messageOf } from '../../errors.ts';
import { boundSocket, SocketType } from '../../lib/syscalls/socket.ts';
import { setSysctl } from '../drivers/bridges.ts';
import { DnsServer } from '../dns/dns-server.ts';
import { resolverAddress } from './etc-files.ts';
import { setUp } from '../netlink/links.ts';
import { NetlinkSocket } from '../netlink/netlink-socket.ts';
import type { NamespaceDirectory } from './netns.ts';
import { redirectDns } from '../nftables/resolver-redirect.ts';

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

/** Milliseconds without a start after which the pool is filled again: making a namespace stops the engine for one or two. */
const quiet = 50;

/** Namespaces made before they are needed, so that a start does not wait for the kernel to make one. */
export class NamespacePool {
  readonly #directory: NamespaceDirectory;
  readonly #size: number;
  readonly #ready: PreparedNamespace[] = [];
  readonly #log: (line: string) => void;
  #refill: NodeJS.Timeout | undefined;

  constructor(directory: NamespaceDirectory, size: number, log: (line: string) => void) {
    this.#directory = directory;
    this.#size = size;
    this.#log = log;
  }

  /** Makes what is missing, one at a time and whenever nothing has been taken for a moment. */
  fill(): void {
    clearTimeout(this.#refill);
    if (this.#ready.length >= this.#size) return;
    this.#refill = setTimeout(() => {
      try {
        this.#ready.push(prepare(this.#directory));
        this.fill();
      } catch (error) {
        // The next start tries again, and says so to whom it concerns.
        this.#log(`no network namespace prepared: ${messageOf(error)}`);
      }
    }, quiet);
  }

  /** @throws InternalError when there is none and none can be made. */
  take(): PreparedNamespace {
    const next = this.#ready.shift() ?? prepare(this.#directory);
    this.fill();
    return next;
  }

  async close(): Promise<void> {
    clearTimeout(this.#refill);
    for (const prepared of this.#ready.splice(0)) await discard(this.#directory, prepared);
  }
}

/** Nothing is left behind when it fails. */
function prepare(directory: NamespaceDirectory): PreparedNamespace {
  const sandboxId = randomBytes(32).toString('hex');
  const name = sandboxId.slice(0, 12);
  const inside = directory.create(name, () => {
    const netlink = new NetlinkSocket();
    try {
      netlink.changeNow([setUp(loopbackIndex, 'bring up loopback')]);
      // For links to come; the loopback that is there keeps ::1.
      setSysctl('net/ipv6/conf/default/disable_ipv6', '1', { optional: true });
      // Addresses and routes are the engine's to give; a neighbour could announce itself as a router.
      setSysctl('net/ipv6/conf/default/accept_ra', '0', { optional: true });
      return { netlink, dns: openResolver({ replace: false }) };
    } catch (error) {
      netlink.close();
      throw error;
    }
  });
  return { sandboxId, name, ...inside };
}

/** The resolver of a namespace whose engine ended: its sockets went with the engine, its rules point at dead ports. */
export function reopenResolver(directory: NamespaceDirectory, name: string): DnsServer {
  return directory.inside(name, () => openResolver({ replace: true }));
}

async function discard(directory: NamespaceDirectory, prepared: PreparedNamespace): Promise<void> {
  prepared.netlink.close();
  await prepared.dns.close();
  directory.remove(prepared.name);
}

/** To be called inside the namespace: sockets belong to where they are opened. */
function openResolver(options: { replace: boolean }): DnsServer {
  const udp = boundSocket(SocketType.datagram, resolverAddress);
  const tcp = boundSocket(SocketType.stream, resolverAddress);
  const dns = new DnsServer({ udp: udp.fd, tcp: tcp.fd });
  try {
    redirectDns(resolverAddress, { udp: udp.port, tcp: tcp.port }, options);
    return dns;
  } catch (error) {
    void dns.close();
    throw error;
  }
}
