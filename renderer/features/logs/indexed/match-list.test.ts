import { expect, test } from 'vitest';
import { MatchList } from './match-list.ts';

test('matches of several containers come in the order of the merged log', () => {
  const list = new MatchList();
  list.add(0, Float64Array.from([1, 100, 5, 300, 9, 300]));
  list.add(1, Float64Array.from([0, 50, 3, 300]));
  expect(Array.from({ length: list.length }, (_, index) => list.at(index)).map(({ source, line }) => [source, line])).toEqual([[1, 0], [0, 1], [0, 5], [0, 9], [1, 3]]);
  expect(list.firstFrom({ source: 0, line: 5, time: 300 })).toBe(2);
  expect(list.firstFrom({ source: 0, line: 6, time: 300 })).toBe(3);
  expect(list.firstFrom({ source: 0, line: 0, time: 0 })).toBe(0);
  expect(list.firstFrom({ source: 9, line: 0, time: 301 })).toBe(5);
});

test('many at once, and more later', () => {
  const list = new MatchList();
  for (let start = 0; start < 5000; start += 1000) list.add(0, Float64Array.from({ length: 2000 }, (_, at) => (start + (at >> 1)) * (at % 2 === 0 ? 1 : 10)));
  expect(list.length).toBe(5000);
  expect(list.at(4999)).toEqual({ source: 0, line: 4999, time: 49_990 });
});
