import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BootWatch } from './boot-watch.ts';

const never = new Promise<never>(() => undefined);
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

it('waits on a busy computer as many times as long as its load says, also where that rises meanwhile', async () => {
  let factor = 1;
  const watch = new BootWatch(never, new AbortController().signal, () => factor);
  let outcome = 'waits';
  const waiting = watch.until('kernel', 1000).catch((error: unknown) => (outcome = String((error as Error).message)));
  factor = 3;
  await vi.advanceTimersByTimeAsync(2900);
  factor = 4;
  await vi.advanceTimersByTimeAsync(1000);
  expect(outcome).toBe('waits');
  await vi.advanceTimersByTimeAsync(100);
  expect(outcome).toContain('timeout');
  await waiting;
});

it('takes a sign that comes in time', async () => {
  const watch = new BootWatch(never, new AbortController().signal, () => 2);
  const waiting = watch.until('guest', 1000);
  await vi.advanceTimersByTimeAsync(1500);
  watch.reached('guest');
  await waiting;
});
