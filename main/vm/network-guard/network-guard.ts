import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ForwardedConnections } from './forwarded-connections.ts';
import { FrameStream } from './frame-stream.ts';
import { mayPass, parseIPv4, type GuardPolicy } from './packet-filter.ts';

export interface NetworkGuardOptions {
  /** Socket on which QEMU hands out what the guest sends, and the one that takes what may go on to slirp. */
  sockets: { outgoing: string; allowed: string };
  hostAccess(): boolean;
}

export interface NetworkGuard {
  /** What may be answered although the guest may not reach this computer. */
  readonly forwarded: ForwardedConnections;
  close(): void;
}

/** Milliseconds after which this computer's addresses are read again: it moves between networks. */
const addressesAge = 1000;

/**
 * Stands between the guest's network card and slirp, outside of the guest: slirp takes every connection to where it wants
 * to go, this computer's own programs included, and whoever is root in the guest can send any packet. Everything goes
 * through here, and without this process nothing goes at all: QEMU drops what it cannot hand out.
 * Resolves once both sockets are connected. @throws Error when QEMU does not listen.
 */
export async function guardNetwork(options: NetworkGuardOptions): Promise<NetworkGuard> {
  const [outgoing, allowed] = await Promise.all([open(options.sockets.outgoing), open(options.sockets.allowed)]);
  const forwarded = new ForwardedConnections();
  const policy = new CurrentPolicy(options, forwarded);
  const frames = new FrameStream((frame) => mayPass(frame, policy.now()));
  const close = () => {
    outgoing.destroy();
    allowed.destroy();
  };
  outgoing.on('data', (chunk: Buffer) => {
    try {
      let flowing = true;
      allowed.cork();
      for (const piece of frames.push(chunk)) flowing = allowed.write(piece);
      allowed.uncork();
      if (!flowing) outgoing.pause();
    } catch {
      // Never what QEMU sends; without frames there is nothing to judge, so nothing passes.
      close();
    }
  });
  allowed.on('drain', () => outgoing.resume());
  for (const socket of [outgoing, allowed]) socket.on('error', close).on('close', close);
  return { forwarded, close };
}

class CurrentPolicy {
  readonly #options: NetworkGuardOptions;
  readonly #forwarded: (port: number, flags: number) => boolean;
  #policy: GuardPolicy = { hostAccess: false, ownAddresses: new Set() };
  #readAt = -Infinity;

  constructor(options: NetworkGuardOptions, forwarded: ForwardedConnections) {
    this.#options = options;
    this.#forwarded = (port, flags) => forwarded.take(port, flags);
  }

  now(): GuardPolicy {
    const now = performance.now();
    if (now - this.#readAt > addressesAge) {
      this.#readAt = now;
      this.#policy = { hostAccess: this.#options.hostAccess(), ownAddresses: ownAddresses(), forwarded: this.#forwarded };
    }
    return this.#policy;
  }
}

function ownAddresses(): Set<number> {
  const texts = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address));
  return new Set(texts.map(parseIPv4).filter((address) => address !== null));
}

async function open(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket;
}
