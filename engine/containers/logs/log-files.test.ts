import { appendFile, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLastLines as findTail } from './json-lines.ts';
import { codecOf } from './log-codec.ts';
import { logFiles, LogFileReader } from './log-files.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-log-'));
  path = join(directory, 'x.log');
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function tail(content: string, count: number): Promise<{ text: string; lines: number }> {
  await writeFile(path, content);
  const file = await open(path);
  const { offset, lines } = await findTail(file, content.length, count);
  await file.close();
  return { text: content.slice(offset), lines };
}

test('the last lines, however long they and the file are', async () => {
  expect(await tail('', 3)).toEqual({ text: '', lines: 0 });
  expect(await tail('a\nb\nc\n', 2)).toEqual({ text: 'b\nc\n', lines: 2 });
  expect(await tail('a\nb\nc\n', 3)).toEqual({ text: 'a\nb\nc\n', lines: 3 });
  expect(await tail('a\nb\nc\n', 9)).toEqual({ text: 'a\nb\nc\n', lines: 3 });
  const long = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat(index * 7)}\n`);
  for (const count of [1, 50, 499, 500]) expect(await tail(long.join(''), count)).toEqual({ text: long.slice(-count).join(''), lines: count });
});

test('rotated files come oldest first', async () => {
  for (const name of ['x.log', 'x.log.1', 'x.log.2', 'x.log.10', 'x.log.tmp', 'y.log']) await writeFile(join(directory, name), '');
  expect((await logFiles(path)).map((file) => file.slice(directory.length + 1))).toEqual(['x.log.10', 'x.log.2', 'x.log.1', 'x.log']);
  expect(await logFiles(join(directory, 'nowhere/x.log'))).toEqual([]);
});

test('a line is read once it is whole', async () => {
  await writeFile(path, 'one\ntw');
  const reader = (await LogFileReader.open(path, codecOf('json-file')))!;
  const read = async () => (await reader.read()).map(String);
  expect(await read()).toEqual(['one']);
  expect(await read()).toEqual([]);
  await appendFile(path, 'o\nthree\n');
  expect(await read()).toEqual(['two', 'three']);
  await reader.close();
});

test('rotation and truncation are noticed', async () => {
  await writeFile(path, 'one\n');
  const reader = (await LogFileReader.open(path, codecOf('json-file')))!;
  await reader.read();
  expect(await reader.is(path)).toBe(true);
  await writeFile(path, '');
  await reader.followTruncation();
  await appendFile(path, 'new\n');
  expect((await reader.read()).map(String)).toEqual(['new']);
  await rename(path, `${path}.1`);
  await writeFile(path, '');
  expect(await reader.is(path)).toBe(false);
  await reader.close();
});
