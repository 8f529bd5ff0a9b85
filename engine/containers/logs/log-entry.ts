import { encodeStdHeader } from '../../../contract/stdcopy.ts';
import { parseTimestamp } from '../../lib/time/timestamp.ts';

/** One entry of a log, whatever the driver. */
export interface LogEntry {
  /** With its newline, unless the process's line was longer than an entry holds. */
  text: string;
  stream: 'stdout' | 'stderr';
  /** RFC 3339 with nanoseconds. */
  time: string;
  attributes: Record<string, string> | undefined;
}

/** Of a line of the json-file log; undefined for one that a crash tore. */
export function parseJsonEntry(line: Buffer): LogEntry | undefined {
  try {
    const value = JSON.parse(line.toString('utf8')) as { log?: unknown; stream?: unknown; time?: unknown; attrs?: Record<string, string> };
    if (typeof value.log !== 'string' || typeof value.time !== 'string') return undefined;
    return { text: value.log, stream: value.stream === 'stderr' ? 'stderr' : 'stdout', time: value.time, attributes: value.attrs };
  } catch {
    return undefined;
  }
}

export interface LogFormat {
  stdout: boolean;
  stderr: boolean;
  /** Nanoseconds since 1970; entries before it are left out. */
  since?: bigint;
  /** Entries after it are left out, and end a stream that follows. */
  until?: bigint;
  timestamps: boolean;
  details: boolean;
  /** Frames for clients that tell the streams apart; raw bytes where a terminal has mixed them. */
  multiplexed: boolean;
}

/** What goes to the client for one entry: its bytes, `skip`, or `end` when it and all after it are too late. */
export function formatLogEntry(entry: LogEntry, format: LogFormat): Buffer | 'skip' | 'end' {
  if (format.since !== undefined || format.until !== undefined) {
    const time = parseTimestamp(entry.time) ?? 0n;
    if (format.until !== undefined && time > format.until) return 'end';
    if (format.since !== undefined && time < format.since) return 'skip';
  }
  if (!format[entry.stream]) return 'skip';
  let text = entry.text;
  // The blank is there without any too, as in moby.
  if (format.details) text = `${attributeText(entry.attributes ?? {})} ${text}`;
  if (format.timestamps) text = `${fixedTime(entry.time)} ${text}`;
  const payload = Buffer.from(text);
  return format.multiplexed ? Buffer.concat([encodeStdHeader(entry.stream, payload.length), payload]) : payload;
}

/** Go's RFC3339NanoFixed: always nine decimals, so that columns line up. */
function fixedTime(time: string): string {
  const found = /^(.{19})(?:\.(\d+))?Z$/.exec(time);
  return found === null ? time : `${found[1]}.${(found[2] ?? '').padEnd(9, '0')}Z`;
}

/** As Go's url.QueryEscape. */
function escape(text: string): string {
  return encodeURIComponent(text).replace(/%20/g, '+').replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function attributeText(attributes: Record<string, string>): string {
  const pairs = Object.entries(attributes).map(([name, value]) => `${escape(name)}=${escape(value)}`);
  return pairs.sort().join(',');
}
