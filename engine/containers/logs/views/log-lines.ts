import { encodeLines, frameHeader, frameTypes } from '../../../../contract/log-frames.ts';
import type { FrameType, WireLine } from '../../../../contract/log-frames.ts';
import { plainText } from '../../../../contract/log-text.ts';
import { formatNanoseconds } from '../../../lib/time/timestamp.ts';
import { DoubtError } from '../index/indexed-file.ts';
import type { Cursor, LineReference } from '../index/merged-log.ts';
import { withoutDoubt } from '../index/container-log.ts';
import type { LogView } from './log-views.ts';
import { LogWatch } from './log-watch.ts';

/** Where reading begins. */
export type LogPosition =
  | { kind: 'row'; row: number }
  /** So many rows before the end. */
  | { kind: 'tail'; rows: number }
  /** The first row not before a time, milliseconds since 1970. */
  | { kind: 'time'; time: number }
  | { kind: 'line'; reference: LineReference };

export interface LogLinesOptions {
  from: LogPosition;
  /** Begin so many rows before that. */
  before: number;
  /** Infinity for all there are. */
  count: number;
  /** Stay for lines that come, until none of the containers runs. Lines of several containers come in the order in which they are found. */
  follow: boolean;
  /** Plain text instead of frames: time, the container's name where there are several, and the line without its escape sequences. */
  asText: boolean;
  signal: AbortSignal;
}

const linesAtOnce = 500;
const utf8 = (text: string) => Buffer.from(text);

export function frame(type: FrameType, payload: Uint8Array): Buffer {
  return Buffer.concat([frameHeader(type, payload.length), payload]);
}

export function jsonFrame(value: unknown): Buffer {
  return frame(frameTypes.json, Buffer.from(JSON.stringify(value)));
}

/** A frame that says which row is the first, then frames of lines. One batch at a time is in memory. Closes the view. */
export async function* streamLogLines(view: LogView, options: LogLinesOptions): AsyncGenerator<Buffer> {
  const { merged } = view;
  let news: LogWatch | undefined;
  try {
    if (options.follow) news = await LogWatch.open(view.containers, merged.logs.map(({ path }) => path), options.signal);
    // Before the look: lines that were written while it looked, by a container that ended then, come with the next one.
    let last = news === undefined || news.ended;
    for (const log of merged.logs) await log.refresh(options.signal);
    const row = Math.max(merged.first, (await withoutDoubt(merged.logs, () => rowOf(view, options.from))) - options.before);
    if (!options.asText) yield jsonFrame({ Row: row, First: merged.first, End: merged.end });
    if (options.count === 0) return;
    const cursors = await withoutDoubt(merged.logs, () => merged.cursorsAt(row));
    let left = options.count;
    for (;;) {
      for await (const lines of rowsOf(view, cursors, left)) {
        left -= lines.length;
        yield options.asText ? textOf(view, lines) : frame(frameTypes.lines, encodeLines(lines, utf8));
        if (options.signal.aborted) return;
      }
      if (last || left <= 0 || options.signal.aborted) return;
      await news!.next();
      last = news!.ended;
      for (const log of merged.logs) await log.refresh(options.signal);
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    news?.close();
    view.close();
  }
}

function textOf({ containers }: LogView, lines: readonly WireLine[]): Buffer {
  const names = containers.length > 1 ? containers.map(({ name }) => `${name} `) : [''];
  return Buffer.from(lines.map(({ source, time, text }) => `${time === 0n ? '' : `${formatNanoseconds(time)} `}${names[source] ?? ''}${plainText(text)}\n`).join(''));
}

/** Starts again where it was when the index had to be made anew. */
async function* rowsOf(view: LogView, cursors: readonly Cursor[], count: number): AsyncGenerator<WireLine[]> {
  let left = count;
  try {
    for await (const lines of view.merged.merge(cursors, left, linesAtOnce)) {
      left -= lines.length;
      yield lines;
    }
  } catch (error) {
    if (!(error instanceof DoubtError)) throw error;
    for (const log of view.merged.logs) await log.refresh();
    yield* view.merged.merge(cursors, left, linesAtOnce);
  }
}

async function rowOf({ merged }: LogView, from: LogPosition): Promise<number> {
  if (from.kind === 'row') return Math.min(from.row, merged.end);
  if (from.kind === 'tail') return merged.end - from.rows;
  if (from.kind === 'time') return merged.rowAt(from.time);
  return (await merged.rowOf(from.reference)) ?? merged.end;
}

/** Lines by their numbers in their containers' logs, in the order asked for. Closes the view. */
export async function* pickLogLines(view: LogView, references: readonly LineReference[], signal: AbortSignal): AsyncGenerator<Buffer> {
  const { merged } = view;
  try {
    for (const log of merged.logs) await log.refresh(signal);
    for (let at = 0; at < references.length && !signal.aborted; at += linesAtOnce) {
      const lines = await withoutDoubt(merged.logs, () => merged.lines(references.slice(at, at + linesAtOnce)));
      yield frame(frameTypes.lines, encodeLines(lines, utf8));
    }
  } finally {
    view.close();
  }
}
