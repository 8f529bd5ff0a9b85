import { closeSync, ftruncateSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { clockRealTime } from '../../lib/syscalls-process.ts';
import { formatNanoseconds } from '../../lib/timestamp.ts';
import { encodeJsonText, incompleteTail, maxGrowth } from './json-log-encoder.ts';
import { PendingLine } from './pending-line.ts';
import type { LogTarget } from '../protocol.ts';

/** Longest text of one entry; longer lines are split into entries without a newline at their end, as moby's copier does. */
export const maxEntryText = 16 * 1024;

/** Entries are gathered here, for all logs of the process, and written in one call per chunk of output. */
const batch = Buffer.allocUnsafeSlow(512 * 1024);
const entryOverhead = 256;
const opening = Buffer.from('{"log":"');
const newline = 10;

export type OutputStream = 'stdout' | 'stderr';

/**
 * The log of one container in moby's json-file format. A write that fails (disk full) loses its entries and never stops
 * the container; the next write tries again. Rotation: `x.log` becomes `x.log.1`, and so on, `maxFile` files in all; a
 * single file is emptied.
 */
export class JsonFileLog {
  readonly #target: LogTarget;
  #fd: number;
  #size: number;
  /** Text after the last newline; less than {@link maxEntryText} bytes. */
  readonly #pending: Record<OutputStream, PendingLine> = { stdout: new PendingLine(), stderr: new PendingLine() };
  #used = 0;
  #failed = false;

  constructor(target: LogTarget) {
    this.#target = target;
    this.#fd = openSync(target.path, 'a', 0o640);
    this.#size = fstatSync(this.#fd).size;
  }

  write(stream: OutputStream, chunk: Buffer): void {
    const ending = endingOf(stream);
    let start = this.#continueLine(stream, chunk, ending);
    while (start < chunk.length) {
      const newlineAt = chunk.indexOf(newline, start);
      let end = newlineAt + 1;
      // The newline does not count, and whether it has come yet does not matter: the split depends on the text alone.
      if ((newlineAt === -1 ? chunk.length : newlineAt) - start >= maxEntryText) {
        end = start + maxEntryText;
        end -= incompleteTail(chunk, start, end);
      } else if (newlineAt === -1) {
        this.#pending[stream].append(chunk, start, chunk.length);
        break;
      }
      this.#entry(chunk, start, end, ending);
      start = end;
    }
    this.#flush();
  }

  /** Writes what a stream said after its last newline: it has ended. */
  end(stream: OutputStream): void {
    const pending = this.#pending[stream];
    if (pending.length === 0) return;
    this.#entry(pending.bytes, 0, pending.length, endingOf(stream));
    pending.drop(pending.length);
    this.#flush();
  }

  close(): void {
    if (this.#fd === -1) return;
    this.end('stdout');
    this.end('stderr');
    closeSync(this.#fd);
    this.#fd = -1;
  }

  /** Gives the line that an earlier chunk began what this one has of it. @returns how much of the chunk is used up */
  #continueLine(stream: OutputStream, chunk: Buffer, ending: Buffer): number {
    const pending = this.#pending[stream];
    let start = 0;
    while (pending.length > 0 && start < chunk.length) {
      const newlineAt = chunk.indexOf(newline, start);
      const lineLength = pending.length + (newlineAt === -1 ? chunk.length : newlineAt) - start;
      const room = maxEntryText - pending.length;
      const end = lineLength >= maxEntryText ? start + room : newlineAt === -1 ? chunk.length : newlineAt + 1;
      pending.append(chunk, start, end);
      start = end;
      if (lineLength < maxEntryText && newlineAt === -1) break;
      const whole = lineLength < maxEntryText ? pending.length : maxEntryText - incompleteTail(pending.bytes, 0, maxEntryText);
      this.#entry(pending.bytes, 0, whole, ending);
      pending.drop(whole);
    }
    return start;
  }

  #entry(text: Buffer, start: number, end: number, ending: Buffer): void {
    const { maxSize } = this.#target;
    if (maxSize > 0 && this.#size + this.#used >= maxSize) {
      this.#flush();
      this.#rotate();
    }
    if (this.#used + (end - start) * maxGrowth + entryOverhead > batch.length) this.#flush();
    let offset = this.#used;
    offset += opening.copy(batch, offset);
    offset = encodeJsonText(text, start, end, batch, offset);
    offset += ending.copy(batch, offset);
    this.#used = offset;
  }

  #flush(): void {
    const bytes = this.#used;
    this.#used = 0;
    let written = 0;
    try {
      while (written < bytes) written += writeSync(this.#fd, batch, written, bytes - written);
      this.#failed = false;
    } catch (error) {
      // Half an entry would spoil the next one for readers.
      if (written > 0) ftruncateSync(this.#fd, fstatSync(this.#fd).size - written);
      if (!this.#failed) process.stderr.write(`log ${this.#target.path}: entries lost: ${(error as Error).message}\n`);
      this.#failed = true;
      return;
    }
    this.#size += bytes;
  }

  #rotate(): void {
    const { path, maxFile } = this.#target;
    try {
      if (maxFile < 2) {
        ftruncateSync(this.#fd, 0);
      } else {
        rmSync(`${path}.${maxFile - 1}`, { force: true });
        for (let number = maxFile - 2; number >= 1; number--) renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
        renameIfThere(path, `${path}.1`);
        const next = openSync(path, 'a', 0o640);
        closeSync(this.#fd);
        this.#fd = next;
      }
      this.#size = 0;
    } catch (error) {
      process.stderr.write(`log ${path}: not rotated: ${(error as Error).message}\n`);
    }
  }
}

function endingOf(stream: OutputStream): Buffer {
  return Buffer.from(`","stream":"${stream}","time":"${formatNanoseconds(clockRealTime())}"}\n`);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
