import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

const endOfInput = Buffer.alloc(4);

/**
 * The engine's end of an attach stream of shimd: what comes is passed on as it is, what is written is framed (see
 * `shimd/protocol.ts`), and the end of the writable side is the end of the process's stdin. Destroying it detaches.
 */
export class AttachStream extends Duplex {
  readonly #socket: Socket;

  /** @param socket after the reply line; nothing may read it any more */
  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    // Ends without a word when shimd dies: for the reader as if the process had ended.
    socket.on('close', () => {
      if (!this.readableEnded) this.push(null);
    });
    socket.on('error', () => undefined);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (chunk.length === 0) return callback();
    const header = Buffer.allocUnsafe(4);
    header.writeUInt32BE(chunk.length);
    this.#socket.cork();
    this.#socket.write(header);
    // A process that has ended takes no more input; that is no error of who writes.
    this.#socket.write(chunk, () => callback());
    this.#socket.uncork();
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#socket.destroyed) return callback();
    this.#socket.write(endOfInput, () => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.destroy();
    callback(error);
  }
}
