import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWhole } from './save-file.ts';

let directory: string;
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'slipway-save-'))));
afterEach(() => rm(directory, { recursive: true, force: true }));
const never = new AbortController().signal;

test('a file has its name only once it is whole', async () => {
  const path = join(directory, 'web.tar');
  await writeWhole(
    path,
    (async function* () {
      yield Buffer.from('one ');
      expect((await readdir(directory)).filter((name) => name === 'web.tar')).toEqual([]);
      yield Buffer.from('two');
    })(),
    never,
  );
  expect(await readFile(path, 'utf8')).toBe('one two');
  expect(await readdir(directory)).toEqual(['web.tar']);
});

test('what breaks off leaves the file of before and nothing else', async () => {
  const path = join(directory, 'web.tar');
  await writeFile(path, 'before');
  const broken = (async function* () {
    yield Buffer.from('half');
    throw new Error('the engine went');
  })();
  await expect(writeWhole(path, broken, never)).rejects.toThrow('the engine went');
  expect(await readFile(path, 'utf8')).toBe('before');
  expect(await readdir(directory)).toEqual(['web.tar']);
});
