import { statfs } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../content/digest.ts';
import { Digester } from '../content/digest.ts';
import { EngineError, InternalError, InvalidParameterError, messageOf } from '../errors.ts';
import type { Compression } from '../lib/decompress.ts';
import { decompress } from '../lib/decompress.ts';
import { extractTar } from '../lib/tar-extract.ts';
import { TarParser } from '../lib/tar-parser.ts';
import type { LayerLimits } from './layer-rewriter.ts';
import { LayerRewriter } from './layer-rewriter.ts';

export interface ApplyOptions {
  /** Digest of the uncompressed layer that the image's config promises. */
  diffId: Digest;
  /** By default what is free on the disk. */
  limits?: Partial<LayerLimits>;
  signal?: AbortSignal;
  /** Called after each piece that was unpacked. */
  onProgress?: () => void;
}

export interface AppliedLayer {
  /** Bytes of the layer's files, as `docker images` counts. */
  size: number;
  /** The layer sets owner and mode of the root folder. */
  hasRoot: boolean;
  compression: Compression;
  /** Bytes of the uncompressed tar. */
  tarSize: number;
}

/** No image known has more; each costs memory while the layer unpacks. */
const MAX_ENTRIES = 4_000_000;

/**
 * Unpacks a layer (tar, gzip or zstd, told apart by content) into an empty folder in overlayfs' form. In one pass:
 * decompress, hash, check and rewrite, extract. The folder holds a part of the layer when this throws.
 * @throws InvalidParameterError for a layer that is no tar, leaves its folder or is not what `diffId` says;
 * InternalError with tar's words when it cannot be written
 */
export async function applyLayer(source: Readable, directory: string, options: ApplyOptions): Promise<AppliedLayer> {
  const { signal, onProgress, diffId } = options;
  const rewriter = new LayerRewriter({ ...(await freeSpace(directory)), ...options.limits });
  const parser = new TarParser();
  const digester = new Digester();
  // Its own controller, so that tar ends with the pipeline whatever went wrong.
  const failed = new AbortController();
  const extraction = extractTar(directory, failed.signal);
  async function* rewritten(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
    for await (const chunk of stream) {
      digester.update(chunk);
      const pieces: Buffer[] = [];
      for (const event of parser.push(chunk)) for (const piece of rewriter.rewrite(event)) pieces.push(piece);
      if (pieces.length > 0) yield pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
      onProgress?.();
    }
    parser.end();
    const actual = digester.digest();
    if (actual !== diffId) throw new InvalidParameterError(`the layer's content has digest ${actual}, but the image's config says ${diffId}`);
    yield rewriter.end();
  }
  try {
    const { stream, compression } = await decompress(source);
    await pipeline(stream, rewritten, extraction.input, { signal });
    await extraction.done;
    return { size: rewriter.size, hasRoot: rewriter.hasRoot, compression, tarSize: digester.size };
  } catch (error) {
    source.destroy();
    const isPipe = isBrokenPipe(error);
    // With a broken pipe tar is ending by itself, and about to say why.
    if (!isPipe) failed.abort();
    const tarError = await extraction.done.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (signal?.aborted === true) throw signal.reason;
    if (error instanceof EngineError) throw error;
    if (isPipe || error === tarError) throw new InternalError(`failed to register layer: ${messageOf(tarError ?? error)}`, { cause: error });
    throw new InvalidParameterError(`the layer cannot be unpacked: ${messageOf(error)}`, { cause: error });
  }
}

function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes((error as NodeJS.ErrnoException).code ?? '');
}

async function freeSpace(directory: string): Promise<LayerLimits> {
  const { bavail, bsize, ffree, files } = await statfs(directory);
  // File systems without a fixed number of inodes (btrfs) say 0.
  return { bytes: bavail * bsize, entries: files === 0 ? MAX_ENTRIES : Math.min(ffree, MAX_ENTRIES) };
}
