import { readSync } from 'node:fs';

/** Few enough messages between threads, and small enough to keep several on their way. */
const chunkSize = 512 * 1024;

/** Where a tar goes. What is yielded is for the reader of chunks; one that sends the bytes by itself yields nothing. */
export interface TarOutput {
  write(bytes: Uint8Array): Iterable<Buffer>;
  /** Exactly `size` bytes from a file; zeros where it has become shorter meanwhile, as GNU tar does. */
  copy(fd: number, size: number): Iterable<Buffer>;
  flush(): Iterable<Buffer>;
}

/** Collects bytes into chunks of one size; what is yielded is full and the reader's. */
export class ChunkWriter implements TarOutput {
  #chunk = Buffer.allocUnsafeSlow(chunkSize);
  #used = 0;

  *write(bytes: Uint8Array): Generator<Buffer, void, void> {
    for (let offset = 0; offset < bytes.length; ) {
      const count = Math.min(bytes.length - offset, chunkSize - this.#used);
      this.#chunk.set(count === bytes.length ? bytes : bytes.subarray(offset, offset + count), this.#used);
      this.#used += count;
      offset += count;
      if (this.#used === chunkSize) yield this.#take();
    }
  }

  *copy(fd: number, size: number): Generator<Buffer, void, void> {
    for (let left = size, ended = false; left > 0; ) {
      const wanted = Math.min(left, chunkSize - this.#used);
      let count = ended ? 0 : readSync(fd, this.#chunk, this.#used, wanted, null);
      if (count === 0) {
        ended = true;
        this.#chunk.fill(0, this.#used, this.#used + wanted);
        count = wanted;
      }
      this.#used += count;
      left -= count;
      if (this.#used === chunkSize) yield this.#take();
    }
  }

  *flush(): Generator<Buffer, void, void> {
    if (this.#used > 0) yield this.#take();
  }

  #take(): Buffer {
    const full = this.#chunk.subarray(0, this.#used);
    this.#chunk = Buffer.allocUnsafeSlow(chunkSize);
    this.#used = 0;
    return full;
  }
}
