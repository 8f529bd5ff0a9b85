import type { IpcError } from '../../contract/ipc-result.ts';
import { streamChunkSize, streamWindow, type ToMain } from '../../contract/ipc-wire.ts';

export type StreamEnd = IpcError | undefined;

export interface StreamHandlers {
  onData(payload: unknown): void | Promise<void>;
  onEnd(error: StreamEnd): void;
}

/** Credit goes back in batches: one message for several consumed, well before the sender's window is empty. */
const creditBatch = streamWindow / 4;

/**
 * The window's end of one stream: counts what may still be sent, returns room for what was consumed, and delivers in
 * order. Owned by the connection, which routes messages to it and ends it when the transport breaks.
 */
export class StreamSide {
  private readonly id: number;
  private readonly post: (message: ToMain) => void;
  private readonly handlers: StreamHandlers;
  private readonly waiting: { payload: unknown; resolve: () => void; reject: (error: Error) => void }[] = [];
  private room = streamWindow;
  private consumed = 0;
  private ended = false;
  /** Consumers that answer with a promise are waited for in turn, so that a slow one holds back the sender. */
  private tail: Promise<void> | undefined;

  constructor(id: number, post: (message: ToMain) => void, handlers: StreamHandlers) {
    this.id = id;
    this.post = post;
    this.handlers = handlers;
  }

  async send(payload: unknown): Promise<void> {
    if (!(payload instanceof Uint8Array) || payload.length <= streamChunkSize) return this.sendOne(payload);
    for (let offset = 0; offset < payload.length; offset += streamChunkSize) {
      await this.sendOne(payload.subarray(offset, offset + streamChunkSize));
    }
  }

  private sendOne(payload: unknown): Promise<void> {
    if (this.ended) return Promise.reject(new Error('the stream has ended'));
    if (this.room > 0 && this.waiting.length === 0) {
      this.room -= 1;
      this.post({ type: 'data', stream: this.id, payload });
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => this.waiting.push({ payload, resolve, reject }));
  }

  addRoom(count: number): void {
    this.room += count;
    while (this.room > 0 && !this.ended) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.room -= 1;
      this.post({ type: 'data', stream: this.id, payload: next.payload });
      next.resolve();
    }
  }

  receive(payload: unknown): void {
    if (this.ended) return;
    if (this.tail !== undefined) {
      this.deliverAfter(this.tail, payload);
      return;
    }
    const answer = this.handlers.onData(payload);
    if (answer === undefined) this.giveBack();
    else this.remember(answer);
  }

  private deliverAfter(before: Promise<void>, payload: unknown): void {
    this.remember(
      before.then(async () => {
        if (!this.ended) await this.handlers.onData(payload);
      }),
    );
  }

  private remember(delivery: Promise<void>): void {
    const settled: Promise<void> = delivery.catch(reportLater).then(() => {
      this.giveBack();
      if (this.tail === settled) this.tail = undefined;
    });
    this.tail = settled;
  }

  private giveBack(): void {
    this.consumed += 1;
    if (this.consumed < creditBatch || this.ended) return;
    this.post({ type: 'credit', stream: this.id, count: this.consumed });
    this.consumed = 0;
  }

  /** The other side ended; what it had sent before is still delivered first. */
  end(error: StreamEnd): void {
    if (this.ended) return;
    const finish = (): void => {
      if (this.ended) return;
      this.stop();
      this.handlers.onEnd(error);
    };
    if (this.tail === undefined) finish();
    else void this.tail.then(finish);
  }

  /** Hears and says nothing more. */
  stop(): void {
    this.ended = true;
    for (const { reject } of this.waiting.splice(0)) reject(new Error('the stream has ended'));
  }
}

/** A consumer's own fault must not stall the stream; it surfaces as an uncaught error instead. */
function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
