import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { checkpointHeaderSize, decodeCheckpoints, decodeHeader, indexPathOf } from '../../../shimd/log/checkpoints.ts';
import { identityOf, isSameFile, openCompressed } from '../log-files.ts';
import type { FileIdentity } from '../log-files.ts';
import type { RecordForm } from './record-form.ts';
import { maxRecord } from './record-form.ts';
import { SegmentTable } from './segment-table.ts';

const block = 256 * 1024;
const segmentSize = 128 * 1024;
/** Growth up to here is counted rather than looked up. */
const smallGrowth = 1024 * 1024;

/** The bytes of a segment and where its records end. */
export interface SegmentContent {
  bytes: Buffer;
  ends: readonly number[];
}

/** One file of a log, kept open: it can be read on after it has been rotated away. */
export class IndexedFile {
  readonly table = new SegmentTable();
  readonly identity: FileIdentity;
  /** Counts each time that what was known of the file turned out wrong. */
  generation = 0;
  readonly #handle: FileHandle;
  readonly #form: RecordForm;
  /** The last segment is short: growth makes it longer. */
  #isOpen = false;
  /** The index beside the file told something wrong: all is counted. */
  #distrusted = false;

  private constructor(handle: FileHandle, identity: FileIdentity, form: RecordForm) {
    this.#handle = handle;
    this.identity = identity;
    this.#form = form;
  }

  /** undefined when the file is gone, or another has its name by now. */
  static async open(path: string, form: RecordForm): Promise<IndexedFile | undefined> {
    const identity = await identityOf(path);
    if (identity === null) return undefined;
    let handle: FileHandle;
    try {
      handle = path.endsWith('.gz') ? await openCompressed(path) : await open(path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const now = await identityOf(path);
    if (now !== null && isSameFile(identity, now)) return new IndexedFile(handle, identity, form);
    await handle.close();
    return undefined;
  }

  /** For the threads that search it; valid until {@link close}. */
  get fd(): number {
    return this.#handle.fd;
  }

  /**
   * Takes in what has been written since. Reads the index beside the file where it has much to tell, and counts where it has not.
   * @param path where the file is now
   * @param onProgress told how much of the file has been taken in, 0 to 1
   */
  async extend(path: string, signal?: AbortSignal, onProgress?: (share: number) => void): Promise<void> {
    const { size } = await this.#handle.stat();
    const told = onProgress === undefined ? undefined : (end: number) => onProgress(end / size);
    if (size < this.table.end) this.#forget(false);
    if (size - this.table.end > smallGrowth && !this.#distrusted) {
      for (const { start, end, entries, firstTime, lastTime } of await this.#checkpoints(path)) {
        if (end > size) break;
        if (end <= this.table.end) continue;
        if (start !== this.table.end && !(await this.#count(start > this.table.end ? start : end, signal, told))) break;
        if (start !== this.table.end) continue;
        this.#isOpen = false;
        this.table.add(end, entries, milliseconds(firstTime), milliseconds(lastTime));
      }
    }
    await this.#count(size, signal, told);
  }

  /** @throws DoubtError when the file is not what the index says */
  async read(index: number): Promise<SegmentContent> {
    const { start, end, lines } = this.table.at(index);
    const bytes = Buffer.allocUnsafeSlow(end - start);
    const { bytesRead } = await this.#handle.read(bytes, 0, bytes.length, start);
    const ends: number[] = [];
    const rest = this.#form.cut(bytes.subarray(0, bytesRead), 0, ends);
    if (rest === bytes.length && ends.length === lines) return { bytes, ends };
    this.#forget(true);
    throw new DoubtError();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #forget(distrusted: boolean): void {
    this.table.clear();
    this.#isOpen = false;
    this.#distrusted = distrusted;
    this.generation += 1;
  }

  async #checkpoints(path: string): Promise<ReturnType<typeof decodeCheckpoints>> {
    let index: FileHandle;
    try {
      index = await open(indexPathOf(path), 'r');
    } catch {
      return [];
    }
    try {
      const bytes = await index.readFile();
      return decodeHeader(bytes) === this.identity.ino ? decodeCheckpoints(bytes.subarray(checkpointHeaderSize)) : [];
    } catch {
      return [];
    } finally {
      await index.close();
    }
  }

  /** Counts records up to an offset. @returns whether one ends there */
  async #count(until: number, signal: AbortSignal | undefined, onProgress: ((done: number) => void) | undefined): Promise<boolean> {
    if (this.#isOpen && until > this.table.end) {
      this.table.pop();
      this.#isOpen = false;
    }
    let buffer = Buffer.allocUnsafeSlow(Math.min(block, Math.max(1, until - this.table.end)));
    while (this.table.end < until) {
      signal?.throwIfAborted();
      const from = this.table.end;
      const wanted = Math.min(buffer.length, until - from);
      const { bytesRead } = await this.#handle.read(buffer, 0, wanted, from);
      const bytes = buffer.subarray(0, bytesRead);
      const ends: number[] = [];
      const rest = this.#form.cut(bytes, 0, ends);
      if (rest > 0) this.#add(bytes, ends, from);
      onProgress?.(this.table.end);
      if (bytesRead < wanted || (rest === 0 && from + bytesRead >= until)) break;
      if (rest === 0) {
        if (buffer.length > 2 * maxRecord) break;
        buffer = Buffer.allocUnsafeSlow(buffer.length * 4);
      }
    }
    return this.table.end === until;
  }

  #add(bytes: Buffer, ends: readonly number[], from: number): void {
    let first = 0;
    let start = 0;
    for (const [index, end] of ends.entries()) {
      const isEnd = index === ends.length - 1;
      if (end - start < segmentSize && !isEnd) continue;
      const firstTime = this.#form.timeOf(bytes.subarray(start, ends[first]));
      const lastTime = this.#form.timeOf(bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
      this.table.add(from + end, index + 1 - first, firstTime, lastTime);
      this.#isOpen = end - start < segmentSize;
      first = index + 1;
      start = end;
    }
  }
}

/** The file has changed under the index, which has to be made again. */
export class DoubtError extends Error {
  constructor() {
    super('the index does not fit the log');
    this.name = 'DoubtError';
  }
}

function milliseconds(time: bigint): number {
  return Number(time / 1_000_000n) + Number(time % 1_000_000n) / 1e6;
}
