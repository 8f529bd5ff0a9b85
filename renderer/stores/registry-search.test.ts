import { expect, test } from 'vitest';
import { byLikeness } from './registry-search.ts';

test('official images come first, then what most people like', () => {
  const result = (name: string, star_count: number, is_official = false) => ({ name, description: '', star_count, is_official, is_automated: false });
  expect(byLikeness([result('a/nginx', 9000), result('b/nginx', 10), result('nginx', 5, true)]).map(({ name }) => name)).toEqual(['nginx', 'a/nginx', 'b/nginx']);
});
