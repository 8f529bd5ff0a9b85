import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { coalesce } from './coalesce.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a storm of calls is a few readings, the first at once and the last after the last call', async () => {
  const readings: number[] = [];
  const refresh = coalesce(async () => {
    readings.push(Date.now());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }, 100);
  const started = Date.now();
  for (let index = 0; index < 200; index++) {
    void refresh();
    await vi.advanceTimersByTimeAsync(5);
  }
  const lastCall = Date.now();
  await vi.advanceTimersByTimeAsync(500);
  expect(readings[0]).toBe(started);
  expect(readings.length).toBeLessThanOrEqual(11);
  expect(readings.at(-1)).toBeGreaterThanOrEqual(lastCall - 5);
});

test('a call during a reading is answered by one that began after it', async () => {
  let state = 'old';
  let seen = '';
  const refresh = coalesce(async () => {
    const read = state;
    await new Promise((resolve) => setTimeout(resolve, 50));
    seen = read;
  }, 10);
  void refresh();
  await vi.advanceTimersByTimeAsync(10);
  state = 'new';
  const done = refresh();
  await vi.advanceTimersByTimeAsync(200);
  await done;
  expect(seen).toBe('new');
});

test('after a quiet time the next call reads at once', async () => {
  let count = 0;
  const refresh = coalesce(async () => void (count += 1), 100);
  void refresh();
  await vi.advanceTimersByTimeAsync(1000);
  void refresh();
  expect(count).toBe(2);
});
