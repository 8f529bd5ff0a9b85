import { constants, createReadStream } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { LogCodec } from './log-codec.ts';

const blockSize = 64 * 1024;

/** Paths of a log and its rotated predecessors that exist, oldest first: `x.log.2.gz`, `x.log.1`, `x.log`. */
export async function logFiles(path: string): Promise<string[]> {
  const name = basename(path);
  let names: string[];
  try {
    names = await readdir(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .map((entry) => ({ entry, age: entry === name ? 0 : rotationOf(entry, name) }))
    // One that has just been compressed is there twice for a moment.
    .filter(({ entry, age }) => age >= 0 && !(entry.endsWith('.gz') && names.includes(entry.slice(0, -3))))
    .sort((a, b) => b.age - a.age)
    .map(({ entry }) => `${dirname(path)}/${entry}`);
}

function rotationOf(entry: string, name: string): number {
  const suffix = entry.startsWith(`${name}.`) ? entry.slice(name.length + 1) : '';
  return /^[1-9]\d*(\.gz)?$/.test(suffix) ? parseInt(suffix, 10) : -1;
}

/** Reads a growing file entry by entry from an offset; one that is not whole waits in the reader for the rest. */
export class LogFileReader {
  readonly #file: FileHandle;
  readonly #codec: LogCodec;
  /** Of the compressed file of which this is the content. */
  readonly #origin: FileIdentity | undefined;
  #offset: number;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(file: FileHandle, codec: LogCodec, offset: number, origin: FileIdentity | undefined) {
    this.#file = file;
    this.#origin = origin;
    this.#codec = codec;
    this.#offset = offset;
  }

  /** undefined when there is no such file. The caller closes the reader. */
  static async open(path: string, codec: LogCodec, offset = 0): Promise<LogFileReader | undefined> {
    try {
      if (!path.endsWith('.gz')) return new LogFileReader(await open(path, 'r'), codec, offset, undefined);
      const origin = await identityOf(path);
      return new LogFileReader(await openCompressed(path), codec, offset, origin ?? undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  get file(): FileHandle {
    return this.#file;
  }

  seek(offset: number): void {
    this.#offset = offset;
    this.#rest = Buffer.alloc(0);
  }

  /** The next whole entries as they were written; empty at the end of what has been written. */
  async read(): Promise<Buffer[]> {
    const block = Buffer.allocUnsafe(blockSize);
    for (;;) {
      const { bytesRead } = await this.#file.read(block, 0, blockSize, this.#offset);
      if (bytesRead === 0) return [];
      this.#offset += bytesRead;
      const bytes = this.#rest.length === 0 ? block.subarray(0, bytesRead) : Buffer.concat([this.#rest, block.subarray(0, bytesRead)]);
      const { records, rest } = this.#codec.split(bytes);
      // A copy: the block is the records' alone.
      this.#rest = Buffer.from(bytes.subarray(rest));
      if (records.length > 0) return records;
    }
  }

  /** A log of a single file is emptied where others are rotated; reading goes on at its new beginning. */
  async followTruncation(): Promise<void> {
    if ((await this.#file.stat()).size < this.#offset) this.seek(0);
  }

  /** Whether the path names this file, or its compressed form. */
  async is(path: string): Promise<boolean> {
    return isSameFile(this.#origin ?? { ...(await this.#file.stat({ bigint: true })), compressed: false }, await identityOf(path));
  }

  /** May come twice. */
  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Which file: a compressed one says which it was. */
export interface FileIdentity {
  ino: bigint;
  mtimeNs: bigint;
  compressed: boolean;
}

/** The number of a file that is gone may be another's: what is said of one needs its last change too. */
export function isSameFile(mine: FileIdentity, there: FileIdentity | null): boolean {
  return there !== null && there.ino === mine.ino && (there.mtimeNs === mine.mtimeNs || !(mine.compressed || there.compressed));
}

/** null when there is no such file. */
export async function identityOf(path: string): Promise<FileIdentity | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return null;
  }
  try {
    if (path.endsWith('.gz')) {
      const { buffer } = await file.read(Buffer.alloc(128), 0, 128, 0);
      const [, ino, mtimeNs] = /slipway (\d+) (\d+)\0/.exec(buffer.toString('latin1')) ?? [];
      if (ino !== undefined) return { ino: BigInt(ino), mtimeNs: BigInt(mtimeNs!), compressed: true };
    }
    const { ino, mtimeNs } = await file.stat({ bigint: true });
    return { ino, mtimeNs, compressed: false };
  } finally {
    await file.close();
  }
}

/** Opens the file that is that one, whatever its name is by now; undefined when it is gone. The caller closes it. */
export async function openKnown(path: string, codec: LogCodec, identity: FileIdentity): Promise<LogFileReader | undefined> {
  search: for (;;) {
    for (const file of await logFiles(path)) {
      if (!isSameFile(identity, await identityOf(file))) continue;
      const opened = await LogFileReader.open(file, codec);
      // Nothing is named otherwise in between, or what was opened may be another.
      if (opened !== undefined && isSameFile(identity, await identityOf(file))) return opened;
      await opened?.close();
      continue search;
    }
    return undefined;
  }
}

/**
 * Opens the file that was written after the reader's: several rotations may lie between two looks at the log.
 * The oldest one where the reader's own is gone.
 */
export async function openNext(path: string, codec: LogCodec, reader: LogFileReader): Promise<LogFileReader | undefined> {
  for (;;) {
    const files = await logFiles(path);
    let index = -1;
    for (const [at, file] of files.entries()) if (await reader.is(file)) index = at;
    const next = files[index + 1];
    if (next === undefined) return undefined;
    const expected = await identityOf(next);
    const opened = await LogFileReader.open(next, codec);
    // Names move on with each rotation: was it still the one, and still the one behind the reader's?
    const isOpened = opened !== undefined && expected !== null && (await opened.is(next)) && isSameFile(expected, await identityOf(next));
    if (isOpened && (index < 0 || (await reader.is(files[index]!)))) return opened;
    await opened?.close();
  }
}

/** Source: open(2); Node does not name it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/** Unpacked into a file that never has a name, in which one can go back and forth: nothing is left of it when the engine is killed. */
export async function openCompressed(path: string): Promise<FileHandle> {
  const file = await open(dirname(path), O_TMPFILE | constants.O_RDWR, 0o600);
  try {
    // Not a stream of its own, which the file would wait for when it is closed.
    await pipeline(createReadStream(path), createGunzip(), (unpacked) => file.writeFile(unpacked));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
