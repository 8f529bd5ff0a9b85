import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import type { ContentStore } from '../../content/content-store.ts';
import type { Digest } from '../../content/digest.ts';
import { digestOf } from '../../content/digest.ts';
import type { Ingest } from '../../content/ingest.ts';
import { EngineError, InternalError, InvalidParameterError, messageOf } from '../../errors.ts';
import { decompress } from '../../lib/compression/decompress.ts';
import type { TarHeader } from '../../lib/tar/tar-header.ts';
import { bytesToText, TarError } from '../../lib/tar/tar-header.ts';
import { TarParser } from '../../lib/tar/tar-parser.ts';

/** Files up to this size are held in memory: most are JSON, and most of those are never needed. */
const SMALL = 1024 * 1024;
const MAX_HELD = 64 * 1024 * 1024;
const MAX_ENTRIES = 100_000;
/** A link may lead to a link; what goes on longer is a circle. */
const MAX_LINKS = 10;

/**
 * An archive of images, read once from beginning to end; its manifest may stand last. Large files become blobs on the way,
 * small ones stay in memory until they are wanted. Names are only looked up in a table, never in a file system.
 */
export class ArchiveSpool {
  readonly #content: ContentStore;
  readonly #held = new Map<string, Buffer>();
  readonly #blobs = new Map<string, Digest>();
  readonly #links = new Map<string, string>();
  #heldBytes = 0;

  private constructor(content: ContentStore) {
    this.#content = content;
  }

  /** Reads all of `source`, compressed or not. @throws InvalidParameterError for what is no archive */
  static async read(source: Readable, content: ContentStore, signal?: AbortSignal): Promise<ArchiveSpool> {
    const spool = new ArchiveSpool(content);
    const onAbort = () => source.destroy(signal?.reason as Error);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', onAbort);
    try {
      const { stream } = await decompress(source);
      await spool.#readAll(stream);
    } catch (error) {
      source.destroy();
      if (signal?.aborted === true) throw signal.reason;
      if (error instanceof EngineError) throw error;
      throw new InvalidParameterError(`the archive cannot be read: ${messageOf(error)}`, { cause: error });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
    return spool;
  }

  has(path: string): boolean {
    const name = this.#resolve(path);
    return name !== null && (this.#held.has(name) || this.#blobs.has(name));
  }

  /** A JSON file's bytes. @throws InvalidParameterError when the archive has no such file */
  async bytes(path: string): Promise<Buffer> {
    const name = this.#find(path);
    const held = this.#held.get(name);
    if (held !== undefined) return held;
    return this.#content.readWhole(this.#blobs.get(name) as Digest);
  }

  /** The digest of a file, which is a blob in the content store from now on. @throws InvalidParameterError */
  async blob(path: string): Promise<Digest> {
    const name = this.#find(path);
    const held = this.#held.get(name);
    return held === undefined ? (this.#blobs.get(name) as Digest) : this.#content.put(held);
  }

  #find(path: string): string {
    const name = this.#resolve(path);
    if (name === null || !this.has(path)) throw new InvalidParameterError(`invalid archive: ${path} is missing`);
    return name;
  }

  /** The name behind links; null for one that leads out or in a circle. */
  #resolve(path: string): string | null {
    let name = cleanName(path);
    for (let links = 0; name !== null && links < MAX_LINKS; links += 1) {
      const target = this.#links.get(name);
      if (target === undefined) return name;
      name = cleanName(target);
    }
    return null;
  }

  async #readAll(stream: AsyncIterable<Buffer>): Promise<void> {
    const parser = new TarParser();
    let writer: Writer | null = null;
    let entries = 0;
    try {
      for await (const chunk of stream) {
        for (const event of parser.push(chunk)) {
          if (event.kind === 'data') await writer?.write(event.chunk);
          else {
            await writer?.end();
            entries += 1;
            if (entries > MAX_ENTRIES) throw new TarError(`more than ${MAX_ENTRIES} entries`);
            writer = await this.#entry(event.header);
          }
        }
      }
      parser.end();
      await writer?.end();
    } catch (error) {
      await writer?.discard();
      throw error;
    }
  }

  async #entry(header: TarHeader): Promise<Writer | null> {
    const name = cleanName(bytesToText(header.name));
    if (name === null) return null;
    const linkName = bytesToText(header.linkName);
    switch (header.type) {
      case 'symlink':
        // docker save wrote a layer that two images share as `../<id>/layer.tar`.
        this.#links.set(name, posix.join(posix.dirname(name), linkName));
        return null;
      case 'hardlink':
        this.#links.set(name, linkName);
        return null;
      case 'file':
        break;
      default:
        return null;
    }
    this.#links.delete(name);
    if (header.size <= SMALL && this.#heldBytes + header.size <= MAX_HELD) {
      this.#heldBytes += header.size;
      return new HeldWriter((bytes) => {
        this.#blobs.delete(name);
        this.#held.set(name, bytes);
      });
    }
    return new BlobWriter(await this.#content.openIngest(), (digest) => {
      this.#held.delete(name);
      this.#blobs.set(name, digest);
    });
  }
}

interface Writer {
  write(chunk: Buffer): Promise<void>;
  end(): Promise<void>;
  discard(): Promise<void>;
}

class HeldWriter implements Writer {
  readonly #chunks: Buffer[] = [];
  readonly #done: (bytes: Buffer) => void;

  constructor(done: (bytes: Buffer) => void) {
    this.#done = done;
  }

  async write(chunk: Buffer): Promise<void> {
    // Copied: the chunk is a piece of a larger buffer that would stay.
    this.#chunks.push(Buffer.from(chunk));
  }

  async end(): Promise<void> {
    this.#done(Buffer.concat(this.#chunks));
  }

  async discard(): Promise<void> {}
}

class BlobWriter implements Writer {
  readonly #ingest: Ingest;
  readonly #done: (digest: Digest) => void;

  constructor(ingest: Ingest, done: (digest: Digest) => void) {
    this.#ingest = ingest;
    this.#done = done;
  }

  async write(chunk: Buffer): Promise<void> {
    try {
      await this.#ingest.write(chunk);
    } catch (error) {
      throw new InternalError(`cannot store the archive's content: ${messageOf(error)}`, { cause: error });
    }
  }

  async end(): Promise<void> {
    this.#done((await this.#ingest.commit()).digest);
  }

  discard(): Promise<void> {
    return this.#ingest.discard();
  }
}

/** `./a//b` is `a/b`; null for the root and for a name that leads out. */
function cleanName(name: string): string | null {
  const clean = posix.normalize(name).replace(/^\/+|\/+$/g, '');
  return clean === '' || clean === '.' || clean === '..' || clean.startsWith('../') ? null : clean;
}

/** Whether the spool holds exactly what `digest` names. @throws InvalidParameterError */
export async function expectDigest(spool: ArchiveSpool, path: string, digest: Digest): Promise<void> {
  const actual = await spool.blob(path);
  if (actual !== digest) throw new InvalidParameterError(`invalid archive: ${path} has digest ${actual}`);
}

/** {@link ArchiveSpool.bytes} of a blob in an OCI layout, verified. */
export async function layoutBytes(spool: ArchiveSpool, digest: Digest): Promise<Buffer> {
  const path = layoutPath(digest);
  const bytes = await spool.bytes(path);
  if (digestOf(bytes) !== digest) throw new InvalidParameterError(`invalid archive: ${path} has digest ${digestOf(bytes)}`);
  return bytes;
}

export function layoutPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`;
}
