import type { FileHandle } from 'node:fs/promises';
import { findLastLines, splitLines } from './json-lines.ts';
import { findLastRecords, parseLocalEntry, splitRecords } from './local-records.ts';
import { parseJsonEntry } from './log-entry.ts';
import type { LogEntry } from './log-entry.ts';

/** How the files of a log driver are read. */
export interface LogCodec {
  /** The whole records in `bytes`, and where the one begins that is not whole. */
  split(bytes: Buffer): { records: Buffer[]; rest: number };
  /** undefined for a record that is none. */
  parse(record: Buffer): LogEntry | undefined;
  /**
   * Where the last `count` records of a file begin, found from its end.
   * @param size bytes of the file that count; a record still being written lies behind them.
   * @returns the offset, and how many records there are from it to the end (fewer than `count` when the file is shorter).
   */
  findTail(file: FileHandle, size: number, count: number): Promise<{ offset: number; lines: number }>;
}

const jsonFile: LogCodec = { split: splitLines, parse: parseJsonEntry, findTail: findLastLines };
const local: LogCodec = { split: splitRecords, parse: parseLocalEntry, findTail: findLastRecords };

export function codecOf(driver: string | undefined): LogCodec {
  return driver === 'local' ? local : jsonFile;
}
