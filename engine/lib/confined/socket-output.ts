import { readSync } from 'node:fs';
import { poll, PollEvent, writeNow } from '../syscalls/process.ts';
import { sendFileNow, SyscallError } from '../syscalls/socket.ts';
import type { TarOutput } from './chunk-writer.ts';
import type { ConnectionOutput } from './protocol.ts';

/** Stays in the processor's cache, as one buffer serves for all. */
const bufferSize = 256 * 1024;

/** `0003fff4` and a line break. */
const headSize = 10;
const lineBreak = Buffer.from('\r\n');

/** From here on sendfile(2) is cheaper than its further chunk. */
const worthwhile = 64 * 1024;

/** How long a wait lasts before it looks whether it still makes sense; milliseconds. */
const patience = 200;

const nothing: readonly Buffer[] = [];

/**
 * Chunks of an HTTP/1.1 body (RFC 9112, section 7.1), without the last, written into a connection by the calling thread, which stands still while the
 * client does not read. Contents of large files go there straight from the kernel's pages.
 */
export class SocketOutput implements TarOutput {
  readonly #connection: ConnectionOutput;
  /** Room for the chunk's size, its bytes, and the line break behind them. */
  readonly #buffer = Buffer.allocUnsafeSlow(bufferSize);
  #used = headSize;

  constructor(connection: ConnectionOutput) {
    this.#connection = connection;
  }

  /** @throws Error when the client has gone */
  write(bytes: Uint8Array): Iterable<Buffer> {
    for (let offset = 0; offset < bytes.length; ) {
      const piece = bytes.subarray(offset, offset + this.#room);
      this.#buffer.set(piece, this.#used);
      this.#used += piece.length;
      offset += piece.length;
      if (this.#room === 0) this.flush();
    }
    return nothing;
  }

  copy(fd: number, size: number): Iterable<Buffer> {
    if (size < worthwhile) {
      for (let left = size; left > 0; left -= this.#fill(fd, left)) if (this.#room === 0) this.flush();
      if (this.#room === 0) this.flush();
      return nothing;
    }
    this.flush();
    this.#send(Buffer.from(`${size.toString(16)}\r\n`));
    for (let left = this.#sendFile(fd, size); left > 0; this.#used = headSize) {
      left -= this.#fill(fd, left);
      this.#send(this.#buffer.subarray(headSize, this.#used));
    }
    this.#send(lineBreak);
    return nothing;
  }

  flush(): Iterable<Buffer> {
    const size = this.#used - headSize;
    if (size === 0) return nothing;
    this.#buffer.write(`${size.toString(16).padStart(headSize - 2, '0')}\r\n`, 'latin1');
    this.#buffer.set(lineBreak, this.#used);
    this.#send(this.#buffer.subarray(0, this.#used + lineBreak.length));
    this.#used = headSize;
    return nothing;
  }

  get #room(): number {
    return bufferSize - lineBreak.length - this.#used;
  }

  /** @returns how much is left to be sent otherwise: of a file that has become shorter, or one of a file system that cannot do it */
  #sendFile(fd: number, size: number): number {
    let left = size;
    while (left > 0) {
      let sent: ReturnType<typeof sendFileNow>;
      try {
        sent = sendFileNow(this.#connection.fd, fd, left);
      } catch (error) {
        if (error instanceof SyscallError && error.code === 'EINVAL') return left;
        throw error;
      }
      if (sent === 0) return left;
      if (typeof sent === 'number') left -= sent;
      this.#expectClient(sent);
    }
    return 0;
  }

  /** As much as there is room for. Zeros stand for what the file does not have any more. @returns how much */
  #fill(fd: number, size: number): number {
    const wanted = Math.min(size, this.#room);
    let count = readSync(fd, this.#buffer, this.#used, wanted, null);
    if (count === 0) {
      this.#buffer.fill(0, this.#used, this.#used + wanted);
      count = wanted;
    }
    this.#used += count;
    return count;
  }

  #send(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; ) {
      const sent = writeNow(this.#connection.fd, bytes.subarray(offset));
      if (typeof sent === 'number') offset += sent;
      this.#expectClient(sent);
    }
  }

  /** Waits until it reads on, where it has enough for now. */
  #expectClient(sent: number | 'again' | 'closed'): void {
    const { fd, cancelled } = this.#connection;
    if (sent === 'closed' || Atomics.load(cancelled, 0) !== 0) throw new Error('the client went away');
    if (sent !== 'again') return;
    try {
      poll(fd, PollEvent.out, patience);
    } catch (error) {
      // A signal of the process may come to any thread.
      if ((error as { code?: string }).code !== 'EINTR') throw error;
    }
  }
}
