import type { Duplex } from 'node:stream';
import { BatchingTransport } from '../../contract/channel/batching-transport.ts';
import type { ChannelCrypto } from '../../contract/channel/handshake.ts';
import { ChannelLink } from '../../contract/channel/link.ts';
import type { ChannelSession } from '../../contract/channel/session.ts';
import type { ChannelStream } from '../../contract/channel/stream.ts';
import { messageOf } from '../errors.ts';

/** The kernel tells nobody when the host connects to a port, so an unconnected port is tried again after this pause. */
const reopenMs = 50;
const tickMs = 5000;

export interface GuestPortOptions {
  path: string;
  crypto: ChannelCrypto;
  openDevice(path: string): Duplex;
  onStream(stream: ChannelStream, target: Uint8Array): void;
  onSession(session: ChannelSession): void;
  onDown(reason: string): void;
  log(line: string): void;
}

/** Keeps one port open and its link alive, from engine start to engine end. */
export class GuestPort {
  readonly #options: GuestPortOptions;
  #device: Duplex | null = null;
  #link: ChannelLink | null = null;
  #timer: NodeJS.Timeout | undefined;
  #lastProblem = '';
  #closed = false;

  constructor(options: GuestPortOptions) {
    this.#options = options;
    this.#open();
  }

  get session(): ChannelSession | null {
    return this.#link?.session ?? null;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#device?.destroy();
  }

  #open(): void {
    if (this.#closed) return;
    const { path, crypto, openDevice, onStream, onSession, onDown } = this.#options;
    let device: Duplex;
    try {
      device = openDevice(path);
    } catch (error) {
      this.#complain(messageOf(error));
      this.#timer = setTimeout(() => this.#open(), reopenMs);
      return;
    }
    this.#device = device;
    const transport = new BatchingTransport(
      (bytes, done) => device.write(bytes, (error) => (error == null ? done() : undefined)),
      () => link.drained(),
    );
    const link = new ChannelLink({
      side: 'guest',
      crypto,
      transport,
      onStream,
      onSession: (session) => {
        this.#lastProblem = '';
        onSession(session);
      },
      onDown: (reason, broken) => {
        if (broken) device.destroy();
        onDown(reason);
      },
    });
    this.#link = link;
    const ticking = setInterval(() => {
      link.tick();
      if (link.refused > 0) this.#complain('the host proved another key than this VM was started with');
    }, tickMs);
    device.on('data', (chunk: Buffer) => link.receive(chunk));
    device.on('end', () => device.destroy());
    device.on('error', (error) => this.#complain(messageOf(error)));
    device.on('close', () => {
      clearInterval(ticking);
      if (link.session !== null) link.close('the host disconnected');
      this.#link = null;
      if (!this.#closed) this.#timer = setTimeout(() => this.#open(), reopenMs);
    });
    link.start();
  }

  /** The same trouble twenty times a second is one line in the log. */
  #complain(problem: string): void {
    if (problem !== this.#lastProblem) this.#options.log(`guest channel ${this.#options.path}: ${problem}`);
    this.#lastProblem = problem;
  }
}
