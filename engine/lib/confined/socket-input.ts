import { BodyDecoder, BodyError } from '../body-decoder.ts';
import { compressionOf } from '../compression/decompress.ts';
import { poll, PollEvent, readNow } from '../syscalls/process.ts';
import type { ConnectionBody } from './protocol.ts';

/** More than a unix socket holds. One buffer serves for all, so that it stays in the processor's cache. */
const bufferSize = 256 * 1024;

/** How long a wait lasts before it looks whether it still makes sense; milliseconds. */
const patience = 200;

/** Tells a compression. */
const signatureSize = 5;

/**
 * The body of a request, read from its connection by the calling thread, which stands still while it waits: the engine's main thread
 * has no part in it.
 */
export class SocketInput {
  readonly #body: ConnectionBody;
  readonly #decoder: BodyDecoder;
  readonly #buffer = Buffer.allocUnsafeSlow(bufferSize);
  #head: Buffer | null;

  constructor(body: ConnectionBody) {
    this.#body = body;
    this.#decoder = new BodyDecoder(body.length);
    this.#head = Buffer.from(body.head);
  }

  /**
   * Looks at the beginning.
   * @returns the first pieces of the body, and all that was taken from the connection so far, for one who has to begin anew
   */
  begin(): { pieces: Buffer[]; raw: Buffer; isPlain: boolean } {
    const raw: Buffer[] = [];
    const pieces: Buffer[] = [];
    for (let size = 0; size < signatureSize && !this.#decoder.ended; size = pieces.reduce((sum, { length }) => sum + length, 0)) {
      // A copy: the buffer is used again.
      const bytes = Buffer.from(this.#read());
      raw.push(bytes);
      pieces.push(...this.#decoder.push(bytes));
    }
    return { pieces, raw: Buffer.concat(raw), isPlain: compressionOf(Buffer.concat(pieces).subarray(0, signatureSize)) === 'none' };
  }

  /** What follows. Each piece is good until the next is asked for. @throws BodyError, also when the client leaves before the end */
  *rest(): Generator<Buffer, void, void> {
    while (!this.#decoder.ended) yield* this.#decoder.push(this.#read());
  }

  /** At least one byte. */
  #read(): Buffer {
    if (this.#head !== null && this.#head.length > 0) {
      const head = this.#head;
      this.#head = null;
      return head;
    }
    const { fd, cancelled } = this.#body;
    for (;;) {
      const count = readNow(fd, this.#buffer);
      if (count === 0 || Atomics.load(cancelled, 0) !== 0) throw new BodyError('unexpected EOF');
      if (count !== 'again') return this.#buffer.subarray(0, count);
      waitFor(fd);
    }
  }
}

function waitFor(fd: number): void {
  try {
    poll(fd, PollEvent.in, patience);
  } catch (error) {
    // A signal of the process may come to any thread.
    if ((error as { code?: string }).code !== 'EINTR') throw error;
  }
}
