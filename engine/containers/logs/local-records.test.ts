import { expect, test } from 'vitest';
import { parseLocalEntry, splitRecords } from './local-records.ts';

/** As dockerd 20.10 wrote it for `echo out`. */
const byDockerd = Buffer.from('000000170a067374646f75741082bdfecbf9e5f4f5181a036f757400000017', 'hex');

test('a record of dockerd', () => {
  const { records, rest } = splitRecords(byDockerd);
  expect(rest).toBe(byDockerd.length);
  expect(parseLocalEntry(records[0]!)).toEqual({ text: 'out\n', stream: 'stdout', time: '2026-11-27T06:31:17.82947597Z', attributes: undefined });
});

test('records that are cut off wait; what is none is skipped', () => {
  const twice = Buffer.concat([byDockerd, byDockerd]);
  for (let length = byDockerd.length; length < twice.length; length += 1) {
    expect(splitRecords(twice.subarray(0, length))).toMatchObject({ records: [expect.any(Buffer)], rest: byDockerd.length });
  }
  expect(splitRecords(Buffer.alloc(64, 0xff))).toEqual({ records: [], rest: 64 });
  expect(parseLocalEntry(Buffer.from('0a06', 'hex'))).toBeUndefined();
  expect(parseLocalEntry(Buffer.alloc(9, 0xff))).toBeUndefined();
});
