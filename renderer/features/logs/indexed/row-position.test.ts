import { expect, test } from 'vitest';
import { RowPosition, rowHeight } from './row-position.ts';

function position(rows: number): RowPosition {
  const one = new RowPosition();
  one.resize(rows, 800);
  return one;
}

test('few rows scroll as any page does', () => {
  const one = position(1000);
  expect(one.height).toBe(1000 * rowHeight);
  expect(one.scrolled(410)).toBe(20.5);
  expect(one.scrollTop).toBe(410);
  one.toEnd();
  expect(one.scrollTop).toBe(1000 * rowHeight - 800);
});

test('of ten million every row is reached: by jumps of the bar, by steps of the wheel, and the ends', () => {
  const one = position(10_000_000);
  expect(one.height).toBeLessThan(17_000_000);
  one.scrolled(one.height / 2);
  expect(one.top).toBeGreaterThan(4_900_000);
  const before = one.top;
  one.scrolled(one.scrollTop + 100);
  expect(one.top - before).toBeCloseTo(5, 3);
  one.scrolled(one.scrollTop - 60);
  expect(one.top - before).toBeCloseTo(2, 3);
  one.scrolled(one.height - 800);
  expect(one.top).toBe(10_000_000 - 40);
  expect(one.scrollTop).toBe(one.height - 800);
  one.scrolled(0);
  expect(one.top).toBe(0);
  one.center(7_654_321);
  expect(Math.round(one.top)).toBe(7_654_301);
  one.scrolled(one.scrollTop);
  expect(Math.round(one.top)).toBe(7_654_301);
});

test('rows that go leave no place behind the last', () => {
  const one = position(10_000_000);
  one.toEnd();
  one.resize(10, 800);
  expect([one.top, one.scrollTop]).toEqual([0, 0]);
});
