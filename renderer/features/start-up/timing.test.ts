import { expect, test } from 'vitest';
import { axisOf, timingOf, totalOf } from './timing.ts';

test('a running phase counts live, a done one does not', () => {
  expect(timingOf({ id: 'kernel', status: 'running', startedMs: 500 }, 1200)).toEqual({ startedMs: 500, tookMs: 700 });
  expect(timingOf({ id: 'kernel', status: 'done', startedMs: 500, tookMs: 40 }, 9000)).toEqual({ startedMs: 500, tookMs: 40 });
  expect(timingOf({ id: 'kernel', status: 'waiting' }, 9000)).toEqual({ startedMs: undefined, tookMs: undefined });
});

test('a clock that is behind never counts below zero', () => {
  expect(timingOf({ id: 'kernel', status: 'running', startedMs: 500 }, 100).tookMs).toBe(0);
});

test('the axis holds the whole start with room to go on', () => {
  const phases = [{ id: 'disk', status: 'done', startedMs: 0, tookMs: 3000 } as const, { id: 'kernel', status: 'running', startedMs: 3000 } as const];
  const total = totalOf(phases, 3301);
  expect(total).toBe(3301);
  for (const milliseconds of [0, 1, 1999, 3301, 59_000, 600_000]) expect(axisOf(milliseconds)).toBeGreaterThanOrEqual(milliseconds * 1.12);
});
