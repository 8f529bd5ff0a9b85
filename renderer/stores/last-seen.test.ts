import { beforeEach, expect, test, vi } from 'vitest';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.resetModules();
  vi.useFakeTimers({ now: 10_000_000 });
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) });
  vi.stubGlobal('addEventListener', () => undefined);
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

test('what happened between two windows was missed, what happened in them was not', async () => {
  kept.set('slipway.lastSeen', '9000000');
  const { startLastSeen, wasMissed } = await import('./last-seen.ts');
  startLastSeen();
  expect([8_999_999, 9_500_000, 10_000_001].map(wasMissed)).toEqual([false, true, false]);
  vi.advanceTimersByTime(30_000);
  expect(kept.get('slipway.lastSeen')).toBe('10030000');
});

test('nothing was missed by the first window, nor by one that is opened beside another', async () => {
  const { startLastSeen, wasMissed } = await import('./last-seen.ts');
  startLastSeen();
  expect(wasMissed(9_999_999)).toBe(false);
  kept.set('slipway.lastSeen', '9980000');
  startLastSeen();
  expect(wasMissed(9_990_000)).toBe(false);
});
