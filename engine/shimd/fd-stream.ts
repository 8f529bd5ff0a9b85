import { closeSync } from 'node:fs';
import { FdPoll } from '../lib/syscalls/fd-poll.ts';
import { readNow, writeNow } from '../lib/syscalls/process.ts';

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

/** A larger buffer is given back once it is empty. */
const keptSize = 64 * 1024 + headroom;

/**
 * Writes to a descriptor that it owns, in order. What cannot go at once is copied into one buffer, which is used again:
 * a new one each time would lie around as garbage until tens of megabytes of it have gathered.
 */
export class FdWriter {
  #fd: number;
  readonly #poll: FdPoll;
  readonly #events: FdWriterEvents;
  /** Holds what waits, from `#start` to `#end`. */
  #buffer: Buffer | undefined;
  #start = 0;
  #end = 0;
  #ending = false;

  constructor(fd: number, events: FdWriterEvents) {
    this.#fd = fd;
    this.#events = events;
    this.#poll = new FdPoll(fd, 'writable', () => {
      this.#send();
      if (this.waiting === 0) this.#events.onDrain?.();
    });
  }

  get closed(): boolean {
    return this.#fd === -1;
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#end - this.#start;
  }

  /** Bytes after the end, or for somebody who does not read any more, are dropped. */
  write(bytes: Buffer): void {
    if (this.#fd === -1 || this.#ending) return;
    const sent = this.waiting === 0 ? this.#tryWrite(bytes) : 0;
    if (this.#fd === -1 || sent === bytes.length) return;
    this.#keep(bytes.subarray(sent));
    this.#poll.start();
  }

  /** Closes the descriptor once all that was written has gone. */
  end(): void {
    this.#ending = true;
    if (this.waiting === 0) this.close();
  }

  close(): void {
    if (this.#fd === -1) return;
    this.#poll.close();
    closeSync(this.#fd);
    this.#fd = -1;
    this.#buffer = undefined;
    this.#start = this.#end = 0;
    this.#events.onClose?.();
  }

  #keep(bytes: Buffer): void {
    const needed = this.waiting + bytes.length;
    if (this.#buffer === undefined || needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, keptSize));
      this.#buffer?.copy(larger, 0, this.#start, this.#end);
      this.#buffer = larger;
    } else if (this.#end + bytes.length > this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    } else {
      bytes.copy(this.#buffer, this.#end);
      this.#end += bytes.length;
      return;
    }
    this.#end -= this.#start;
    this.#start = 0;
    bytes.copy(this.#buffer, this.#end);
    this.#end += bytes.length;
  }

  #send(): void {
    if (this.waiting > 0) {
      this.#start += this.#tryWrite(this.#buffer!.subarray(this.#start, this.#end));
      if (this.#fd === -1 || this.waiting > 0) return;
    }
    this.#start = this.#end = 0;
    if (this.#buffer !== undefined && this.#buffer.length > keptSize) this.#buffer = undefined;
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
