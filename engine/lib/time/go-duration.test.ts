import { expect, test } from 'vitest';
import { formatGoDuration } from './go-duration.ts';

test.each([
  [0, '0s'],
  [1, '1ns'],
  [1_100, '1.1µs'],
  [2_200_000, '2.2ms'],
  [250_000_000, '250ms'],
  [3_300_000_000, '3.3s'],
  [30_000_000_000, '30s'],
  [60_000_000_000, '1m0s'],
  [245_000_000_000, '4m5s'],
  [18_367_001_000_000, '5h6m7.001s'],
  [-90_000_000_000, '-1m30s'],
])('%d ns is %s', (nanoseconds, text) => {
  expect(formatGoDuration(nanoseconds)).toBe(text);
});
