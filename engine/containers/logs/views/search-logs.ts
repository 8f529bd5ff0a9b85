import { encodeMatches, frameTypes } from '../../../../contract/log-frames.ts';
import { InvalidParameterError } from '../../../errors.ts';
import type { LogCondition, LogJob } from '../search/log-job.ts';
import { runLogJob, searchThreads } from '../search/log-threads.ts';
import { frame, jsonFrame } from './log-lines.ts';
import type { LogView } from './log-views.ts';

export interface LogSearchOptions {
  condition: LogCondition;
  /** So many matches of each container are told; all are counted. */
  limit: number;
  /** Per container the number of the line to begin with; all where it is not said. */
  from: readonly number[];
  signal: AbortSignal;
}

const segmentsAtOnce = 128;
const matchesAtOnce = 4000;

interface SearchPart {
  source: number;
  job: LogJob;
  base: number;
  bytes: number;
}

/** @throws InvalidParameterError for a pattern that is none */
export function checkCondition({ pattern, ignoreCase }: LogCondition): void {
  if (pattern === undefined) return;
  if (pattern.length > 2000) throw new InvalidParameterError('the pattern is longer than 2000 characters');
  try {
    new RegExp(pattern, ignoreCase ? 'i' : '');
  } catch (error) {
    throw new InvalidParameterError(`the pattern is no regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}`);
  }
}

/**
 * Frames of matches, container after container and in ascending order of lines, each followed by a JSON frame `{Searched, Bytes, Matches, End}`; the last of
 * those has `Done`. `End` says up to which line of each container has been looked. Closes the view.
 */
export async function* searchLogs(view: LogView, options: LogSearchOptions): AsyncGenerator<Buffer> {
  const { condition, limit, from, signal } = options;
  const { logs } = view.merged;
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const running: { part: SearchPart; answer: ReturnType<typeof runLogJob> }[] = [];
  try {
    for (const log of logs) await log.refresh(signal);
    const end = logs.map((log) => log.end);
    const parts = logs.flatMap((_, source) => partsOf(view, source, from[source] ?? 0, condition, limit));
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const told = logs.map(() => 0);
    let [searched, matches, next] = [0, 0, 0];
    for (;;) {
      while (running.length < searchThreads && next < parts.length) {
        const part = parts[next++]!;
        const answer = runLogJob(part.job, stopped);
        answer.catch(() => undefined);
        running.push({ part, answer });
      }
      const first = running.shift();
      if (first === undefined) break;
      const found = await first.answer;
      if (found.kind !== 'matches') continue;
      const { source, base } = first.part;
      const pairs = found.pairs.subarray(0, 2 * Math.max(0, limit - told[source]!));
      for (let at = 0; at < pairs.length; at += 2) pairs[at]! += base;
      told[source]! += pairs.length / 2;
      for (let at = 0; at < pairs.length; at += 2 * matchesAtOnce) yield frame(frameTypes.matches, encodeMatches(source, pairs.subarray(at, at + 2 * matchesAtOnce)));
      searched += first.part.bytes;
      matches += found.count;
      if (running.length > 0 || next < parts.length) yield jsonFrame({ Searched: searched, Bytes: bytes, Matches: matches, End: end });
    }
    yield jsonFrame({ Searched: searched, Bytes: bytes, Matches: matches, End: end, Done: true });
  } catch (error) {
    if (signal.aborted) return;
    // The answer has begun: how it failed is its last frame.
    yield jsonFrame({ Error: error instanceof Error ? error.message : String(error), Done: true });
  } finally {
    stop.abort();
    await Promise.allSettled(running.map(({ answer }) => answer));
    view.close();
  }
}

function partsOf(view: LogView, source: number, from: number, condition: LogCondition, limit: number): SearchPart[] {
  const log = view.merged.logs[source]!;
  const parts: SearchPart[] = [];
  for (const { file, base } of log.parts) {
    const { table } = file;
    const first = from <= base ? 0 : table.ofLine(from - base);
    if (first < 0) continue;
    for (let at = first; at < table.count; at += segmentsAtOnce) {
      const cells: number[] = [];
      for (let index = at; index < Math.min(table.count, at + segmentsAtOnce); index += 1) {
        const { start, end, line } = table.at(index);
        cells.push(start, end, line);
      }
      const job: LogJob = { kind: 'search', stretch: { fd: file.fd, driver: log.driver, segments: Float64Array.from(cells) }, condition, limit, from: from - base };
      parts.push({ source, job, base, bytes: cells.at(-2)! - cells[0]! });
    }
  }
  return parts;
}
