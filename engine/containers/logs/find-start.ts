import { parseTimestamp } from '../../lib/time/timestamp.ts';
import type { LogCodec } from './log-codec.ts';
import { identityOf, isSameFile, logFiles, LogFileReader, openKnown } from './log-files.ts';
import type { FileIdentity } from './log-files.ts';

/** A file to read, and where to begin in it. */
export interface LogStart {
  file: string;
  offset: number;
  /** Open, at the offset; absent for compressed files, which are unpacked as a whole when their turn comes. */
  reader: LogFileReader | undefined;
  /** Which file it is where `reader` is absent: names move on with each rotation. */
  identity?: FileIdentity;
}

/** Records looked at first from the end of a file, and how many times more at each further look. */
const firstLook = 256;
const growth = 4;

/** A log that is rotated faster than its files can be opened is read with a gap. */
const attempts = 20;

/**
 * The files to read and where to begin in the first: `tail` entries come out, or all since a moment with a few before it, which
 * the reader leaves out. Both are found from the end: who comes back to a log of gigabytes must not wait until it has been read.
 * Times are taken to grow; after a clock was set back, entries from before that may be left out.
 * The caller closes the readers.
 */
export async function findStart(path: string, codec: LogCodec, options: { tail: number | null; since?: bigint }): Promise<LogStart[]> {
  for (let attempt = 1; ; attempt += 1) {
    const start: LogStart[] = [];
    try {
      const rotated = await openFromEnd(path, codec, options, start);
      if (!rotated || attempt === attempts) {
        for (const { reader, offset } of start) reader?.seek(offset);
        return start;
      }
    } catch (error) {
      await closeAll(start);
      throw error;
    }
    await closeAll(start);
  }
}

/** @param start filled, oldest file first @returns whether files changed their names meanwhile, so that one may be missing */
async function openFromEnd(path: string, codec: LogCodec, { tail, since }: { tail: number | null; since?: bigint }, start: LogStart[]): Promise<boolean> {
  const all = tail === null && since === undefined;
  let missing = tail ?? 0;
  for (const file of (await logFiles(path)).reverse()) {
    const newer = start[0];
    if (all && file.endsWith('.gz')) {
      const identity = await identityOf(file);
      if (identity === null || (await isOf(newer, file, identity))) return true;
      start.unshift({ file, offset: 0, reader: undefined, identity });
      continue;
    }
    const reader = await LogFileReader.open(file, codec);
    // It was there a moment ago: rotated on, or compressed, or the container is removed.
    if (reader === undefined) return true;
    const here: LogStart = { file, offset: 0, reader };
    start.unshift(here);
    if (await isOf(newer, file, undefined)) return true;
    if (all) continue;
    const { size } = await reader.file.stat();
    if (tail === null) {
      here.offset = await offsetOf(reader, codec, size, since!);
      if (here.offset > 0) return false;
    } else {
      const found = missing === 0 ? { offset: size, lines: 0 } : await codec.findTail(reader.file, size, missing);
      here.offset = found.offset;
      missing -= found.lines;
      if (missing <= 0) return false;
    }
  }
  const newest = start.at(-1);
  if (newest?.reader === undefined || newest.file !== path || (await newest.reader.is(path))) return false;
  // Where nothing is left the container has been removed: what is open is all that there is.
  return (await logFiles(path)).length > 0;
}

/** Whether the file that was newer has the name by now. */
async function isOf(newer: LogStart | undefined, file: string, identity: FileIdentity | undefined): Promise<boolean> {
  if (newer?.identity !== undefined) return isSameFile(newer.identity, identity ?? (await identityOf(file)));
  return (await newer?.reader?.is(file)) === true;
}

/** The file of a start, open at its offset; undefined when it has been rotated away since. The caller closes it. */
export async function openStart(path: string, codec: LogCodec, { file, offset, reader, identity }: LogStart): Promise<LogFileReader | undefined> {
  if (reader !== undefined) return reader;
  return identity === undefined ? LogFileReader.open(file, codec, offset) : openKnown(path, codec, identity);
}

export async function closeAll(start: readonly LogStart[]): Promise<void> {
  for (const { reader } of start) await reader?.close();
}

/** @returns 0 when the file may begin after the moment */
async function offsetOf(reader: LogFileReader, codec: LogCodec, size: number, since: bigint): Promise<number> {
  if (size === 0 || !(await isBefore(reader, codec, 0, since))) return 0;
  for (let count = firstLook; ; count *= growth) {
    const { offset } = await codec.findTail(reader.file, size, count);
    if (offset === 0 || (await isBefore(reader, codec, offset, since))) return offset;
  }
}

async function isBefore(reader: LogFileReader, codec: LogCodec, offset: number, since: bigint): Promise<boolean> {
  reader.seek(offset);
  const [record] = await reader.read();
  const entry = record === undefined ? undefined : codec.parse(record);
  return entry !== undefined && (parseTimestamp(entry.time) ?? since) < since;
}
