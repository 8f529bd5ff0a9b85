import { parseTimestamp } from '../../../lib/time/timestamp.ts';
import { parseLocalEntry } from '../local-records.ts';
import { parseJsonEntry } from '../log-entry.ts';

/** One line of a log as it is shown. */
export interface LogRecord {
  text: string;
  stderr: boolean;
  /** The process's line was longer than an entry holds, and goes on in the next. */
  goesOn: boolean;
  /** Nanoseconds since 1970; 0 where it is not known. */
  time: bigint;
  /** false: the bytes are no entry (a crash tore it), and stand there as they are. */
  readable: boolean;
}

/** How a log driver's records are cut and read. Whatever the bytes, every byte belongs to a record: numbers of lines never depend on what can be read. */
export interface RecordForm {
  /**
   * Adds to `ends` the offset behind each whole record of `bytes[from…]`.
   * @returns the offset behind the last
   */
  cut(bytes: Buffer, from: number, ends: number[]): number;
  read(record: Buffer): LogRecord;
  /** Milliseconds since 1970 with fractions; NaN where there is none. */
  timeOf(record: Buffer): number;
}

/** No driver writes longer records; torn bytes are cut so that no line is longer. */
export const maxRecord = 1024 * 1024;
const newline = 10;
const timeSpan = 64;

const unreadable = (record: Buffer): LogRecord => ({
  text: record.subarray(0, 16 * 1024).toString('utf8').replace(/\0+/g, '\u2400').trimEnd(),
  stderr: false,
  goesOn: false,
  time: 0n,
  readable: false,
});

const jsonForm: RecordForm = {
  cut(bytes, from, ends) {
    let start = from;
    for (;;) {
      const at = bytes.indexOf(newline, start);
      const end = at === -1 ? bytes.length : at + 1;
      if (end - start > maxRecord || (at === -1 && end - start === maxRecord)) start += maxRecord;
      else if (at === -1) return start;
      else start = end;
      ends.push(start);
    }
  },
  read(record) {
    const entry = parseJsonEntry(record);
    if (entry === undefined) return unreadable(record);
    return shown(entry.text, entry.stream === 'stderr', parseTimestamp(entry.time) ?? 0n);
  },
  timeOf(record) {
    // The last field of what shimd writes: only the end of a long record is looked at.
    const tail = record.toString('latin1', Math.max(0, record.length - timeSpan));
    const at = tail.lastIndexOf('"time":"');
    if (at === -1) return millisecondsOf(parseJsonEntry(record)?.time ?? '');
    return millisecondsOf(tail.slice(at + 8, tail.indexOf('"', at + 8)));
  },
};

const frame = 8;
const bodyStart = Buffer.from('\n\x06std');

const localForm: RecordForm = {
  cut(bytes, from, ends) {
    let start = from;
    while (start + frame <= bytes.length) {
      const size = bytes.readUInt32BE(start);
      const end = start + frame + size;
      const isFrame = size > 0 && size <= maxRecord;
      if (isFrame && end > bytes.length) return start;
      if (isFrame && bytes.readUInt32BE(end - 4) === size) start = end;
      else {
        // Torn by a crash: the next record is where something looks like one.
        const next = bytes.indexOf(bodyStart, start + 5);
        if (next === -1 && bytes.length - start <= maxRecord) return start;
        start = Math.min(next === -1 ? bytes.length : next - 4, start + maxRecord);
      }
      ends.push(start);
    }
    return start;
  },
  read(record) {
    const entry = parseLocalEntry(record.subarray(4, -4));
    return entry === undefined ? unreadable(record) : shown(entry.text, entry.stream === 'stderr', parseTimestamp(entry.time) ?? 0n);
  },
  timeOf: (record) => {
    const entry = parseLocalEntry(record.subarray(4, -4));
    return entry === undefined ? Number.NaN : millisecondsOf(entry.time);
  },
};

function shown(text: string, stderr: boolean, time: bigint): LogRecord {
  const goesOn = !text.endsWith('\n');
  return { text: goesOn ? text : text.slice(0, -1), stderr, goesOn, time, readable: true };
}

let second = '';
let secondTime = Number.NaN;

/** Of RFC 3339 in UTC. The lines of a second share its parsing. */
function millisecondsOf(time: string): number {
  const head = time.slice(0, 19);
  if (head !== second) {
    second = head;
    secondTime = Date.parse(`${head}Z`);
  }
  return secondTime + (time.charCodeAt(19) === 46 ? Number(time.slice(19, -1)) * 1000 : 0);
}

export type LogDriver = 'json-file' | 'local';

export function recordForm(driver: LogDriver): RecordForm {
  return driver === 'local' ? localForm : jsonForm;
}
