import { open, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

const blockSize = 64 * 1024;
const newline = 10;

/** Paths of a log and its rotated predecessors that exist, oldest first: `x.log.2`, `x.log.1`, `x.log`. */
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
    .filter(({ age }) => age >= 0)
    .sort((a, b) => b.age - a.age)
    .map(({ entry }) => `${dirname(path)}/${entry}`);
}

function rotationOf(entry: string, name: string): number {
  const suffix = entry.startsWith(`${name}.`) ? entry.slice(name.length + 1) : '';
  return /^[1-9]\d*$/.test(suffix) ? Number(suffix) : -1;
}

/**
 * Where the last `count` lines of a file begin, found from its end block by block.
 * @param size bytes of the file that count; a line still being written lies behind them.
 * @returns the offset, and how many lines there are from it to the end (fewer than `count` when the file is shorter).
 */
export async function findTail(file: FileHandle, size: number, count: number): Promise<{ offset: number; lines: number }> {
  const block = Buffer.allocUnsafe(blockSize);
  let lines = 0;
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - blockSize);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    for (let index = bytesRead - 1; index >= 0; index -= 1) {
      if (block[index] !== newline) continue;
      // The newline before a line ends the line before it; the file's last newline has no line behind it.
      if (start + index + 1 < size) lines += 1;
      if (lines === count) return { offset: start + index + 1, lines };
    }
    end = start;
  }
  return { offset: 0, lines: size > 0 ? lines + 1 : 0 };
}

/** Reads a growing file line by line from an offset; a line without its newline waits in the reader for the rest. */
export class LogFileReader {
  readonly #file: FileHandle;
  #offset: number;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(file: FileHandle, offset: number) {
    this.#file = file;
    this.#offset = offset;
  }

  /** undefined when there is no such file. The caller closes the reader. */
  static async open(path: string, offset = 0): Promise<LogFileReader | undefined> {
    try {
      return new LogFileReader(await open(path, 'r'), offset);
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

  /** The next whole lines, without newlines; empty at the end of what has been written. */
  async read(): Promise<Buffer[]> {
    const block = Buffer.allocUnsafe(blockSize);
    for (;;) {
      const { bytesRead } = await this.#file.read(block, 0, blockSize, this.#offset);
      if (bytesRead === 0) return [];
      this.#offset += bytesRead;
      const bytes = this.#rest.length === 0 ? block.subarray(0, bytesRead) : Buffer.concat([this.#rest, block.subarray(0, bytesRead)]);
      const lines: Buffer[] = [];
      let start = 0;
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
        lines.push(bytes.subarray(start, end));
        start = end + 1;
      }
      this.#rest = Buffer.from(bytes.subarray(start));
      if (lines.length > 0) return lines;
    }
  }

  /** A log of a single file is emptied where others are rotated; reading goes on at its new beginning. */
  async followTruncation(): Promise<void> {
    if ((await this.#file.stat()).size < this.#offset) this.seek(0);
  }

  /** Whether the path still names this file. */
  async isCurrent(path: string): Promise<boolean> {
    const [mine, there] = await Promise.all([this.#file.stat(), statOrNull(path)]);
    return there !== null && there.ino === mine.ino && there.dev === mine.dev;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function statOrNull(path: string): Promise<{ ino: number; dev: number } | null> {
  try {
    const file = await open(path, 'r');
    try {
      return await file.stat();
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
