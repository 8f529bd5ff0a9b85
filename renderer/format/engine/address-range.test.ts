import { expect, test } from 'vitest';
import { contains, isWithin, overlap, parseAddress, parseRange } from './address-range.ts';

test.each(['', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4.5', ':::', '1::2::3', 'g::1', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4::5:6:7:8'])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('an address is its number', () => {
  expect(parseAddress('172.20.0.1')).toEqual({ family: 4, value: 0xac140001n });
  expect(parseAddress('fd00::1:2')).toEqual({ family: 6, value: 0xfd000000000000000000000000010002n });
  expect(parseAddress('::')).toEqual({ family: 6, value: 0n });
});

test.each(['172.20.0.0', '172.20.0.0/33', '172.20.0.0/', 'fd00::/129', '1.2.3.4/5/6', '1.2.3.4/-1'])('%j is no range', (text) => {
  expect(parseRange(text)).toBeUndefined();
});

function range(text: string) {
  const parsed = parseRange(text);
  if (parsed === undefined) throw new Error(`${text} is no range`);
  return parsed;
}

test('ranges hold, overlap and contain one another', () => {
  expect(contains(range('172.20.0.0/16'), { family: 4, value: 0xac14ffffn })).toBe(true);
  expect(contains(range('172.20.0.0/16'), { family: 4, value: 0xac150000n })).toBe(false);
  expect(overlap(range('172.20.0.0/16'), range('172.16.0.0/12'))).toBe(true);
  expect(overlap(range('172.20.0.0/16'), range('172.21.0.0/16'))).toBe(false);
  expect(overlap(range('0.0.0.0/0'), range('::/0'))).toBe(false);
  expect(isWithin(range('172.20.3.0/24'), range('172.20.0.0/16'))).toBe(true);
  expect(isWithin(range('172.16.0.0/12'), range('172.20.0.0/16'))).toBe(false);
});

test('bits behind the prefix do not matter', () => {
  expect(range('172.20.5.9/16')).toEqual(range('172.20.0.0/16'));
});
