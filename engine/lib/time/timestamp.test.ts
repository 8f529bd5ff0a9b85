import { expect, test } from 'vitest';
import { formatNanoseconds, nowNanoseconds, parseMoment, parseTimestamp } from './timestamp.ts';

test('nanoseconds survive printing and parsing', () => {
  for (const text of ['2026-11-21T07:11:35.464514282Z', '2026-11-21T07:11:35.4Z', '2026-11-21T07:11:35Z']) {
    expect(formatNanoseconds(parseTimestamp(text)!)).toBe(text);
  }
  expect(parseTimestamp('2026-11-21T08:11:35.5+01:00')).toBe(parseTimestamp('2026-11-21T07:11:35.5Z'));
});

test('now follows the clock and never stands still', () => {
  const before = BigInt(Date.now() - 1000) * 1_000_000n;
  const moments = Array.from({ length: 1000 }, nowNanoseconds);
  expect(moments.every((moment, index) => index === 0 || moment > moments[index - 1]!)).toBe(true);
  expect(moments[0]! > before && moments[999]! < BigInt(Date.now() + 1000) * 1_000_000n).toBe(true);
});

test('moments come as unix seconds or RFC 3339', () => {
  expect(parseMoment('1795244770')).toBe(1795244770_000000000n);
  expect(parseMoment('1795244770.000000001')).toBe(1795244770_000000001n);
  expect(parseMoment('1795244770.5')).toBe(1795244770_500000000n);
  expect(parseMoment('2026-11-21T07:11:35Z')).toBe(parseTimestamp('2026-11-21T07:11:35Z'));
  for (const text of ['', 'now', '-1', '2026-11-21', '1.2.3']) expect(parseMoment(text)).toBeUndefined();
});
