import { hourStep, sampleSize, type Point, type Sample, type StatsHistory, type StatsMark } from '../../contract/stats.ts';
import { t } from '../i18n/i18n.ts';
import { formatDecimal } from '../i18n/intl.ts';
import { formatBytes } from './bytes.ts';

/** Places in a point; place 0 is the time. */
export const field = { cpu: 1, memory: 2, memoryLimit: 3, received: 4, sent: 5, read: 6, written: 7, processes: 8 } as const;
export type Field = keyof typeof field;

/** Of a sample, which has no time. */
export const valueOf = (sample: Sample, name: Field): number => sample[field[name] - 1] ?? 0;

/** `0.4%`, `28%`, `312%` of one core. */
export const formatPercent = (value: number): string => t('stats:percent', { value: formatDecimal(value, value < 9.95 ? 1 : 0) });
export const formatRate = (bytes: number): string => t('stats:perSecond', { bytes: formatBytes(bytes < 1 ? 0 : bytes) });

/** The sum of samples: what all of them use together. */
export function totalOf(samples: readonly Sample[]): Sample {
  const total = new Array<number>(sampleSize).fill(0);
  for (const sample of samples) sample.forEach((value, index) => (total[index] = (total[index] ?? 0) + value));
  return total as Sample;
}

/** A trail in equal steps of time, as a sparkline wants it: each step shows the last value that was known in it. Leading steps without any are left out. */
export function stepsOf(trail: readonly Point[], name: Field, now: number, { span, steps }: { span: number; steps: number }): number[] {
  const values: number[] = [];
  let index = 0;
  let last: number | undefined;
  for (let step = 1; step <= steps; step++) {
    const until = now - span + (span / steps) * step;
    for (let point = trail[index]; point !== undefined && point[0] <= until; point = trail[index]) {
      last = point[field[name]];
      index += 1;
    }
    if (last !== undefined) values.push(last);
  }
  return values;
}

/** History with one more sample: itself among the recent ones, and in the average of its ten seconds. */
export function withSample(history: StatsHistory, at: number, sample: Sample): StatsHistory {
  const end = (Math.floor(at / hourStep) + 1) * hourStep;
  const isOf = (point: Point): boolean => point[0] > end - hourStep - 1 && point[0] <= at;
  const recent: Point[] = [...history.recent.filter((point) => point[0] > at - 300_000 && point[0] !== at), [at, ...sample]];
  const own = recent.filter(isOf);
  const average = totalOf(own.map(([, ...rest]) => rest)).map((value) => value / own.length) as Sample;
  const hour: Point[] = [...history.hour.filter((point) => point[0] < end && point[0] > at - 3_600_000), [end, ...average]];
  return { ...history, recent, hour };
}

export interface Span {
  from: number;
  to: number;
  /** Milliseconds without a point that are a gap and no line. */
  gap: number;
}

/** Columns for a chart over the whole span: times in seconds, then the fields; nulls where nothing was sampled. */
export function columnsOf(points: readonly Point[], names: readonly Field[], { from, to, gap }: Span): [number[], ...(number | null)[][]] {
  const times: number[] = [];
  const columns: (number | null)[][] = names.map(() => []);
  const add = (at: number, point: Point | undefined): void => {
    times.push(at / 1000);
    names.forEach((name, index) => columns[index]?.push(point?.[field[name]] ?? null));
  };
  let before = from;
  add(from, undefined);
  for (const point of points) {
    if (point[0] <= from || point[0] > to) continue;
    if (point[0] - before > gap && before !== from) add(before + 1, undefined);
    add(point[0], point);
    before = point[0];
  }
  add(Math.max(to, before + 1), undefined);
  return [times, ...columns];
}

/** In words: `ended with 137`, `out of memory`. */
export const markText = ({ kind, exitCode }: StatsMark): string => (kind === 'die' ? t('stats:marks.die', { code: exitCode ?? 0 }) : t(`stats:marks.${kind}`));

/** A trouble, a recovery, or neither. */
export const markInk = ({ kind, exitCode = 0 }: StatsMark): string => (kind === 'oom' || (kind === 'die' && exitCode !== 0) ? '--bad' : kind === 'unhealthy' ? '--sig' : kind === 'healthy' ? '--ok' : '--tx-3');

/** The marks of a span; those that stand too close to the one before keep their line and lose their word. */
export function shownMarks(marks: readonly StatsMark[], { from, to }: Span): { at: number; label: string; ink: string }[] {
  const room = (to - from) * 0.12;
  let wordAt = -Infinity;
  return marks
    .filter(({ at }) => at >= from && at <= to)
    .map((mark) => {
      const hasRoom = mark.at - wordAt >= room;
      if (hasRoom) wordAt = mark.at;
      return { at: mark.at / 1000, label: hasRoom ? markText(mark) : '', ink: markInk(mark) };
    });
}
