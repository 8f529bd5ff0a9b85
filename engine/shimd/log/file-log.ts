import { closeSync, ftruncateSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { clockRealTime } from '../../lib/syscalls/process.ts';
import type { LogTarget } from '../protocol.ts';
import { CheckpointWriter } from './checkpoint-writer.ts';
import { indexPathOf } from './checkpoints.ts';
import { compressRotated, removeUnfinished } from './compress.ts';
import { incompleteTail } from './json-log-encoder.ts';
import { JsonRecordEncoder } from './json-record.ts';
import { LocalRecordEncoder } from './local-record.ts';
import { PendingLine } from './pending-line.ts';

/** Longest text of one entry; longer lines are split into entries without a newline at their end, as moby's copier does. */
export const maxEntryText = 16 * 1024;

/** Entries are gathered here, for all logs of the process, and written in one call per chunk of output. */
const batch = Buffer.allocUnsafeSlow(512 * 1024);
const newlineByte = 10;

export type OutputStream = 'stdout' | 'stderr';

/** How a log driver writes one entry. */
export interface RecordEncoder {
  /** The next entries come from one chunk of a stream's output, and have its time (nanoseconds since 1970). */
  begin(stream: OutputStream, time: bigint): void;
  /** The most bytes that an entry of so much text can take. */
  room(textLength: number): number;
  /** Writes `text[start..end)`, with its newline unless the line goes on. @returns the offset after it */
  encode(text: Buffer, start: number, end: number, target: Buffer, offset: number): number;
}

/**
 * The log of one container in the format of a driver. A write that fails (disk full) loses its entries and never stops
 * the container; the next write tries again. Rotation: `x.log` becomes `x.log.1` (`x.log.1.gz` after a while, where that
 * is asked for), and so on, `maxFile` files in all; a single file is emptied.
 */
export class FileLog {
  readonly #target: LogTarget;
  readonly #encoder: RecordEncoder;
  #fd: number;
  #size: number;
  #checkpoints: CheckpointWriter;
  /** Of the entries in the batch, which have it in common. */
  #time = 0n;
  /** Text after the last newline; less than {@link maxEntryText} bytes. */
  readonly #pending: Record<OutputStream, PendingLine> = { stdout: new PendingLine(), stderr: new PendingLine() };
  #used = 0;
  #entries = 0;
  /** Since the last write that succeeded; null while writes succeed. */
  #lost: number | null = null;

  constructor(target: LogTarget) {
    this.#target = target;
    this.#encoder = target.driver === 'local' ? new LocalRecordEncoder() : new JsonRecordEncoder(target.attributes);
    this.#fd = openSync(target.path, 'a', 0o640);
    this.#size = fstatSync(this.#fd).size;
    this.#checkpoints = new CheckpointWriter(target.path, this.#fd, this.#size);
    if (target.compress === true) removeUnfinished(target.path);
  }

  write(stream: OutputStream, chunk: Buffer): void {
    this.#begin(stream);
    let start = this.#continueLine(stream, chunk);
    while (start < chunk.length) {
      const newlineAt = chunk.indexOf(newlineByte, start);
      let end = newlineAt + 1;
      // The newline does not count, and whether it has come yet does not matter: the split depends on the text alone.
      if ((newlineAt === -1 ? chunk.length : newlineAt) - start >= maxEntryText) {
        end = start + maxEntryText;
        end -= incompleteTail(chunk, start, end);
      } else if (newlineAt === -1) {
        this.#pending[stream].append(chunk, start, chunk.length);
        break;
      }
      this.#entry(chunk, start, end);
      start = end;
    }
    this.#flush();
  }

  /** Writes what a stream said after its last newline: it has ended. */
  end(stream: OutputStream): void {
    const pending = this.#pending[stream];
    if (pending.length === 0) return;
    this.#begin(stream);
    this.#entry(pending.bytes, 0, pending.length);
    pending.drop(pending.length);
    this.#flush();
  }

  close(): void {
    if (this.#fd === -1) return;
    this.end('stdout');
    this.end('stderr');
    this.#checkpoints.close();
    closeSync(this.#fd);
    this.#fd = -1;
  }

  #begin(stream: OutputStream): void {
    this.#time = clockRealTime();
    this.#encoder.begin(stream, this.#time);
  }

  /** Gives the line that an earlier chunk began what this one has of it. @returns how much of the chunk is used up */
  #continueLine(stream: OutputStream, chunk: Buffer): number {
    const pending = this.#pending[stream];
    let start = 0;
    while (pending.length > 0 && start < chunk.length) {
      const newlineAt = chunk.indexOf(newlineByte, start);
      const lineLength = pending.length + (newlineAt === -1 ? chunk.length : newlineAt) - start;
      const room = maxEntryText - pending.length;
      const end = lineLength >= maxEntryText ? start + room : newlineAt === -1 ? chunk.length : newlineAt + 1;
      pending.append(chunk, start, end);
      start = end;
      if (lineLength < maxEntryText && newlineAt === -1) break;
      const whole = lineLength < maxEntryText ? pending.length : maxEntryText - incompleteTail(pending.bytes, 0, maxEntryText);
      this.#entry(pending.bytes, 0, whole);
      pending.drop(whole);
    }
    return start;
  }

  #entry(text: Buffer, start: number, end: number): void {
    const { maxSize } = this.#target;
    if (maxSize > 0 && this.#size + this.#used >= maxSize) {
      this.#flush();
      this.#rotate();
    }
    if (this.#used + this.#encoder.room(end - start) > batch.length) this.#flush();
    this.#used = this.#encoder.encode(text, start, end, batch, this.#used);
    this.#entries += 1;
  }

  #flush(): void {
    const bytes = this.#used;
    const entries = this.#entries;
    this.#used = this.#entries = 0;
    let written = 0;
    try {
      while (written < bytes) written += writeSync(this.#fd, batch, written, bytes - written);
    } catch (error) {
      // Half an entry would spoil the next one for readers.
      if (written > 0) ftruncateSync(this.#fd, fstatSync(this.#fd).size - written);
      if (this.#lost === null) process.stderr.write(`log ${this.#target.path}: not written: ${(error as Error).message}\n`);
      this.#lost = (this.#lost ?? 0) + entries;
      return;
    }
    // Again, and how many: where the disk was full, the line before was lost as well.
    if (this.#lost !== null) process.stderr.write(`log ${this.#target.path}: written again, ${this.#lost} entries lost\n`);
    this.#lost = null;
    this.#size += bytes;
    if (entries > 0) this.#checkpoints.add(bytes, entries, this.#time);
  }

  #rotate(): void {
    const { path, maxFile, compress } = this.#target;
    try {
      if (maxFile < 2) {
        ftruncateSync(this.#fd, 0);
        this.#checkpoints.restart();
      } else {
        this.#checkpoints.close();
        for (const suffix of ['', '.gz', '.idx']) {
          rmSync(`${path}.${maxFile - 1}${suffix}`, { force: true });
          for (let number = maxFile - 2; number >= 1; number--) renameIfThere(`${path}.${number}${suffix}`, `${path}.${number + 1}${suffix}`);
        }
        renameIfThere(path, `${path}.1`);
        renameIfThere(indexPathOf(path), indexPathOf(`${path}.1`));
        if (compress === true) compressRotated(path, maxFile);
        const next = openSync(path, 'a', 0o640);
        closeSync(this.#fd);
        this.#fd = next;
        this.#checkpoints = new CheckpointWriter(path, next, 0);
      }
      this.#size = 0;
    } catch (error) {
      process.stderr.write(`log ${path}: not rotated: ${(error as Error).message}\n`);
    }
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
