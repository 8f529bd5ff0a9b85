import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkpointSize, encodeCheckpoint, encodeHeader, indexPathOf } from '../../../shimd/log/checkpoints.ts';
import { formatNanoseconds } from '../../../lib/time/timestamp.ts';
import { statSync } from 'node:fs';
import { ContainerLog, withoutDoubt } from './container-log.ts';
import { MergedLog } from './merged-log.ts';

let folder: string;
const open: ContainerLog[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-index-'));
});
afterEach(async () => {
  for (const log of open.splice(0)) await log.close();
  rmSync(folder, { recursive: true });
});

const start = 1_795_766_400_000_000_000n;
const line = (text: string, milliseconds: number) => `${JSON.stringify({ log: `${text}\n`, stream: 'stdout', time: formatNanoseconds(start + BigInt(Math.round(milliseconds * 1e6))) })}\n`;

async function logOf(name: string, content: string): Promise<ContainerLog> {
  writeFileSync(join(folder, name), content);
  const log = new ContainerLog(join(folder, name), 'json-file');
  open.push(log);
  await log.refresh();
  return log;
}

async function texts(log: MergedLog, from: number, count: number): Promise<string[]> {
  const found: string[] = [];
  for await (const lines of log.rows(from, count, 50)) found.push(...lines.map(({ text }) => text));
  return found;
}

/** Some segments of lines of many lengths, the texts telling their times. */
function sample(seed: number, count: number, step: number): { content: string; lines: { text: string; time: number }[] } {
  const lines = Array.from({ length: count }, (_, index) => ({ text: `${seed}:${index} ${'x'.repeat((index * 7919 + seed) % 300)}`, time: Math.floor((index * step) / 3) * 3 + seed / 10 }));
  return { lines, content: lines.map(({ text, time }) => line(text, time)).join('') };
}

test('any rows of merged logs are those that sorting gives', async () => {
  const samples = [sample(1, 4000, 5), sample(2, 900, 30), sample(3, 2500, 2), sample(4, 0, 1)];
  const merged = new MergedLog(await Promise.all(samples.map(({ content }, index) => logOf(`${index}.log`, content))));
  const sorted = samples.flatMap(({ lines }) => lines).map((each, order) => ({ ...each, order })).sort((a, b) => a.time - b.time || a.order - b.order);
  expect(merged.end).toBe(sorted.length);
  for (const from of [0, 1, 777, 3333, 5000, 7399]) expect(await texts(merged, from, 60)).toEqual(sorted.slice(from, from + 60).map(({ text }) => text));
  expect(await texts(merged, 7400, 10)).toEqual([]);
  for (const row of [0, 1, 2000, 6100, 7399]) {
    const [source, number] = sorted[row]!.text.split(' ')[0]!.split(':').map(Number);
    expect(await merged.rowOf({ source: source! - 1, line: number! })).toBe(row);
  }
  const { time } = sorted[4321]!;
  expect(await merged.rowAt(Number(start / 1_000_000n) + time)).toBe(sorted.findIndex((each) => each.time >= time));
  expect(await merged.lines([{ source: 1, line: 5 }, { source: 9, line: 0 }, { source: 0, line: 4000 }])).toMatchObject([{ source: 1, line: 5, text: samples[1]!.lines[5]!.text }]);
});

test('growth, half a line, rotation and emptying', async () => {
  const log = await logOf('x.log', line('a', 0) + line('b', 1).slice(0, 20));
  const merged = new MergedLog([log]);
  expect(await texts(merged, 0, 9)).toEqual(['a']);
  appendFileSync(log.path, line('b', 1).slice(20) + line('c', 2));
  await log.refresh();
  expect(await texts(merged, 1, 9)).toEqual(['b', 'c']);
  appendFileSync(log.path, line('d', 3));
  renameSync(log.path, `${log.path}.1`);
  writeFileSync(log.path, line('e', 4));
  await log.refresh();
  expect(await texts(merged, 0, 9)).toEqual(['a', 'b', 'c', 'd', 'e']);
  // The oldest goes: numbers stay.
  renameSync(log.path, `${log.path}.1`);
  writeFileSync(log.path, line('f', 5));
  await log.refresh();
  expect([log.first, log.end, log.epoch]).toEqual([4, 6, 0]);
  expect(await texts(merged, 5, 9)).toEqual(['f']);
  expect(await texts(merged, 0, 9)).toEqual(['e', 'f']);
  truncateSync(log.path);
  await log.refresh();
  appendFileSync(log.path, line('g', 6));
  await log.refresh();
  expect(await texts(merged, 0, 9)).toEqual(['e', 'g']);
  expect(log.epoch).toBe(1);
});

