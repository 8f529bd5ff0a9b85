import { levelOf, plainText, type LogLevel } from '../../../contract/log-text.ts';

export { levelOf, type LogLevel };

export interface LogLine {
  /** Counts up from 0 in the order of arrival; stays when older lines are dropped. */
  number: number;
  stream: 'stdout' | 'stderr';
  /** Milliseconds since the epoch; undefined when the engine sent none. */
  time: number | undefined;
  level: LogLevel | undefined;
  /** With its escape sequences, without the time stamp. */
  raw: string;
  /** As it is read and searched. */
  text: string;
}

/** The three letters of the level column. */
export const levelLetters: Record<LogLevel, string> = { error: 'ERR', warning: 'WRN', info: 'INF', debug: 'DBG' };

/** One line of a chunk, with the RFC 3339 time in front that `timestamps=1` puts there. */
export function parseLogLine(number: number, stream: 'stdout' | 'stderr', line: string): LogLine {
  const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/.exec(line);
  const time = stamp?.[1] === undefined ? Number.NaN : Date.parse(stamp[1].replace(/(\.\d{3})\d+/, '$1'));
  const isStamped = !Number.isNaN(time);
  const raw = isStamped && stamp !== null ? line.slice(stamp[0].length) : line;
  const text = plainText(raw);
  return { number, stream, time: isStamped ? time : undefined, level: levelOf(text), raw, text };
}

/** `14:02:09.020` in the person's own time zone. */
export function formatLogTime(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
