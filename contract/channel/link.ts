import { FrameDecoder } from './frame.ts';
import { GuestHandshake, HostHandshake, type ChannelCrypto, type Handshake } from './handshake.ts';
import { ChannelSession, type SessionOptions } from './session.ts';

export interface LinkOptions extends SessionOptions {
  crypto: ChannelCrypto;
  onSession(session: ChannelSession): void;
  /** The session ended; with `broken` the port is to be closed and opened anew, else the link already shakes hands again. */
  onDown(reason: string, broken: boolean): void;
}

/**
 * One port from its opening to its closing: handshake, session, and back to the handshake when the other side began anew
 * on the same port (an engine that was restarted, an app that reconnected).
 */
export class ChannelLink {
  readonly #options: LinkOptions;
  #handshake: Handshake | null = null;
  #session: ChannelSession | null = null;
  #decoder = new FrameDecoder();
  #broken = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get session(): ChannelSession | null {
    return this.#session;
  }

  /** Wrong proofs of the present handshake: above 0 the other side holds another key. */
  get refused(): number {
    return this.#handshake?.refused ?? 0;
  }

  start(): void {
    const { side, crypto, transport } = this.#options;
    this.#handshake = side === 'host' ? new HostHandshake(crypto) : new GuestHandshake(crypto);
    transport.send(this.#handshake.start());
  }

  /** Never throws for what the bytes hold. */
  receive(chunk: Uint8Array): void {
    let rest: Uint8Array | null = chunk;
    while (rest !== null && rest.length > 0 && !this.#broken) rest = this.#session === null ? this.#shakeHands(rest) : this.#receiveFrames(rest);
  }

  drained(): void {
    this.#session?.drained();
  }

  /** See {@link ChannelSession.tick}; an unanswered session is broken. */
  tick(): void {
    if (this.#session?.tick() === false) this.#break('the other side has been silent for too long');
  }

  /** The port is gone. */
  close(reason: string): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#endSession(reason, true);
  }

  #shakeHands(chunk: Uint8Array): Uint8Array | null {
    const rest = this.#handshake?.receive(chunk, (bytes) => this.#options.transport.send(bytes)) ?? null;
    if (rest === null) return null;
    this.#handshake = null;
    this.#decoder = new FrameDecoder();
    this.#session = new ChannelSession(this.#options);
    this.#options.onSession(this.#session);
    return rest;
  }

  #receiveFrames(chunk: Uint8Array): Uint8Array | null {
    const session = this.#session;
    let restart: Uint8Array | null;
    try {
      restart = this.#decoder.push(chunk, (frame) => session?.receive(frame));
    } catch (error) {
      this.#break(error instanceof Error ? error.message : String(error));
      return null;
    }
    if (restart === null) return null;
    this.#endSession('the other side began anew', false);
    this.start();
    return restart;
  }

  #break(reason: string): void {
    this.#broken = true;
    this.#endSession(reason, true);
  }

  #endSession(reason: string, broken: boolean): void {
    const session = this.#session;
    this.#session = null;
    session?.close(`the guest channel was lost: ${reason}`);
    this.#options.onDown(reason, broken);
  }
}
