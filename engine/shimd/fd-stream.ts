import { closeSync } from 'node:fs';
import { FdPoll } from '../lib/fd-poll.ts';
import { readNow, writeNow } from '../lib/syscalls-process.ts';

/**
 * Non-blocking reading and writing of FIFOs and pty masters. Node's own streams would do for the former, but each costs
 * buffers of its own; here all readers share one, which keeps a container at a few kilobytes.
 */

/** What one read can take; a FIFO holds as much. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);
/** Reads per wake-up, so that one loud container does not starve the others. */
const readsPerTurn = 4;

/** Reads a descriptor that it owns, and closes it at its end. Starts paused. */
export class FdReader {
  #fd: number;
  readonly #poll: FdPoll;
  readonly #onChunk: (chunk: Buffer) => void;
  readonly #onEnd: () => void;
  #paused = true;

  /** @param onChunk gets a view that is valid until it returns. */
  constructor(fd: number, onChunk: (chunk: Buffer) => void, onEnd: () => void) {
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
      const count = readNow(this.#fd, shared);
      if (count === 'again') return;
      if (count === 0) {
        this.close();
        this.#onEnd();
        return;
      }
      this.#onChunk(shared.subarray(0, count));
      if (count < shared.length) return;
    }
  }
}

/** Writes to a descriptor that it owns, in order. What does not fit waits; {@link write} says so, and its caller stops until `onDrain`. */
export class FdWriter {
  #fd: number;
  readonly #poll: FdPoll;
  readonly #onDrain: () => void;
  #queue: Buffer[] = [];
  #ending = false;

  constructor(fd: number, onDrain: () => void) {
    this.#fd = fd;
    this.#onDrain = onDrain;
    this.#poll = new FdPoll(fd, 'writable', () => {
      if (this.#send()) this.#onDrain();
    });
  }

  get closed(): boolean {
    return this.#fd === -1;
  }

  /** @returns false when bytes wait. Bytes after the end, or for a process that does not read any more, are dropped. */
  write(bytes: Buffer): boolean {
    if (this.#fd === -1 || this.#ending) return true;
    this.#queue.push(bytes);
    return this.#queue.length === 1 && this.#send();
  }

  /** Closes the descriptor once all that was written has gone: the process reads end of file. */
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
  }

  /** @returns true when nothing waits any more. */
  #send(): boolean {
    while (this.#queue.length > 0) {
      const bytes = this.#queue[0]!;
      const count = writeNow(this.#fd, bytes);
      if (count === 'again') {
        this.#poll.start();
        return false;
      }
      if (count === 'closed') {
        this.close();
        return true;
      }
      if (count < bytes.length) this.#queue[0] = bytes.subarray(count);
      else this.#queue.shift();
    }
    this.#poll.stop();
    if (this.#ending) this.close();
    return true;
  }
}