test('a compressed file is read as what it was', async () => {
  const { content, lines } = sample(1, 2000, 1);
  writeFileSync(join(folder, 'x.log.1.gz'), gzipSync(content));
  const log = await logOf('x.log', line('last', 9000));
  expect(log.end).toBe(2001);
  expect(await texts(new MergedLog([log]), 1999, 9)).toEqual([lines[1999]!.text, 'last']);
});

function checkpoint(from: number, end: number, entries: number): Buffer {
  const bytes = Buffer.alloc(checkpointSize);
  encodeCheckpoint({ start: from, end, entries, firstTime: start, lastTime: start }, bytes);
  return bytes;
}

test('the index beside the file is believed where it fits, and only there', async () => {
  const { content, lines } = sample(1, 20_000, 1);
  const path = join(folder, 'x.log');
  writeFileSync(path, content);
  const inode = statSync(path, { bigint: true }).ino;
  const half = Buffer.byteLength(lines.slice(0, 10_000).map(({ text, time }) => line(text, time)).join(''));
  const merged = async () => {
    const log = new ContainerLog(path, 'json-file');
    open.push(log);
    await log.refresh();
    return new MergedLog([log]);
  };
  // One record lacks: that stretch is counted.
  writeFileSync(indexPathOf(path), Buffer.concat([encodeHeader(inode), checkpoint(half, content.length, 10_000)]));
  const gap = await merged();
  expect(gap.end).toBe(20_000);
  expect(await texts(gap, 15_000, 1)).toEqual([lines[15_000]!.text]);
  // It says something else than the file: found out when it is read, and made again.
  writeFileSync(indexPathOf(path), Buffer.concat([encodeHeader(inode), checkpoint(0, half, 9_999)]));
  const wrong = await merged();
  expect(wrong.end).toBe(19_999);
  expect(await withoutDoubt(wrong.logs, () => texts(wrong, 0, 1))).toEqual([lines[0]!.text]);
  expect([wrong.end, wrong.logs[0]!.epoch]).toEqual([20_000, 1]);
  // Of another file, torn, or garbage: not believed at all.
  for (const bytes of [
    Buffer.concat([encodeHeader(inode + 1n), checkpoint(0, half, 5)]),
    Buffer.concat([encodeHeader(inode), checkpoint(0, half, 5).fill(7, 20, 24)]),
    Buffer.concat([encodeHeader(inode), checkpoint(0, content.length + 1, 5)]),
    Buffer.alloc(500, 0xff),
  ]) {
    writeFileSync(indexPathOf(path), bytes);
    expect((await merged()).end).toBe(20_000);
  }
});

test('torn lines, and bytes that are none, keep their place', async () => {
  const log = await logOf('x.log', `${line('a', 0)}{"log":"torn\n${'\0'.repeat(3_000_000)}\n${line('z', 5)}`);
  const rows: { text: string; readable: boolean }[] = [];
  for await (const lines of new MergedLog([log]).rows(0, 99, 50)) rows.push(...lines);
  expect(rows[0]).toMatchObject({ text: 'a', readable: true });
  expect(rows[1]).toMatchObject({ text: '{"log":"torn', readable: false });
  expect(rows.at(-1)).toMatchObject({ text: 'z', readable: true });
  expect(Math.max(...rows.map(({ text }) => text.length))).toBeLessThan(20_000);
});

test('a clock that was set back does not bring lines out of order', async () => {
  const log = await logOf('x.log', line('a', 100) + line('b', 50) + line('c', 70) + line('d', 120));
  const other = await logOf('y.log', line('x', 60) + line('y', 110));
  expect(await texts(new MergedLog([log, other]), 0, 9)).toEqual(['x', 'a', 'b', 'c', 'y', 'd']);
});

test('files that are compressed while they are looked for are all found', async () => {
  const path = join(folder, 'x.log');
  const content = (number: number) => sample(number, 20, 5).content;
  writeFileSync(path, content(9));
  for (let number = 1; number <= 8; number += 1) writeFileSync(`${path}.${number}`, content(number));
  const compress = async (number: number) => {
    await writeFile(`${path}.${number}.gz.tmp`, gzipSync(content(number)));
    await rename(`${path}.${number}.gz.tmp`, `${path}.${number}.gz`);
    await rm(`${path}.${number}`);
  };
  const expand = async (number: number) => {
    await writeFile(`${path}.${number}`, content(number));
    await rm(`${path}.${number}.gz`);
  };
  for (let round = 0; round < 60; round += 1) {
    const log = new ContainerLog(path, 'json-file');
    open.push(log);
    const change = round % 2 === 0 ? compress : expand;
    // Some are changed before it looks, some meanwhile.
    const changes = (async () => {
      for (let number = 8; number >= 1; number -= 1) await change(number);
    })();
    for (let wait = 0; wait < round % 7; wait += 1) await new Promise(setImmediate);
    await log.refresh();
    await changes;
    // What changed too often for one look is found by the next.
    await log.refresh();
    expect(log.end).toBe(180);
  }
});
