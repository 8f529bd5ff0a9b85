import { createReadStream, existsSync } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InternalError, NotFoundError } from '../errors.ts';
import { durableWrite, syncDirectory } from '../lib/files/durable-write.ts';
import type { Digest } from './digest.ts';
import { digestOf, hexOf } from './digest.ts';
import { Ingest } from './ingest.ts';

/** JSON blobs (manifests, configs) are read whole; registries refuse manifests above 4 MiB. */
const MAX_WHOLE_BLOB = 8 * 1024 * 1024;
const CHUNK = 256 * 1024;

/**
 * Blobs by digest, in the OCI image layout: `blobs/sha256/<hex>`; writes that are not finished lie in `ingest/`. A blob
 * under its name is whole, verified and synced. Only one process may have a directory open.
 */
export class ContentStore {
  readonly #blobs: string;
  readonly #ingests: string;
  /** Sizes of the blobs there are; a blob is never changed. */
  readonly #sizes: Map<Digest, number>;
  /** Ingests that are open, by the name of their file. */
  readonly #writers = new Map<string, Promise<void>>();
  #nextIngest = 1;

  /** Use {@link ContentStore.open}. */
  constructor(directory: string, sizes: Map<Digest, number>) {
    this.#blobs = join(directory, 'blobs', 'sha256');
    this.#ingests = join(directory, 'ingest');
    this.#sizes = sizes;
  }

  /** Makes what is missing; removes the ingests of an engine that died. */
  static async open(directory: string): Promise<ContentStore> {
    const blobs = join(directory, 'blobs', 'sha256');
    const ingests = join(directory, 'ingest');
    const unfinished = existsSync(ingests) ? (await readdir(ingests)).length : 0;
    await rm(ingests, { recursive: true, force: true });
    if (unfinished > 0) process.stderr.write(`slipway: removed ${unfinished} unfinished blobs of ${ingests}\n`);
    await mkdir(join(directory, 'ingest'), { recursive: true, mode: 0o700 });
    await mkdir(blobs, { recursive: true, mode: 0o700 });
    const sizes = new Map<Digest, number>();
    for (const name of await readdir(blobs)) {
      if (/^[0-9a-f]{64}$/.test(name)) sizes.set(`sha256:${name}`, (await stat(join(blobs, name))).size);
      else await rm(join(blobs, name), { recursive: true, force: true });
    }
    return new ContentStore(directory, sizes);
  }

  has(digest: Digest): boolean {
    return this.#sizes.has(digest);
  }

  /** Bytes. @throws NotFoundError */
  size(digest: Digest): number {
    const size = this.#sizes.get(digest);
    if (size === undefined) throw new NotFoundError(`No such blob: ${digest}`);
    return size;
  }

  list(): Digest[] {
    return [...this.#sizes.keys()];
  }

  /** @throws NotFoundError */
  path(digest: Digest): string {
    this.size(digest);
    return join(this.#blobs, hexOf(digest));
  }

  /** The caller destroys the stream. @throws NotFoundError */
  read(digest: Digest): ReadStream {
    return createReadStream(this.path(digest), { highWaterMark: CHUNK });
  }

  /** For small blobs; verified again, since what is parsed decides what runs. @throws NotFoundError, InternalError */
  async readWhole(digest: Digest): Promise<Buffer> {
    if (this.size(digest) > MAX_WHOLE_BLOB) throw new InternalError(`blob ${digest} is too large for a manifest or config: ${this.size(digest)} bytes`);
    const bytes = await readFile(this.path(digest));
    if (digestOf(bytes) !== digest) {
      throw new InternalError(`blob ${digest} in ${this.#blobs} is damaged; remove the image and pull it again`);
    }
    return bytes;
  }

  /** Writes a small blob whole; answers its digest. */
  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = digestOf(bytes);
    if (this.has(digest)) return digest;
    await durableWrite(join(this.#blobs, hexOf(digest)), bytes);
    this.#sizes.set(digest, bytes.length);
    return digest;
  }

  /**
   * Starts a write, or takes up the one of the same `name` that was given up with {@link Ingest.close}; `offset` tells
   * how far it came. A name has one writer: who comes second waits for the first, and may then find the blob there.
   * @param name the expected digest when it is known; without one the ingest is nobody else's
   */
  async openIngest(name?: Digest, signal?: AbortSignal): Promise<Ingest> {
    const file = name === undefined ? `new-${this.#nextIngest++}` : hexOf(name);
    for (let writer = this.#writers.get(file); writer !== undefined; writer = this.#writers.get(file)) await orAborted(writer, signal);
    const ended = Promise.withResolvers<void>();
    this.#writers.set(file, ended.promise);
    const onEnd = () => {
      this.#writers.delete(file);
      ended.resolve();
    };
    return Ingest.open(join(this.#ingests, file), onEnd, (digest) => ({
      path: join(this.#blobs, hexOf(digest)),
      exists: this.has(digest),
      committed: (size) => this.#sizes.set(digest, size),
    }));
  }

  /** Idempotent. */
  async delete(digest: Digest): Promise<void> {
    if (!this.#sizes.delete(digest)) return;
    await rm(join(this.#blobs, hexOf(digest)), { force: true });
    await syncDirectory(this.#blobs);
  }
}

async function orAborted(writer: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return writer;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  try {
    await Promise.race([writer, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
