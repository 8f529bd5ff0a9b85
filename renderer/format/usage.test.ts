import { describe, expect, test } from 'vitest';
import type { Point, Sample } from '../../contract/stats.ts';
import { columnsOf, formatPercent, shownMarks, stepsOf, totalOf, withSample } from './usage.ts';

const using = (cpu: number): Sample => [cpu, 100, 200, 0, 0, 0, 0, 1];
const point = (at: number, cpu: number): Point => [at, ...using(cpu)];

test('steps carry the last value over, whatever the distance of the samples', () => {
  expect(stepsOf([point(15, 1), point(25, 2), point(26, 3)], 'cpu', 50, { span: 50, steps: 5 })).toEqual([1, 3, 3, 3]);
  expect(stepsOf([], 'cpu', 50, { span: 50, steps: 5 })).toEqual([]);
});

test('a gap is no line, and the chart spans its whole time', () => {
  const [times, cpu] = columnsOf([point(1000, 9), point(20_000, 1), point(21_000, 2), point(40_000, 3)], ['cpu'], { from: 10_000, to: 60_000, gap: 5_000 });
  expect(times).toEqual([10, 20, 21, 21.001, 40, 60]);
  expect(cpu).toEqual([null, 1, 2, null, 3, null]);
});

describe('history that goes on', () => {
  test('averages the ten seconds under way, and lets go of what is too old', () => {
    let history = { hour: [point(1000, 7)], recent: [] as Point[], marks: [] };
    for (let at = 5_000_000; at <= 5_012_000; at += 1000) history = withSample(history, at, using((at - 5_000_000) / 1000)) as typeof history;
    expect(history.hour.map(([at, cpu]) => [at, cpu])).toEqual([
      [5_010_000, 4.5],
      [5_020_000, 11],
    ]);
    expect(history.recent).toHaveLength(13);
    history = withSample(history, 5_400_000, using(1)) as typeof history;
    expect(history.recent).toHaveLength(1);
  });
});

test('a total adds up', () => {
  expect(totalOf([using(1), using(2)])).toEqual([3, 200, 400, 0, 0, 0, 0, 2]);
  expect(formatPercent(0.44)).toBe('0.4%');
  expect(formatPercent(312.4)).toBe('312%');
});

test('a crowd of marks keeps its lines; one word has room', () => {
  const marks = [0, 1, 2, 50].map((at) => ({ at: at * 1000, id: 'a', name: 'web', kind: 'die' as const, exitCode: 137 }));
  expect(shownMarks(marks, { from: 500, to: 100_000, gap: 1 }).map(({ at, label, ink }) => `${at} ${label} ${ink}`)).toEqual(['1 ended with 137 --bad', '2  --bad', '50 ended with 137 --bad']);
});
