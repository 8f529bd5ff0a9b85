import { noSearches, runLogJob } from '../search/log-threads.ts';
import type { ContainerLog } from './container-log.ts';

/** Enough for a thread to be busy, few enough for counts to show up as they come. */
const segmentsAtOnce = 64;

/** Bytes of a log in which errors and warnings have been counted, and all of them. */
export function countedBytes(log: ContainerLog): { counted: number; bytes: number } {
  return log.parts.reduce((sum, { levels, file }) => ({ counted: sum.counted + levels.end, bytes: sum.bytes + file.table.end }), { counted: 0, bytes: 0 });
}

/** Errors and warnings that have been counted. */
export function levelsOf(log: ContainerLog): { errors: number; warnings: number } {
  return log.parts.reduce((sum, { levels }) => ({ errors: sum.errors + levels.errors, warnings: sum.warnings + levels.warnings }), { errors: 0, warnings: 0 });
}

/**
 * Counts on, newest file first, by one step. The log's files must stay open meanwhile.
 * @returns false when there was nothing to do
 */
export async function countSomeLevels(log: ContainerLog, signal: AbortSignal): Promise<boolean> {
  return log.counting.run(async () => {
    await noSearches();
    signal.throwIfAborted();
    const part = log.parts.findLast(({ levels, file }) => levels.end < file.table.end);
    if (part === undefined) return false;
    const { levels, file } = part;
    const cells: number[] = [];
    for (let index = Math.max(0, file.table.ofLine(levels.lines)); index < file.table.count && cells.length < segmentsAtOnce * 3; index += 1) {
      const { start, end, line } = file.table.at(index);
      if (end > levels.end) cells.push(Math.max(start, levels.end), end, Math.max(line, levels.lines));
    }
    const end = { bytes: cells.at(-2)!, lines: lineAt(file.table, cells.at(-2)!) };
    const answer = await runLogJob({ kind: 'levels', stretch: { fd: file.fd, driver: log.driver, segments: Float64Array.from(cells) } }, signal);
    if (answer.kind !== 'levels' || part.levels !== levels) return true;
    for (let at = 0, index = 0; at < cells.length; at += 3, index += 1) {
      const line = cells[at + 2]!;
      levels.add(cells[at + 1]!, line, (cells[at + 5] ?? end.lines) - line, answer.counts[index * 2]!, answer.counts[index * 2 + 1]!);
    }
    return true;
  });
}

/** Number of the line that begins where a segment ends. */
function lineAt(table: { lines: number; count: number; at(index: number): { start: number; line: number } }, offset: number): number {
  let [low, high] = [0, table.count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table.at(middle).start < offset) low = middle + 1;
    else high = middle;
  }
  return low < table.count ? table.at(low).line : table.lines;
}
