import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nouns } from './cases.ts';
import { knownDifferences, reasonFor } from './known-differences.ts';
import { absent, compareReplies, globPattern } from './replay/compare.ts';
import { get } from './replay/oracle-case.ts';

const side = (status: number, body: unknown, headers: Record<string, string> = {}) => ({ reply: { status, headers, body, cutOff: false }, masks: { folders: [] } });

test('docs/api.md gives every reason that the suite accepts', () => {
  const text = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  for (const { reason } of knownDifferences) expect(text).toContain(`- ${reason}`);
});

test('names of cases are unique within their noun', () => {
  for (const { cases } of nouns) expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

test('what differs is found, what no two engines share is not', () => {
  const id = (letter: string) => letter.repeat(64);
  expect(compareReplies(get('/x'), side(200, { Id: id('a'), Created: 5, At: '2026-11-27T01:02:03.4Z' }), side(200, { Id: id('b'), Created: 6, At: '2026-11-27T05:06:07Z' }))).toEqual([]);
  expect(compareReplies(get('/x'), side(200, { A: null, B: [] }), side(404, { B: null, C: 1 }))).toEqual([
    { path: 'status', ours: 200, theirs: 404 },
    { path: 'body.A', ours: null, theirs: absent },
    { path: 'body.B', ours: [], theirs: null },
    { path: 'body.C', ours: absent, theirs: 1 },
  ]);
  expect(compareReplies(get('/x', { compare: 'shape' }), side(200, { A: 'x' }), side(200, { A: 'y' }))).toEqual([]);
  expect(compareReplies(get('/x', { ignore: ['body.*.A'] }), side(200, [{ A: 1, B: 2 }]), side(200, [{ A: 2, B: 3 }]))).toEqual([{ path: 'body.0.B', ours: 2, theirs: 3 }]);
  expect(compareReplies(get('/x'), side(200, { A: '0001-01-01T00:00:00Z' }), side(200, { A: '2026-11-27T05:06:07Z' })).length).toBe(1);
});

test('a stream of one line is a list of one beside a longer one', () => {
  expect(compareReplies(get('/x'), side(200, { lines: [{ a: 1 }, { a: 2 }] }), side(200, { a: 1 })).map(({ path }) => path)).toEqual(['body.lines.length']);
});

test('reasons are for what they are for', () => {
  const status = { path: 'status', ours: 400, theirs: 500 };
  const match = (glob: string) => globPattern(glob).test('status');
  expect(reasonFor('volumes', 'GET /volumes', status, { ours: 'invalid filter', theirs: 'invalid character' }, match)).toContain('moby 28 answers 400');
  expect(reasonFor('volumes', 'GET /volumes', status, { ours: 'x', theirs: 'something else' }, match)).toBeUndefined();
});
