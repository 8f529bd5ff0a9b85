import { parseTimestamp } from '../../lib/time/timestamp.ts';
import type { LogCodec } from './log-codec.ts';
import { logFiles, LogFileReader } from './log-files.ts';

/** A file to read, and where to begin in it. */
export interface LogStart {
  file: string;
  offset: number;
  /** Open, at the offset. Compressed files are opened when their turn comes: they are unpacked as a whole. */
  reader: LogFileReader | undefined;
}

/** Records looked at first from the end of a file, and how many times more at each further look. */
const firstLook = 256;
const growth = 4;

/** A log that is rotated faster than its files can be opened is read with a gap. */
const attempts = 5;

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
    if (all && file.endsWith('.gz')) {
      start.unshift({ file, offset: 0, reader: undefined });
      continue;
    }
    const reader = await LogFileReader.open(file, codec);
    if (reader === undefined) continue;
    const newer = start[0];
    const here: LogStart = { file, offset: 0, reader };
    start.unshift(here);
    if ((await newer?.reader?.is(file)) === true) return true;
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
  return false;
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
