import { statfs } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Digest } from '../content/digest.ts';
import { Digester } from '../content/digest.ts';
import { EngineError, InternalError, InvalidParameterError, messageOf } from '../errors.ts';
import type { Compression } from '../lib/compression/decompress.ts';
import { decompress } from '../lib/compression/decompress.ts';
import { bytesToText } from '../lib/tar/tar-header.ts';
import type { TarEvent } from '../lib/tar/tar-parser.ts';
import { TarParser } from '../lib/tar/tar-parser.ts';
import type { LayerLimits } from './layer-rewriter.ts';
import { LayerRewriter } from './layer-rewriter.ts';
import { LayerWriter } from './layer-writer.ts';

export interface ApplyOptions {
  /** Digest of the uncompressed layer that the image's config promises; none for a layer that is just being made. */
  diffId?: Digest;
  /** By default what is free on the disk. */
  limits?: Partial<LayerLimits>;
  signal?: AbortSignal;
  /** Called after each piece that was unpacked. */
  onProgress?: () => void;
}

export interface AppliedLayer {
  /** Digest of the uncompressed layer. */
  diffId: Digest;
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

/** Bytes of a layer without its compression; each piece need only be good until the next. */
export interface LayerSource {
  compression: Compression;
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>;
}

/**
 * Unpacks a layer (tar, gzip or zstd, told apart by content) into an empty folder in overlayfs' form. In one pass:
 * decompress, hash, check and rewrite, extract. The folder holds a part of the layer when this throws.
 * @throws InvalidParameterError for a layer that is no tar, leaves its folder or is not what `diffId` says;
 * InternalError when it cannot be written
 */
export async function applyLayer(source: Readable, directory: string, options: ApplyOptions): Promise<AppliedLayer> {
  const { signal } = options;
  const onAbort = () => source.destroy(signal?.reason as Error);
  signal?.addEventListener('abort', onAbort);
  const open = async (): Promise<LayerSource> => {
    const { stream, compression } = await decompress(source);
    return { compression, chunks: stream as AsyncIterable<Buffer> };
  };
  try {
    return await applyChunks(open, directory, options);
  } catch (error) {
    source.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** {@link applyLayer} of what is decompressed already. */
export async function applyChunks(open: () => Promise<LayerSource>, directory: string, options: ApplyOptions): Promise<AppliedLayer> {
  const { signal, onProgress, diffId } = options;
  const rewriter = new LayerRewriter({ ...(await freeSpace(directory)), ...options.limits });
  const parser = new TarParser();
  const digester = new Digester();
  const writer = new LayerWriter(directory);
  try {
    signal?.throwIfAborted();
    const { chunks, compression } = await open();
    for await (const chunk of chunks) {
      digester.update(chunk);
      for (const event of parser.push(chunk)) for (const safe of rewriter.rewrite(event)) write(writer, safe);
      onProgress?.();
      signal?.throwIfAborted();
    }
    parser.end();
    const actual = digester.digest();
    if (actual !== (diffId ?? actual)) throw new InvalidParameterError(`the layer's content has digest ${actual}, but the image's config says ${diffId}`);
    finish(writer);
    return { diffId: actual, size: rewriter.size, hasRoot: rewriter.hasRoot, compression, tarSize: digester.size };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (error instanceof EngineError) throw error;
    throw new InvalidParameterError(`the layer cannot be unpacked: ${messageOf(error)}`, { cause: error });
  } finally {
    writer.close();
  }
}

function write(writer: LayerWriter, event: TarEvent): void {
  try {
    writer.write(event);
  } catch (error) {
    throw notWritten(error, event.kind === 'entry' ? event.header.name : writer.fileName);
  }
}

function finish(writer: LayerWriter): void {
  try {
    writer.finish();
  } catch (error) {
    throw notWritten(error);
  }
}

function notWritten(error: unknown, name?: string): InternalError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOSPC' ? 'No space left on device' : messageOf(error);
  return new InternalError(`failed to register layer: ${name === undefined ? '' : `${bytesToText(name)}: `}${reason}`, { cause: error });
}

async function freeSpace(directory: string): Promise<LayerLimits> {
  const { bavail, bsize, ffree, files } = await statfs(directory);
  // File systems without a fixed number of inodes (btrfs) say 0.
  return { bytes: bavail * bsize, entries: files === 0 ? MAX_ENTRIES : Math.min(ffree, MAX_ENTRIES) };
}
