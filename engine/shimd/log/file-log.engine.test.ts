import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../lib/processes/run-command.ts';
import { mount, umount2 } from '../../lib/syscalls/files.ts';
import { checkpointHeaderSize, decodeCheckpoints, decodeHeader, indexPathOf } from './checkpoints.ts';
import { FileLog, maxEntryText } from './file-log.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'json-log-'));
  path = join(directory, 'x.log');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const entries = (file = path) =>
  readFileSync(file, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as { log: string; stream: string; time: string });
const open = (maxSize = 0, maxFile = 1) => new FileLog({ path, maxSize, maxFile });

describe('FileLog', () => {
  it('writes one entry a line, as moby', () => {
    const log = open();
    log.write('stdout', Buffer.from('one\ntwo\n'));
    log.write('stderr', Buffer.from('<three>\n'));
    log.close();
    expect(readFileSync(path, 'utf8')).toMatch(/^\{"log":"one\\n","stream":"stdout","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z"\}\n\{"log":"two/);
    expect(entries().map(({ log: text, stream }) => [stream, text])).toEqual([['stdout', 'one\n'], ['stdout', 'two\n'], ['stderr', '<three>\n']]);
  });

  it('keeps an index that covers every file, over rotation and opening again', () => {
    const write = (from: number) => {
      const log = open(600_000, 3);
      for (let at = from; at < from + 8000; at += 1) log.write('stdout', Buffer.from(`line ${at} ${'x'.repeat(at % 90)}\n`));
      log.close();
    };
    write(0);
    write(8000);
    for (const file of [path, `${path}.1`, `${path}.2`]) {
      const index = readFileSync(indexPathOf(file));
      expect(decodeHeader(index)).toBe(statSync(file, { bigint: true }).ino);
      const checkpoints = decodeCheckpoints(index.subarray(checkpointHeaderSize));
      expect(checkpoints.map(({ start }) => start)).toEqual([0, ...checkpoints.slice(0, -1).map(({ end }) => end)]);
      expect(checkpoints.at(-1)!.end).toBe(statSync(file).size);
      const content = readFileSync(file, 'utf8');
      for (const { start, end, entries: count } of checkpoints) expect(content.slice(start, end).split('\n')).toHaveLength(count + 1);
    }
  });

  it('keeps parts of a line together, and streams apart', () => {
    const log = open();
    log.write('stdout', Buffer.from('a'));
    log.write('stderr', Buffer.from('x\n'));
    log.write('stdout', Buffer.from('b\nrest'));
    log.end('stdout');
    log.close();
    expect(entries().map(({ log: text }) => text)).toEqual(['x\n', 'ab\n', 'rest']);
  });

  it('splits long lines at 16 KiB, whatever pieces they come in, and not within a character', () => {
    const line = Buffer.from(`${'x'.repeat(maxEntryText - 1)}€${'y'.repeat(20_000)}\n`);
    for (const size of [line.length, 1000, 7, 16_383, 16_384, 16_385]) {
      const log = open();
      for (let at = 0; at < line.length; at += size) log.write('stdout', line.subarray(at, at + size));
      log.close();
      expect(entries().map(({ log: text }) => text.length)).toEqual([maxEntryText - 1, maxEntryText - 2, 20_000 - (maxEntryText - 3) + 1]);
      expect(entries().map(({ log: text }) => text).join('')).toBe(line.toString());
      rmSync(path);
    }
  });

  it('gives back any text in any pieces', () => {
    const text = Buffer.from(Array.from({ length: 400 }, (_, index) => 'é'.repeat((index * 7919) % 20_000) + '\n').join(''));
    const log = open();
    for (let at = 0, step = 1; at < text.length; at += step, step = (step * 31 + 7) % 70_000) log.write('stdout', text.subarray(at, at + step));
    log.close();
    expect(entries().map(({ log: part }) => part).join('') === text.toString()).toBe(true);
    expect(Math.max(...entries().map(({ log: part }) => Buffer.byteLength(part)))).toBeLessThanOrEqual(maxEntryText);
  });

  it('goes on where an earlier shimd stopped', () => {
    for (const text of ['one\n', 'two\n']) {
      const log = open(60, 3);
      log.write('stdout', Buffer.from(text));
      log.close();
    }
    expect(entries(`${path}.1`).concat(entries()).map(({ log: text }) => text)).toEqual(['one\n', 'two\n']);
  });

  it('rotates by size, keeps so many files, and loses none of theirs', async () => {
    const log = open(1000, 3);
    for (let number = 0; number < 200; number++) log.write('stdout', Buffer.from(`line ${number}\n`));
    log.close();
    expect(existsSync(`${path}.3`)).toBe(false);
    const kept = [`${path}.2`, `${path}.1`, path].flatMap((file) => entries(file)).map(({ log: text }) => Number(text.slice(5)));
    expect(kept.at(-1)).toBe(199);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 200 - kept.length + index));
    const sizes = (await runCommand('stat', ['-c', '%s', `${path}.1`, `${path}.2`])).stdout.trim().split('\n').map(Number);
    for (const size of sizes) expect(size).toBeGreaterThanOrEqual(1000);
    for (const size of sizes) expect(size).toBeLessThan(1200);
  });

  it('empties a single file', () => {
    const log = open(500, 1);
    for (let number = 0; number < 100; number++) log.write('stdout', Buffer.from(`line ${number}\n`));
    log.close();
    expect(existsSync(`${path}.1`)).toBe(false);
    expect(entries().at(-1)!.log).toBe('line 99\n');
    expect(entries().length).toBeLessThan(12);
  });

  it('loses entries and nothing else when the disk is full', () => {
    mount({ source: 'tmpfs', target: directory, type: 'tmpfs', data: 'size=16k' });
    try {
      const log = open();
      for (let number = 0; number < 1000; number++) log.write('stdout', Buffer.from(`line ${number} ${'x'.repeat(100)}\n`));
      const before = entries().length;
      expect(before).toBeGreaterThan(50);
      mount({ source: 'tmpfs', target: directory, type: 'tmpfs', flags: 0x20, data: 'size=32k' });
      log.write('stdout', Buffer.from('room again\n'));
      log.close();
      expect(entries()).toHaveLength(before + 1);
      expect(entries().at(-1)!.log).toBe('room again\n');
    } finally {
      umount2(directory);
    }
  });
});
