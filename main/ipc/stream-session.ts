import { streamChunkSize, streamWindow } from '../../contract/ipc-wire.ts';
import { Failure } from '../failure.ts';

/** Room goes back in batches, well before the sender's window is empty. */
const creditBatch = streamWindow / 4;

export interface StreamWire {
  data(payload: unknown): void;
  credit(count: number): void;
}

/**
 * The `main` end of one stream. A handler sends and receives; `register.ts` feeds it what comes from the window. Memory is bounded both
 * ways: {@link send} waits once {@link streamWindow} messages are under way, and room for what came in is given back only when the
 * handler has taken it.
 */
export class StreamSession<Down, Up> {
  readonly #wire: StreamWire;
  readonly #abort = new AbortController();
  readonly #inbox: Up[] = [];
  readonly #senders: (() => void)[] = [];
  #room = streamWindow;
  #taken = 0;
  #reader: (() => void) | undefined;

  constructor(wire: StreamWire) {
    this.#wire = wire;
  }

  /** Aborts when the window closes the stream or goes away. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves once the message is under way; bytes above the chunk size are cut. @throws Failure `cancelled` after the window's close. */
  async send(payload: Down): Promise<void> {
    if (!(payload instanceof Uint8Array) || payload.length <= streamChunkSize) return this.#sendOne(payload);
    for (let start = 0; start < payload.length; start += streamChunkSize) await this.#sendOne(payload.subarray(start, start + streamChunkSize));
  }

  async #sendOne(payload: unknown): Promise<void> {
    while (this.#room === 0 && !this.signal.aborted) await new Promise<void>((resolve) => this.#senders.push(resolve));
    this.signal.throwIfAborted();
    this.#room -= 1;
    this.#wire.data(payload);
  }

  /** What the window sends, in order, until it closes. One reader. */
  async *received(): AsyncGenerator<Up> {
    while (!this.signal.aborted) {
      const message = this.#inbox.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => (this.#reader = resolve));
        continue;
      }
      this.#taken += 1;
      if (this.#taken >= creditBatch) {
        this.#wire.credit(this.#taken);
        this.#taken = 0;
      }
      yield message;
    }
  }

  /** The window gave back room. */
  addRoom(count: number): void {
    this.#room = Math.min(this.#room + count, streamWindow);
    for (const wake of this.#senders.splice(0)) wake();
  }

  /** A message of the window. False when the window sends more than it has room for. */
  receive(payload: Up): boolean {
    if (this.#inbox.length + this.#taken >= streamWindow) return false;
    this.#inbox.push(payload);
    this.#reader?.();
    return true;
  }

  /** The window closed the stream or went away. */
  close(): void {
    this.#abort.abort(new Failure('cancelled', 'The window took the request back.'));
    this.#inbox.length = 0;
    this.#reader?.();
    for (const wake of this.#senders.splice(0)) wake();
  }
}
