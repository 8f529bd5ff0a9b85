import { closeSync } from 'node:fs';
import { FdPoll } from '../lib/fd-poll.ts';
import { readNow, writeNow } from '../lib/syscalls-process.ts';

/**
 * Non-blocking reading and writing of FIFOs, pty masters and sockets. Node's own streams would do for most, but each
 * allocates for every read and write; here all readers share one buffer, and what can be written at once is never copied.
 */

/** Room before what was read, where a writer may put a frame's header. */
export const headroom = 8;
/** What one read can take; a FIFO holds as much. */
const readSize = 64 * 1024;
const shared = Buffer.allocUnsafeSlow(headroom + readSize);
const readArea = shared.subarray(headroom);
/** Reads per wake-up, so that one loud container does not starve the others. */
const readsPerTurn = 4;

/** Reads a descriptor that it owns, and closes it at its end. Starts paused. */
export class FdReader {
  #fd: number;
  readonly #poll: FdPoll;
  readonly #onChunk: (chunk: Buffer, withHeadroom: Buffer) => void;
  readonly #onEnd: () => void;
  #paused = true;

  /**
   * @param onChunk gets what was read, and the same with {@link headroom} bytes before it, as views of a shared buffer:
   * valid until it returns
   */
  constructor(fd: number, onChunk: (chunk: Buffer, withHeadroom: Buffer) => void, onEnd: () => void) {
    this.#fd = fd;
    this.#onChunk = onChunk;
    this.#onEnd = onEnd;
    this.#poll = new FdPoll(fd, 'readable', () => this.#read());
  }

  get ended(): boolean {
    return this.#fd === -1;
  }

  resume(): void {
    this.#paused = false;
    this.#poll.start();
  }

  pause(): void {
    this.#paused = true;
    this.#poll.stop();
  }

  close(): void {
    if (this.#fd === -1) return;
    this.#poll.close();
    closeSync(this.#fd);
    this.#fd = -1;
  }

  #read(): void {
    for (let turn = 0; turn < readsPerTurn && !this.#paused && this.#fd !== -1; turn++) {
      const count = readNow(this.#fd, readArea);
      if (count === 'again') return;
      if (count === 0) {
        this.close();
        this.#onEnd();
        return;
      }
      this.#onChunk(readArea.subarray(0, count), shared.subarray(0, headroom + count));
      if (count < readSize) return;
    }
  }
}

export interface FdWriterEvents {
  /** Nothing waits any more. */
  onDrain?: () => void;
  /** The descriptor is closed: all was written after {@link FdWriter.end}, or nobody reads any more. */
  onClose?: () => void;
}

/** Writes to a descriptor that it owns, in order. */
export class FdWriter {
  #fd: number;
  readonly #poll: FdPoll;
  readonly #events: FdWriterEvents;
  #queue: Buffer[] = [];
  #waiting = 0;
  #ending = false;

  constructor(fd: number, events: FdWriterEvents) {
    this.#fd = fd;
    this.#events = events;
    this.#poll = new FdPoll(fd, 'writable', () => {
      this.#send();
      if (this.#waiting === 0) this.#events.onDrain?.();
    });
  }

  get closed(): boolean {
    return this.#fd === -1;
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** What cannot go at once is copied. Bytes after the end, or for somebody who does not read any more, are dropped. */
  write(bytes: Buffer): void {
    if (this.#fd === -1 || this.#ending) return;
    const sent = this.#queue.length === 0 ? this.#tryWrite(bytes) : 0;
    if (this.#fd === -1 || sent === bytes.length) return;
    this.#queue.push(Buffer.from(bytes.subarray(sent)));
    this.#waiting += bytes.length - sent;
    this.#poll.start();
  }

  /** Closes the descriptor once all that was written has gone. */
  end(): void {
    this.#ending = true;
    if (this.#queue.length === 0) this.close();
  }

  close(): void {
    if (this.#fd === -1) return;
    this.#poll.close();
    closeSync(this.#fd);
    this.#fd = -1;
    this.#queue = [];
    this.#waiting = 0;
    this.#events.onClose?.();
  }

  #send(): void {
    while (this.#queue.length > 0) {
      const bytes = this.#queue[0]!;
      const sent = this.#tryWrite(bytes);
      if (this.#fd === -1) return;
      this.#waiting -= sent;
      if (sent < bytes.length) {
        this.#queue[0] = bytes.subarray(sent);
        return;
      }
      this.#queue.shift();
    }
    this.#poll.stop();
    if (this.#ending) this.close();
  }

  /** @returns how much went; closes where nobody reads. */
  #tryWrite(bytes: Buffer): number {
    const count = writeNow(this.#fd, bytes);
    if (count === 'again') return 0;
    if (count === 'closed') {
      this.close();
      return 0;
    }
    return count;
  }
}
