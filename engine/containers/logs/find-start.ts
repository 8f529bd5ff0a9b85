import { parseTimestamp } from '../../lib/timestamp.ts';
import type { LogCodec } from './log-codec.ts';
import { logFiles, LogFileReader } from './log-files.ts';

/** A file to read, and where to begin in it. */
export interface LogStart {
  file: string;
  offset: number;
}

/** Records looked at first from the end of a file, and how many times more at each further look. */
const firstLook = 256;
const growth = 4;

/**
 * The files to read and where to begin in the first: `tail` entries come out, or all since a moment with a few before it, which
 * the reader leaves out. Both are found from the end: who comes back to a log of gigabytes must not wait until it has been read.
 * Times are taken to grow; after a clock was set back, entries from before that may be left out.
 */
export async function findStart(path: string, codec: LogCodec, { tail, since }: { tail: number | null; since?: bigint }): Promise<LogStart[]> {
  const files = await logFiles(path);
  if (tail === null && since === undefined) return files.map((file) => ({ file, offset: 0 }));
  const start: LogStart[] = [];
  let missing = tail ?? 0;
  for (const file of files.reverse()) {
    const reader = await LogFileReader.open(file, codec);
    if (reader === undefined) continue;
    try {
      const { size } = await reader.file.stat();
      if (tail === null) {
        const offset = await offsetOf(reader, codec, size, since!);
        start.unshift({ file, offset });
        if (offset > 0) break;
      } else {
        const found = missing === 0 ? { offset: size, lines: 0 } : await codec.findTail(reader.file, size, missing);
        start.unshift({ file, offset: found.offset });
        missing -= found.lines;
        if (missing <= 0) break;
      }
    } finally {
      await reader.close();
    }
  }
  return start;
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
