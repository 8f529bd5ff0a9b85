import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InternalError } from '../errors.ts';
import { syncDirectory } from '../lib/files/durable-write.ts';
import type { Digest } from './digest.ts';
import { Digester } from './digest.ts';

/** Bytes that are written at once. */
const BATCH = 512 * 1024;

/** Where a blob goes once its digest is known. */
interface Destination {
  path: string;
  /** The blob is there already: the ingest is dropped. */
  exists: boolean;
  committed: (size: number) => void;
}

/** A write of one blob that is not committed yet. Ends with exactly one of commit, discard or close. */
export class Ingest {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #destinationOf: (digest: Digest) => Destination;
  readonly #onEnd: () => void;
  #digester = new Digester();
  /** What waits to be written in one call: sockets give small pieces, and each call is a round trip to another thread. */
  #pending: Uint8Array[] = [];
  #pendingSize = 0;
  #isOpen = true;
  #hasEnded = false;

  private constructor(path: string, file: FileHandle, onEnd: () => void, destinationOf: (digest: Digest) => Destination) {
    this.#path = path;
    this.#file = file;
    this.#onEnd = onEnd;
    this.#destinationOf = destinationOf;
  }

  /**
   * Takes up what an earlier ingest of this path has written, hashing it again.
   * @param onEnd called once nobody writes to the path any more, also when this throws
   */
  static async open(path: string, onEnd: () => void, destinationOf: (digest: Digest) => Destination): Promise<Ingest> {
    const file = await open(path, 'a', 0o600).catch((error: unknown) => {
      onEnd();
      throw error;
    });
    const ingest = new Ingest(path, file, onEnd, destinationOf);
    try {
      for await (const chunk of createReadStream(path)) ingest.#digester.update(chunk as Buffer);
    } catch (error) {
      await ingest.close();
      throw error;
    }
    return ingest;
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.#digester.size;
  }

  /** Keeps `chunk` until it is on the disk: it must not change. @throws the file system's error (ENOSPC …), of earlier chunks too */
  async write(chunk: Uint8Array): Promise<void> {
    this.#pending.push(chunk);
    this.#pendingSize += chunk.length;
    this.#digester.update(chunk);
    if (this.#pendingSize >= BATCH) await this.#flush();
  }

  /** Starts over, for a source that cannot continue where it was cut. */
  async restart(): Promise<void> {
    this.#pending = [];
    this.#pendingSize = 0;
    await this.#file.truncate(0);
    this.#digester = new Digester();
  }

  /**
   * Makes the blob durable and gives it its name. A wrong digest or size drops what was written: there is nothing in it to resume.
   * @throws InternalError `filesystem layer verification failed for digest …`, moby's words
   */
  async commit(expected?: { digest: Digest; size?: number }): Promise<{ digest: Digest; size: number }> {
    const { size } = this.#digester;
    const digest = this.#digester.digest();
    if (expected !== undefined && (digest !== expected.digest || (expected.size ?? size) !== size)) {
      await this.discard();
      throw new InternalError(`filesystem layer verification failed for digest ${expected.digest}: received ${size} bytes with digest ${digest}`);
    }
    const destination = this.#destinationOf(digest);
    if (destination.exists) {
      await this.discard();
      return { digest, size };
    }
    try {
      await this.#flush();
      await this.#file.sync();
      await this.#closeFile();
      await rename(this.#path, destination.path);
      await syncDirectory(dirname(destination.path));
    } catch (error) {
      await this.discard();
      throw error;
    }
    destination.committed(size);
    this.#end();
    return { digest, size };
  }

  /** Drops what was written. Idempotent. */
  async discard(): Promise<void> {
    try {
      await this.#closeFile();
      if (!this.#hasEnded) await rm(this.#path, { force: true });
    } finally {
      this.#end();
    }
  }

  /** Gives up for now and keeps what was written for the next ingest of this name. Idempotent. */
  async close(): Promise<void> {
    try {
      if (this.#isOpen) await this.#flush();
      await this.#closeFile();
    } finally {
      this.#end();
    }
  }

  async #flush(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingSize = 0;
    if (pending.length === 0) return;
    const size = pending.reduce((sum, { length }) => sum + length, 0);
    const { bytesWritten } = await this.#file.writev(pending);
    // Short on a disk that is nearly full; writing the rest says so.
    if (bytesWritten < size) await this.#file.writeFile(Buffer.concat(pending).subarray(bytesWritten));
  }

  async #closeFile(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd();
  }
}
