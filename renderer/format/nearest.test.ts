import { expect, test } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

test.each([
  ['postgress', 'postgres', 1],
  ['ngnix', 'nginx', 1],
  ['redis', 'redis', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
])('%s and %s are %i apart', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test('what is near is proposed, what is far or the same is not', () => {
  const known = ['postgres', 'nginx', 'redis', 'node'];
  expect(['postgress', 'ngnix', 'postgres', 'mysql', 'nod'].map((word) => nearest(word, known))).toEqual(['postgres', 'nginx', undefined, undefined, 'node']);
});
