import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { checkpointHeaderSize, checkpointSize, decodeHeader, encodeCheckpoint, encodeHeader, indexPathOf } from './checkpoints.ts';

/** A stretch is at least so long: small enough to be read for one line, large enough that the index is a three-thousandth of its log. */
const stretch = 128 * 1024;
const record = Buffer.alloc(checkpointSize);

/**
 * Keeps the index of the log that is being written. Never fails: an index that cannot be written has a gap, which its readers
 * count over.
 */
export class CheckpointWriter {
  #fd = -1;
  #start: number;
  #end: number;
  #entries = 0;
  #firstTime = 0n;
  #lastTime = 0n;

  /** @param log its path; @param fd of the log, which holds `size` bytes so far */
  constructor(log: string, fd: number, size: number) {
    this.#start = this.#end = size;
    try {
      this.#fd = openSync(indexPathOf(log), 'a+', 0o640);
      const inode = fstatSync(fd, { bigint: true }).ino;
      const header = Buffer.alloc(checkpointHeaderSize);
      readSync(this.#fd, header, 0, header.length, 0);
      const length = fstatSync(this.#fd).size;
      if (decodeHeader(header) !== inode || size === 0) this.#begin(inode);
      // Half a record, of a crash, would shift all that follow.
      else if ((length - checkpointHeaderSize) % checkpointSize !== 0) ftruncateSync(this.#fd, length - ((length - checkpointHeaderSize) % checkpointSize));
    } catch {
      this.#giveUp();
    }
  }

  /** So many bytes with so many entries, all of one moment, are in the log now. */
  add(bytes: number, entries: number, time: bigint): void {
    if (this.#entries === 0) this.#firstTime = time;
    this.#lastTime = time;
    this.#entries += entries;
    this.#end += bytes;
    if (this.#end - this.#start >= stretch) this.#write();
  }

  /** The log has been emptied. */
  restart(): void {
    this.#start = this.#end = 0;
    this.#entries = 0;
    if (this.#fd === -1) return;
    try {
      ftruncateSync(this.#fd, checkpointHeaderSize);
    } catch {
      this.#giveUp();
    }
  }

  close(): void {
    if (this.#entries > 0) this.#write();
    this.#giveUp();
  }

  #begin(inode: bigint): void {
    ftruncateSync(this.#fd, 0);
    writeSync(this.#fd, encodeHeader(inode));
  }

  #write(): void {
    encodeCheckpoint({ start: this.#start, end: this.#end, firstTime: this.#firstTime, lastTime: this.#lastTime, entries: this.#entries }, record);
    this.#start = this.#end;
    this.#entries = 0;
    if (this.#fd === -1) return;
    try {
      const written = writeSync(this.#fd, record);
      if (written < record.length) ftruncateSync(this.#fd, fstatSync(this.#fd).size - written);
    } catch {
      // A full disk: this stretch stays a gap.
    }
  }

  #giveUp(): void {
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
  }
}
