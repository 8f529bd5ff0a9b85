import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { ForeignCompression } from './decompress-program.ts';
import { decompressByProgram } from './decompress-program.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | ForeignCompression;

/** Fewer, larger pieces: each costs a round trip to zlib's thread. */
const CHUNK = 512 * 1024;

const magics: [name: Compression, magic: number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

/**
 * The content of `source` without its compression, which its first bytes tell (media types lie). Destroying the answer
 * destroys the source; an error of the source or of the decompressor is the answer's.
 * @throws Error for a compression whose program this machine lacks
 */
export async function decompress(source: Readable): Promise<{ stream: Readable; compression: Compression }> {
  const name = compressionOf(await peek(source, 5));
  switch (name) {
    case 'none':
      return { stream: source, compression: name };
    case 'gzip':
    case 'zstd': {
      const decompressor = name === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createZstdDecompress({ chunkSize: CHUNK });
      // The callback and the listener are there so that errors do not go unhandled; whoever reads the stream gets them,
      // even when it fails before they begin.
      pipeline(source, decompressor, () => undefined);
      decompressor.on('error', () => undefined);
      return { stream: decompressor, compression: name };
    }
    case 'xz':
    case 'bzip2':
      return { stream: decompressByProgram(name, source), compression: name };
    default:
      throw new Error(`unknown compression ${name satisfies never}`);
  }
}

/** @param head the first five bytes, or all when there are fewer */
export function compressionOf(head: Buffer): Compression {
  return magics.find(([, magic]) => magic.every((byte, index) => head[index] === byte))?.[0] ?? 'none';
}

/** The first `length` bytes, or all when there are fewer, put back into the stream. */
async function peek(source: Readable, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let total = 0;
  while (total < length) {
    const piece = source.read() as Buffer | null;
    if (piece !== null) {
      pieces.push(piece);
      total += piece.length;
    } else if (source.readableEnded || !(await readable(source))) break;
  }
  const head = Buffer.concat(pieces);
  if (head.length > 0) source.unshift(head);
  return head;
}

/** False at the end of the stream. */
function readable(source: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (source.destroyed) {
      reject(source.errored ?? new Error('the stream was closed before its end'));
      return;
    }
    const settle = (act: () => void) => () => {
      source.off('readable', onReadable).off('end', onEnd).off('error', onError).off('close', onClose);
      act();
    };
    const onReadable = settle(() => resolve(true));
    const onEnd = settle(() => resolve(false));
    const onError = (error: Error) => settle(() => reject(error))();
    const onClose = settle(() => reject(source.errored ?? new Error('the stream was closed before its end')));
    source.on('readable', onReadable).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}
