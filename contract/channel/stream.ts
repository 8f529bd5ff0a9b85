import { asciiBytes, asciiText } from './ascii.ts';
import { ChannelProtocolError, encodeFrame, maxDataPayload } from './frame.ts';

/** Bytes that a sender may have on the way in one stream before the receiver returned credit. */
export const streamWindow = 256 * 1024;
/** Credit is returned in portions of this size, so that a frame of credit stands for many frames of data. */
const creditPortion = streamWindow / 4;

/** What the owner of a stream hears from it. Each is called at most as its comment says; none after `closed`. */
export interface StreamEvents {
  /** The other side took the stream. */
  accepted?(): void;
  /** Bytes; give their number back with {@link ChannelStream.consumed} once they are out of the way. */
  data(bytes: Uint8Array): void;
  /** No more bytes will come. */
  end(): void;
  /** The stream ended before both directions had: the reason is fit to be shown. */
  reset(reason: string): void;
}

interface Queued {
  bytes: Uint8Array;
  sent: () => void;
}

/** What a stream needs of its session. */
export interface StreamCarrier {
  sendFrame(frame: Uint8Array): void;
  /** The stream has something to send and credit for it (or an end to announce). */
  ready(stream: ChannelStream): void;
  closed(stream: ChannelStream): void;
}

/** One of many byte streams of a session. Made by the session alone. */
export class ChannelStream {
  readonly id: number;
  /** Set by whoever takes or opens the stream, in the same turn. */
  events: StreamEvents | null = null;
  readonly #carrier: StreamCarrier;
  readonly #queue: Queued[] = [];
  #sendCredit = streamWindow;
  #receiveCredit = streamWindow;
  #unreturned = 0;
  #ending: (() => void) | null = null;
  #localEnded = false;
  #remoteEnded = false;
  #closed = false;

  constructor(id: number, carrier: StreamCarrier) {
    this.id = id;
    this.#carrier = carrier;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** `sent` is called once all the bytes went out, and never when the stream is reset before. */
  write(bytes: Uint8Array, sent: () => void): void {
    if (this.#closed || this.#ending !== null) return;
    if (bytes.length === 0) {
      sent();
      return;
    }
    this.#queue.push({ bytes, sent });
    if (this.#sendCredit > 0) this.#carrier.ready(this);
  }

  /** Ends this direction after what was written; the other one goes on. */
  end(sent: () => void = () => undefined): void {
    if (this.#closed || this.#ending !== null) return;
    this.#ending = sent;
    this.#carrier.ready(this);
  }

  accept(): void {
    if (!this.#closed) this.#carrier.sendFrame(encodeFrame('accept', this.id));
  }

  /** Gives the whole stream up and tells the other side why. */
  reset(reason: string): void {
    if (this.#closed) return;
    this.#carrier.sendFrame(encodeFrame('reset', this.id, asciiBytes(reason, 500)));
    this.#close();
  }

  /** The owner has dealt with so many received bytes: the other side may send as many more. */
  consumed(count: number): void {
    if (this.#closed || this.#remoteEnded) return;
    this.#unreturned += count;
    if (this.#unreturned < creditPortion) return;
    const credit = new Uint8Array(4);
    new DataView(credit.buffer).setUint32(0, this.#unreturned);
    this.#receiveCredit += this.#unreturned;
    this.#unreturned = 0;
    this.#carrier.sendFrame(encodeFrame('credit', this.id, credit));
  }

  // ---- called by the session

  /** Sends one frame at most, so that streams take turns. Answers whether there is more to send now. */
  sendNext(): boolean {
    if (this.#closed) return false;
    const head = this.#queue[0];
    if (head !== undefined && this.#sendCredit > 0) {
      const size = Math.min(head.bytes.length, this.#sendCredit, maxDataPayload);
      this.#sendCredit -= size;
      this.#carrier.sendFrame(encodeFrame('data', this.id, head.bytes.subarray(0, size)));
      if (size < head.bytes.length) {
        head.bytes = head.bytes.subarray(size);
      } else {
        this.#queue.shift();
        head.sent();
      }
    }
    if (this.#queue.length > 0) return this.#sendCredit > 0;
    if (this.#ending !== null && !this.#localEnded && !this.#closed) {
      this.#localEnded = true;
      this.#carrier.sendFrame(encodeFrame('fin', this.id));
      this.#ending();
      if (this.#remoteEnded) this.#close();
    }
    return false;
  }

  receiveData(bytes: Uint8Array): void {
    if (this.#remoteEnded) throw new ChannelProtocolError(`stream ${this.id}: data after its end`);
    this.#receiveCredit -= bytes.length;
    if (this.#receiveCredit < 0) throw new ChannelProtocolError(`stream ${this.id}: data beyond the credit`);
    this.events?.data(bytes);
  }

  receiveCredit(payload: Uint8Array): void {
    if (payload.length !== 4) throw new ChannelProtocolError(`stream ${this.id}: credit of ${payload.length} bytes`);
    this.#sendCredit += new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
    if (this.#sendCredit > streamWindow) throw new ChannelProtocolError(`stream ${this.id}: credit beyond the window`);
    if (this.#queue.length > 0) this.#carrier.ready(this);
  }

  receiveFin(): void {
    if (this.#remoteEnded) throw new ChannelProtocolError(`stream ${this.id}: ended twice`);
    this.#remoteEnded = true;
    const events = this.events;
    if (this.#localEnded) this.#close();
    events?.end();
  }

  receiveReset(payload: Uint8Array): void {
    this.drop(asciiText(payload) || 'the other side closed the stream');
  }

  /** Ends the stream without telling the other side: it told us, or is gone. */
  drop(reason: string): void {
    if (this.#closed) return;
    const events = this.events;
    this.#close();
    events?.reset(reason);
  }

  #close(): void {
    this.#closed = true;
    this.#queue.length = 0;
    this.events = null;
    this.#carrier.closed(this);
  }
}
