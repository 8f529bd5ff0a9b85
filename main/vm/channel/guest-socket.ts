import { connect, type Socket } from 'node:net';
import { BatchingTransport } from '../../../contract/channel/batching-transport.ts';
import type { ChannelCrypto } from '../../../contract/channel/handshake.ts';
import { ChannelLink } from '../../../contract/channel/link.ts';
import type { ChannelSession } from '../../../contract/channel/session.ts';
import type { ChannelStream } from '../../../contract/channel/stream.ts';

const reconnectMs = 50;
const tickMs = 5000;

export interface GuestSocketOptions {
  /** QEMU's end of one virtio-serial port. */
  path: string;
  crypto: ChannelCrypto;
  onStream(stream: ChannelStream, target: Uint8Array): void;
  /** A session began or ended. */
  onChange(): void;
  log(line: string): void;
}

/** Host side of one port: connected from the VM's start to its end, with a link that comes and goes with the engine. */
export class GuestSocket {
  readonly #options: GuestSocketOptions;
  #socket: Socket | null = null;
  #link: ChannelLink | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #leaving = false;

  constructor(options: GuestSocketOptions) {
    this.#options = options;
    this.#connect();
  }

  get session(): ChannelSession | null {
    return this.#link?.session ?? null;
  }

  /**
   * Begins anew. A half-sent frame of an engine that died would swallow the next engine's greeting; on a new connection
   * there is nothing left of the old one.
   */
  reconnect(): void {
    // At once, not when the socket has closed: no request may begin on a session that nobody serves.
    if (this.session !== null) this.#link?.close('the engine closed the port');
    this.#socket?.destroy();
  }

  /** The engine will close this port, as it was told to: no news. */
  expectLeave(): void {
    this.#leaving = true;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #connect(): void {
    if (this.#closed) return;
    const { path, crypto, onStream, onChange, log } = this.#options;
    const socket = connect(path);
    this.#socket = socket;
    const transport = new BatchingTransport(
      (bytes, done) => socket.write(bytes, (error) => (error == null ? done() : undefined)),
      () => link.drained(),
    );
    const link = new ChannelLink({
      side: 'host',
      crypto,
      transport,
      onStream,
      onSession: onChange,
      onDown: (reason, broken) => {
        if (!this.#closed && !this.#leaving) log(`guest channel: ${reason}`);
        if (broken) socket.destroy();
        onChange();
      },
    });
    this.#link = link;
    const ticking = setInterval(() => link.tick(), tickMs);
    socket.once('connect', () => link.start());
    socket.on('data', (chunk) => link.receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(ticking);
      if (link.session !== null) link.close('the port was closed');
      if (!this.#closed) this.#timer = setTimeout(() => this.#connect(), reconnectMs);
    });
  }
}
