import { Duplex } from 'node:stream';
import { toDuplex } from '../../../contract/channel/duplex.ts';
import type { ChannelSession } from '../../../contract/channel/session.ts';
import { encodeTarget, parseTarget } from '../../../contract/channel/target.ts';
import type { GuestTarget, HostPortAuthority } from '../vm.ts';
import { GuestSocket } from './guest-socket.ts';
import { hostCrypto } from './host-crypto.ts';
import { serveHostRequests, type FolderAuthority } from './host-requests.ts';

/** How long a new stream waits for an engine that is being started again. */
const waitMs = 30_000;

export interface GuestConnectionOptions {
  paths: string[];
  key: Buffer;
  authority(): HostPortAuthority | null;
  /** Absent: no folders of this computer. */
  folders?: FolderAuthority;
  /** When it is let go of. */
  onClose?(): void;
  /** The guest can be reached now, or cannot any more. */
  onChange(connected: boolean): void;
  log(line: string): void;
}

/** All ports of the guest channel as one: streams are spread over the sessions that are up. */
export class GuestConnection {
  readonly #sockets: GuestSocket[];
  readonly #waiting = new Set<() => void>();
  readonly #onChange: (connected: boolean) => void;
  readonly #onClose: (() => void) | undefined;
  #connected = false;
  #closed = false;

  constructor(options: GuestConnectionOptions) {
    this.#onChange = options.onChange;
    this.#onClose = options.onClose;
    const crypto = hostCrypto(options.key);
    this.#sockets = options.paths.map(
      (path) =>
        new GuestSocket({
          path,
          crypto,
          log: options.log,
          onChange: () => this.#changed(),
          onStream: (stream, target) => {
            const authority = options.authority();
            if (parseTarget(target)?.kind !== 'host') return stream.reset('this host knows no such target');
            if (authority === null) return stream.reset('this host gives no ports');
            stream.accept();
            serveHostRequests(toDuplex(stream, (handlers) => new Duplex(handlers)), authority, options.folders);
          },
        }),
    );
  }

  /** See `Vm.openStream`. A stream to a port resolves once the container's side has accepted. */
  async openStream(target: GuestTarget): Promise<Duplex> {
    const session = await this.#session();
    const stream = session.open(encodeTarget(target));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const duplex = toDuplex(stream, (handlers) => new Duplex(handlers), resolve);
    // Stays for good: HTTP clients take their own listener off a connection that they are done with, and a VM that is
    // killed in that moment must not end the app.
    duplex.on('error', reject);
    promise.catch(() => undefined);
    if (target.kind === 'port') await promise;
    return duplex;
  }

  /** The engine closed a port, which it does only by dying: what it left half-said on any of them is dropped. */
  engineGone(): void {
    for (const socket of this.#sockets) socket.reconnect();
  }

  /** The engine leaves because it was told to: nobody need hear of it. */
  expectLeave(): void {
    for (const socket of this.#sockets) socket.expectLeave();
  }

  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets) socket.close();
    for (const wake of this.#waiting) wake();
    this.#onClose?.();
  }

  async #session(): Promise<ChannelSession> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const session = this.#leastBusy();
      if (session !== null) return session;
      const left = deadline - performance.now();
      if (this.#closed) throw new Error('The VM has been stopped.');
      if (left <= 0) throw new Error(`The engine in the VM did not come back within ${waitMs / 1000} s.`);
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, left);
      this.#waiting.add(resolve);
      await promise;
      this.#waiting.delete(resolve);
      clearTimeout(timer);
    }
  }

  #leastBusy(): ChannelSession | null {
    let best: ChannelSession | null = null;
    for (const { session } of this.#sockets) if (session !== null && (best === null || session.streamCount < best.streamCount)) best = session;
    return best;
  }

  #changed(): void {
    if (this.#closed) return;
    const connected = this.#sockets.some((socket) => socket.session !== null);
    if (connected) for (const wake of this.#waiting) wake();
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.#onChange(connected);
  }
}
