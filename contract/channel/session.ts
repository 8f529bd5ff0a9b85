import { ChannelProtocolError, encodeFrame, type Frame } from './frame.ts';
import { ChannelStream, type StreamCarrier } from './stream.ts';

/** Streams that the other side may have open at once; one more is reset, which is no breach. */
export const maxPeerStreams = 2048;

export interface SessionTransport {
  send(bytes: Uint8Array): void;
  /** While true no data frames are sent; whoever carries the bytes calls {@link ChannelSession.drained} after it. */
  readonly congested: boolean;
}

export interface SessionOptions {
  /** The host opens streams of odd numbers, the guest of even ones. */
  side: 'host' | 'guest';
  transport: SessionTransport;
  /** The other side opened a stream: set its `events` and `accept()` it, or `reset()` it. */
  onStream(stream: ChannelStream, target: Uint8Array): void;
}

/**
 * An authenticated conversation of many streams over one port. Streams send in turns, a frame each, within the credit
 * that the receiver gave; so one that nobody reads stops alone, and a busy one does not starve the rest.
 */
export class ChannelSession implements StreamCarrier {
  readonly #options: SessionOptions;
  readonly #streams = new Map<number, ChannelStream>();
  readonly #ready = new Set<ChannelStream>();
  #nextId: number;
  #lastPeerId = 0;
  #peerStreams = 0;
  #closed = false;
  #pumping = false;
  #heard = true;
  #silentTicks = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#nextId = options.side === 'host' ? 1 : 2;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  get closedDown(): boolean {
    return this.#closed;
  }

  /** Opens a stream; data may be written at once, before the other side accepted it. */
  open(target: Uint8Array): ChannelStream {
    if (this.#closed) throw new Error('the guest channel is closed');
    const stream = new ChannelStream(this.#nextId, this);
    this.#nextId += 2;
    this.#streams.set(stream.id, stream);
    this.sendFrame(encodeFrame('open', stream.id, target));
    return stream;
  }

  /** @throws ChannelProtocolError, after which the session is to be closed. */
  receive(frame: Frame): void {
    if (this.#closed) return;
    this.#heard = true;
    if (frame.type === 'ping') return this.sendFrame(encodeFrame('pong', 0, frame.payload));
    if (frame.type === 'pong') return;
    if (frame.type === 'open') return this.#receiveOpen(frame);
    const stream = this.#streams.get(frame.stream);
    if (stream === undefined) return this.#checkKnown(frame);
    switch (frame.type) {
      case 'accept':
        return stream.events?.accepted?.();
      case 'data':
        return stream.receiveData(frame.payload);
      case 'fin':
        return stream.receiveFin();
      case 'reset':
        return stream.receiveReset(frame.payload);
      case 'credit':
        return stream.receiveCredit(frame.payload);
    }
  }

  /** The transport can take more. */
  drained(): void {
    this.#pump();
  }

  /**
   * To be called every few seconds. Asks for a sign of life when nothing came since the last call; answers false once
   * four such questions in a row stayed without answer. Counting calls, not time, survives a computer that slept.
   */
  tick(): boolean {
    if (this.#heard) this.#silentTicks = 0;
    else this.#silentTicks++;
    this.#heard = false;
    if (this.#silentTicks > 4) return false;
    this.sendFrame(encodeFrame('ping', 0));
    return true;
  }

  /** Ends all streams with this reason. The port may carry a new session afterwards. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ready.clear();
    for (const stream of [...this.#streams.values()]) stream.drop(reason);
  }

  // ---- called by the streams

  sendFrame(frame: Uint8Array): void {
    if (!this.#closed) this.#options.transport.send(frame);
  }

  ready(stream: ChannelStream): void {
    this.#ready.add(stream);
    this.#pump();
  }

  closed(stream: ChannelStream): void {
    this.#ready.delete(stream);
    if (this.#streams.delete(stream.id) && this.#isPeers(stream.id)) this.#peerStreams--;
  }

  #receiveOpen(frame: Frame): void {
    if (!this.#isPeers(frame.stream) || frame.stream <= this.#lastPeerId) throw new ChannelProtocolError(`stream ${frame.stream} opened out of turn`);
    this.#lastPeerId = frame.stream;
    const stream = new ChannelStream(frame.stream, this);
    this.#streams.set(stream.id, stream);
    this.#peerStreams++;
    if (this.#peerStreams > maxPeerStreams) stream.reset(`more than ${maxPeerStreams} streams at once`);
    else this.#options.onStream(stream, frame.payload);
  }

  /** Frames for a stream that has just ended on this side are late, not wrong; for one that never was they are. */
  #checkKnown(frame: Frame): void {
    const known = this.#isPeers(frame.stream) ? frame.stream <= this.#lastPeerId : frame.stream < this.#nextId && frame.stream > 0;
    if (!known) throw new ChannelProtocolError(`${frame.type} frame for stream ${frame.stream}, which was never opened`);
  }

  #isPeers(id: number): boolean {
    return (id % 2 === 0) === (this.#options.side === 'host') && id > 0;
  }

  #pump(): void {
    // `sent` callbacks write again at once: without this guard each write would nest one pump deeper.
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (const stream of this.#ready) {
        if (this.#options.transport.congested) return;
        // Out first and in again at the end: the set's order is the turn order.
        this.#ready.delete(stream);
        if (stream.sendNext() && !this.#closed) this.#ready.add(stream);
      }
    } finally {
      this.#pumping = false;
    }
  }
}
