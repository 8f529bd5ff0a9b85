import { expect, test } from 'vitest';
import { layerMessage, progressBar } from './progress.ts';

/** As dockerd 20.10 and 28 print them. */
test.each([
  [0, 0, ''],
  [512, 0, '    512B'],
  [0, 3_400_000, `[>${' '.repeat(50)}]       0B/3.4MB`],
  [1_700_000, 3_400_000, `[${'='.repeat(25)}>${' '.repeat(25)}]    1.7MB/3.4MB`],
  [3_400_000, 3_400_000, `[${'='.repeat(50)}>]    3.4MB/3.4MB`],
  [123_456, 2_345_678_901, `[>${' '.repeat(50)}]  123.5kB/2.346GB`],
  [5000, 4000, `[${'='.repeat(50)}>]      5kB`],
])('%i of %i', (current, total, expected) => {
  expect(progressBar(current, total)).toBe(expected);
});

test('a line of a layer', () => {
  expect(layerMessage('abc', { kind: 'downloading', current: 1, total: 2 })).toMatchObject({ status: 'Downloading', id: 'abc', progressDetail: { current: 1, total: 2 } });
  expect(layerMessage('abc', { kind: 'complete' })).toEqual({ status: 'Pull complete', progressDetail: {}, id: 'abc' });
});
