import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JsonStore } from './json-store.ts';
import type { CorruptRecord } from './json-store.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'json-store-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const reported: CorruptRecord[] = [];
function open() {
  reported.length = 0;
  return JsonStore.open<{ n: number }>(directory, {
    parse: (value) => {
      if (typeof (value as { n?: unknown }).n !== 'number') throw new Error('n is missing');
      return value as { n: number };
    },
    onCorrupt: (corrupt) => reported.push(corrupt),
  });
}

test('what was put is there after reopening, what was deleted is not', async () => {
  const store = await open();
  await store.put('a', { n: 1 });
  await store.put('b', { n: 2 });
  await store.delete('a');
  await store.delete('never-there');
  const again = await open();
  expect(again.entries()).toEqual([['b', { n: 2 }]]);
  expect(again.has('a')).toBe(false);
});

test('what is deleted only as itself stays when another takes its place meanwhile', async () => {
  const store = await open();
  const old = { n: 1 };
  await store.put('a', old);
  const replaced = store.put('a', { n: 2 });
  // The new one is on its way to the disk: readers still see the old one.
  expect(store.get('a')).toBe(old);
  await Promise.all([replaced, store.delete('a', { value: old })]);
  expect((await open()).entries()).toEqual([['a', { n: 2 }]]);
  await store.delete('a', { value: store.get('a') });
  expect((await open()).entries()).toEqual([]);
});

test('writes of one key land in the order of the calls', async () => {
  const store = await open();
  const writes = Array.from({ length: 50 }, (_, n) => store.put('x', { n }));
  await Promise.all(writes);
  expect(store.get('x')).toEqual({ n: 49 });
  expect((await open()).get('x')).toEqual({ n: 49 });
});

test('any string is a key', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, maxLength: 400, unit: 'grapheme' }), async (key) => {
      const store = await open();
      await store.put(key, { n: 7 });
      expect((await open()).get(key)).toEqual({ n: 7 });
      await store.delete(key);
    }),
    { numRuns: 50 },
  );
  expect(await readdir(directory)).toEqual([]);
});

test('a torn, a foreign and a refused record are moved aside, reported, and the others load', async () => {
  const store = await open();
  await store.put('good', { n: 1 });
  await store.put('torn', { n: 2 });
  await truncate(join(directory, 'torn.json'), 10);
  await writeFile(join(directory, 'copied.json'), await readFile(join(directory, 'good.json')));
  await writeFile(join(directory, 'refused.json'), JSON.stringify({ key: 'refused', value: { n: 'x' } }));
  await writeFile(join(directory, 'good.json.1-1.tmp'), 'half');
  const again = await open();
  expect(again.entries()).toEqual([['good', { n: 1 }]]);
  expect(reported).toHaveLength(3);
  expect((await readdir(join(directory, 'corrupt'))).map((name) => name.replace(/\.json.*/, '')).sort()).toEqual(['copied', 'refused', 'torn']);
  expect((await readdir(directory)).sort()).toEqual(['corrupt', 'good.json']);
  expect((await open()).corrupt).toEqual([]);
});

test('a failed write says which record and leaves the old one', async () => {
  const store = await open();
  await store.put('x', { n: 1 });
  await rm(directory, { recursive: true });
  await expect(store.put('x', { n: 2 })).rejects.toThrow(/cannot save x in .*ENOENT/);
  expect(store.get('x')).toEqual({ n: 1 });
});
