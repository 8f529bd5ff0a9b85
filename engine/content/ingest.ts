import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InternalError } from '../errors.ts';
import { syncDirectory } from '../lib/durable-write.ts';
import type { Digest } from './digest.ts';
import { Digester } from './digest.ts';

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

  /** Bytes written so far. */
  get offset(): number {
    return this.#digester.size;
  }

  /** @throws the file system's error (ENOSPC …) */
  async write(chunk: Uint8Array): Promise<void> {
    await this.#file.writeFile(chunk);
    this.#digester.update(chunk);
  }

  /** Starts over, for a source that cannot continue where it was cut. */
  async restart(): Promise<void> {
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
      await this.#closeFile();
    } finally {
      this.#end();
    }
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
