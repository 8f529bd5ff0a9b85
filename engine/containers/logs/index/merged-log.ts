import type { WireLine } from '../../../../contract/log-frames.ts';
import type { ContainerLog, LogSegment } from './container-log.ts';

/** A line by its container and its number there. */
export interface LineReference {
  source: number;
  line: number;
}

/** Where the reading of one of the logs is. */
export interface Cursor {
  log: ContainerLog;
  source: number;
  line: number;
  segment: LogSegment | undefined;
  time: number;
}

/**
 * Several logs as one, by the time of their lines; lines of the same moment in the order of the logs. Rows are numbered over all of
 * them. Nothing is sorted: a row is found by bisecting time over the indexes, and by reading one segment of each log.
 */
export class MergedLog {
  readonly logs: readonly ContainerLog[];

  constructor(logs: readonly ContainerLog[]) {
    this.logs = logs;
  }

  /** The first row that is still there. */
  get first(): number {
    return this.logs.reduce((sum, { first }) => sum + first, 0);
  }

  get end(): number {
    return this.logs.reduce((sum, { end }) => sum + end, 0);
  }

  /** Rows `from` … `from + count`, as many as there are, in batches. */
  async *rows(from: number, count: number, batch: number): AsyncGenerator<WireLine[]> {
    yield* this.merge(await this.cursorsAt(from), count, batch);
  }

  /** On from where the cursors are, which move along; they can be asked again when the logs have grown. */
  async *merge(cursors: readonly Cursor[], count: number, batch: number): AsyncGenerator<WireLine[]> {
    for (const cursor of cursors) await settle(cursor);
    let lines: WireLine[] = [];
    for (let left = count; left > 0; left -= 1) {
      const next = earliest(cursors);
      if (next === undefined) break;
      lines.push({ source: next.source, line: next.line, ...next.log.record(next.segment!, next.line) });
      next.line += 1;
      if (!stepWithin(next)) await settle(next);
      if (lines.length < batch) continue;
      yield lines;
      lines = [];
    }
    if (lines.length > 0) yield lines;
  }

  /** Lines by reference, in this order; one that is not there (any more) is left out. */
  async lines(references: readonly LineReference[]): Promise<WireLine[]> {
    const lines: WireLine[] = [];
    for (const { source, line } of references) {
      const log = this.logs[source];
      const segment = await log?.segmentOf(line);
      if (log !== undefined && segment !== undefined) lines.push({ source, line, ...log.record(segment, line) });
    }
    return lines;
  }

  /** The first row that was not written before a time, milliseconds since 1970. */
  async rowAt(time: number): Promise<number> {
    let row = 0;
    for (const log of this.logs) row += await log.lineAt(time);
    return row;
  }

  /** undefined for a line that is not there. */
  async rowOf({ source, line }: LineReference): Promise<number | undefined> {
    const own = this.logs[source];
    const segment = await own?.segmentOf(line);
    if (own === undefined || segment === undefined) return undefined;
    const time = own.timesOf(segment)[line - segment.first]!;
    let row = line;
    for (const [index, log] of this.logs.entries()) if (index !== source) row += await log.lineAt(time, index < source);
    return row;
  }

  /** Errors, warnings and lines in equal parts of the rows, as far as they have been counted. */
  map(buckets: number): { lines: number[]; errors: number[]; warnings: number[] } {
    const map = { lines: zeros(buckets), errors: zeros(buckets), warnings: zeros(buckets) };
    const [first, rows] = [this.first, Math.max(1, this.end - this.first)];
    for (const [source, log] of this.logs.entries()) {
      for (const part of log.parts) {
        part.levels.each((line, lines, errors, warnings) => {
          let row = part.base + line + lines / 2;
          const index = part.file.table.ofLine(line);
          if (this.logs.length > 1 && index >= 0) {
            const { time } = part.file.table.at(index);
            for (const [other, each] of this.logs.entries()) if (other !== source) row += each.estimateAt(time);
          }
          const bucket = Math.min(buckets - 1, Math.max(0, Math.floor(((row - first) / rows) * buckets)));
          map.lines[bucket]! += lines;
          map.errors[bucket]! += errors;
          map.warnings[bucket]! += warnings;
        });
      }
    }
    return map;
  }

  /** Cursors so that the rows before `row` lie before them. */
  async cursorsAt(row: number): Promise<Cursor[]> {
    const cursors = this.logs.map((log, source): Cursor => ({ log, source, line: log.first, segment: undefined, time: Infinity }));
    let skipped = this.first;
    if (cursors.length === 1) cursors[0]!.line = skipped = Math.max(row, skipped);
    else if (row > skipped) {
      const time = this.#timeBefore(row);
      for (const cursor of cursors) cursor.line = await cursor.log.lineAt(time);
      skipped = cursors.reduce((sum, { line }) => sum + line, 0);
    }
    for (const cursor of cursors) await settle(cursor);
    for (; skipped < row; skipped += 1) {
      const next = earliest(cursors);
      if (next === undefined) break;
      next.line += 1;
      if (!stepWithin(next)) await settle(next);
    }
    return cursors;
  }

  /** A time before which there are at most `row` rows, and not many fewer. */
  #timeBefore(row: number): number {
    const times = this.logs.filter(({ end, first }) => end > first);
    let low = Math.min(...times.map(({ firstTime }) => firstTime));
    let high = Math.max(...times.map(({ lastTime }) => lastTime)) + 1;
    // To the microsecond: what a double of milliseconds since 1970 can tell apart.
    while (high - low > 0.001) {
      const middle = (low + high) / 2;
      const rows = this.logs.reduce((sum, log) => sum + log.boundsAt(middle).high, 0);
      if (rows <= row) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Whether the cursor is still in the segment that it has. */
function stepWithin(cursor: Cursor): boolean {
  const { segment, line } = cursor;
  if (segment === undefined || line >= segment.first + segment.lines || line < segment.first) return false;
  cursor.time = cursor.log.timesOf(segment)[line - segment.first]!;
  return true;
}

/** Reads what the cursor points at; at the end of its log its time is infinite. */
async function settle(cursor: Cursor): Promise<void> {
  if (stepWithin(cursor)) return;
  cursor.segment = await cursor.log.segmentOf(cursor.line);
  if (!stepWithin(cursor)) cursor.time = Infinity;
}

function earliest(cursors: readonly Cursor[]): Cursor | undefined {
  let found: Cursor | undefined;
  for (const cursor of cursors) if (cursor.segment !== undefined && (found === undefined || cursor.time < found.time)) found = cursor;
  return found;
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
