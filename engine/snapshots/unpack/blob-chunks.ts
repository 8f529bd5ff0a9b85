import { closeSync, openSync, readSync } from 'node:fs';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { compressionOf } from '../../lib/compression/decompress.ts';

type OwnCompression = 'none' | 'gzip' | 'zstd';

const inputSize = 256 * 1024;
const outputSize = 512 * 1024;

/**
 * The part of zlib's streams that works on the calling thread. Node has it for `gunzipSync` and its like, which take their
 * input whole; it is not in the documentation. Source: Node 24, lib/zlib.js processChunkSync.
 */
interface Codec {
  _handle: {
    writeSync(flush: number, input: Buffer, inputAt: number, inputLength: number, output: Buffer, outputAt: number, outputLength: number): void;
    onerror: (message: string, errno: number, code: string) => void;
  };
  /** What the last write left: room in the output, bytes of the input. */
  _writeState: Uint32Array;
  _defaultFlushFlag: number;
  _finishFlushFlag: number;
  close(): void;
}

/**
 * A blob without its compression, read and decompressed on the calling thread into two buffers that are used again and again: for
 * a thread that has nothing else to do. A stream takes a round trip to another thread and new memory for each piece.
 */
export class BlobChunks implements Disposable {
  readonly compression: OwnCompression;
  /** Of the blob, so far. */
  bytesRead = 0;
  readonly #fd: number;
  readonly #input = Buffer.allocUnsafeSlow(inputSize);

  private constructor(fd: number, compression: OwnCompression) {
    this.#fd = fd;
    this.compression = compression;
  }

  /** null for a compression that takes a program. @throws the file system's error */
  static open(path: string): BlobChunks | null {
    const fd = openSync(path, 'r');
    try {
      const head = Buffer.alloc(5);
      const compression = compressionOf(head.subarray(0, readSync(fd, head, 0, head.length, 0)));
      if (compression === 'none' || compression === 'gzip' || compression === 'zstd') return new BlobChunks(fd, compression);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
    return null;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  /** To be gone through once. Each piece is good until the next is asked for. @throws Error for what is damaged or cut */
  *[Symbol.iterator](): Generator<Buffer, void, void> {
    if (this.compression === 'none') {
      for (let piece = this.#read(); piece.length > 0; piece = this.#read()) yield piece;
      return;
    }
    const codec = (this.compression === 'gzip' ? createGunzip({ chunkSize: 64 }) : createZstdDecompress({ chunkSize: 64 })) as unknown as Codec;
    try {
      yield* this.#decompress(codec);
    } finally {
      codec.close();
    }
  }

  *#decompress(codec: Codec): Generator<Buffer, void, void> {
    const { _handle: handle, _writeState: state } = codec;
    const output = Buffer.allocUnsafeSlow(outputSize);
    let failure: Error | undefined;
    handle.onerror = (message, errno, code) => (failure = Object.assign(new Error(message), { errno, code }));
    for (let isLast = false; !isLast; ) {
      const input = this.#read();
      isLast = input.length === 0;
      const flush = isLast ? codec._finishFlushFlag : codec._defaultFlushFlag;
      let left = input.length;
      do {
        handle.writeSync(flush, input, input.length - left, left, output, 0, outputSize);
        if (failure !== undefined) throw failure as Error;
        const [room = 0, rest = 0] = state;
        left = rest;
        if (room < outputSize) yield output.subarray(0, outputSize - room);
        // What stands behind the end of the compressed data is not looked at, as gzip does not.
        if (room > 0 && left > 0) return;
      } while (state[0] === 0);
    }
  }

  #read(): Buffer {
    const count = readSync(this.#fd, this.#input, 0, inputSize, this.bytesRead);
    this.bytesRead += count;
    return this.#input.subarray(0, count);
  }
}
