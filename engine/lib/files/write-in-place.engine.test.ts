import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mount, umount2, UmountFlag } from '../syscalls/files.ts';
import { writeInPlace } from './write-in-place.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-in-place-'));
  mount({ source: 'tmpfs', target: directory, type: 'tmpfs', data: 'size=64k' });
  path = join(directory, 'hosts');
});

afterEach(() => {
  umount2(directory, UmountFlag.detach);
  rmSync(directory, { recursive: true });
});

function fill(): void {
  try {
    for (;;) appendFileSync(join(directory, 'filler'), Buffer.alloc(4096));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}

test.each([0, 1, 4095, 4096, 10_000])('%i bytes become longer, shorter and empty, in the same file', (size) => {
  writeFileSync(path, 'a'.repeat(size));
  const { ino } = statSync(path);
  for (const content of ['b'.repeat(size + 5000), 'c'.repeat(Math.floor(size / 2)), '']) {
    writeInPlace(path, content);
    expect(readFileSync(path, 'utf8')).toBe(content);
  }
  expect(statSync(path).ino).toBe(ino);
});

test('a full disk leaves what was there, and takes what needs no more room', () => {
  const before = 'a line\n'.repeat(1000);
  writeFileSync(path, before);
  fill();
  expect(() => writeInPlace(path, `first\n${'b'.repeat(20_000)}`)).toThrow(/ENOSPC/);
  expect(readFileSync(path, 'utf8')).toBe(before);
  const other = before.replaceAll('a line', 'b line');
  writeInPlace(path, other);
  expect(readFileSync(path, 'utf8')).toBe(other);
  writeInPlace(path, 'short\n');
  expect(readFileSync(path, 'utf8')).toBe('short\n');
});
