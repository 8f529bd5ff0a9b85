import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JsonRecordEncoder } from '../../shimd/log/json-record.ts';
import { compressRotated } from '../../shimd/log/compress.ts';
import { LocalRecordEncoder } from '../../shimd/log/local-record.ts';
import { closeAll, findStart, openStart } from './find-start.ts';
import type { LogStart } from './find-start.ts';
import { codecOf } from './log-codec.ts';
import type { LogCodec } from './log-codec.ts';
import { formatLogEntry } from './log-entry.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-log-start-'));
  path = join(directory, 'x.log');
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const second = 1_000_000_000n;
const epoch = 1_800_000_000n * second;
const perFile = 3_000;

/** Three files with an entry each second, oldest numbers in the oldest file. */
async function write(driver: string): Promise<void> {
  for (const [age, file] of [`${path}.2`, `${path}.1`, path].entries()) {
    const encoder = driver === 'local' ? new LocalRecordEncoder() : new JsonRecordEncoder(undefined);
    const target = Buffer.alloc(perFile * 400);
    let used = 0;
    for (let number = age * perFile; number < (age + 1) * perFile; number += 1) {
      const text = Buffer.from(`${number} ${'x'.repeat(number % 97)}\n`);
      encoder.begin('stdout', epoch + BigInt(number) * second);
      used = encoder.encode(text, 0, text.length, target, used);
    }
    await writeFile(file, target.subarray(0, used));
  }
}

async function numbersSince(driver: string, since: bigint): Promise<{ numbers: number[]; bytes: number }> {
  const codec = codecOf(driver);
  const numbers: number[] = [];
  let bytes = 0;
  for (const { file, offset, reader } of await findStart(path, codec, { tail: null, since })) {
    bytes += (await stat(file)).size - offset;
    for (;;) {
      const records = await reader!.read();
      if (records.length === 0) break;
      for (const record of records) {
        const entry = codec.parse(record)!;
        const shown = formatLogEntry(entry, { stdout: true, stderr: true, since, timestamps: false, details: false, multiplexed: false });
        if (Buffer.isBuffer(shown)) numbers.push(parseInt(shown.toString(), 10));
      }
    }
    await reader!.close();
  }
  return { numbers, bytes };
}

describe.each(['json-file', 'local'])('%s', (driver) => {
  test('all since a moment, wherever that lies, and not the whole log for it', async () => {
    await write(driver);
    const all = 3 * perFile;
    const total = (await stat(path)).size * 3;
    for (const first of [0, 1, 17, perFile - 1, perFile, perFile + 1, all - 1000, all - 300, all - 1]) {
      const { numbers, bytes } = await numbersSince(driver, epoch + BigInt(first) * second);
      expect([numbers.length, numbers[0], numbers.at(-1)], `since ${first}`).toEqual([all - first, first, all - 1]);
      if (first >= all - 1000) expect(bytes).toBeLessThan(total / 4);
    }
    expect((await numbersSince(driver, epoch - second)).numbers).toHaveLength(all);
    const late = await numbersSince(driver, epoch + BigInt(all) * second);
    expect(late.numbers).toEqual([]);
    expect(late.bytes).toBeLessThan(total / 30);
  });

  test('an empty log, and none', async () => {
    expect(await findStart(path, codecOf(driver), { tail: null, since: epoch })).toEqual([]);
    await writeFile(path, '');
    const start = await findStart(path, codecOf(driver), { tail: null, since: epoch });
    expect(start.map(({ file, offset }) => ({ file, offset }))).toEqual([{ file: path, offset: 0 }]);
    await closeAll(start);
  });
});

describe('files that are named otherwise meanwhile', () => {
  const numberOf = (codec: LogCodec, record: Buffer): number => parseInt(codec.parse(record)!.text, 10);

  /** Every number of the parts, in the order in which they are read. */
  async function readAll(codec: LogCodec, start: LogStart[]): Promise<number[]> {
    const numbers: number[] = [];
    for (const part of start) {
      const reader = (await openStart(path, codec, part))!;
      for (let records = await reader.read(); records.length > 0; records = await reader.read()) numbers.push(...records.map((record) => numberOf(codec, record)));
      await reader.close();
    }
    return numbers;
  }

  const everything = Array.from({ length: 3 * perFile }, (_, number) => number);

  /** As shimd does it: `x.log.1` becomes `x.log.1.gz`. */
  async function compress(): Promise<void> {
    compressRotated(path, 5);
    await expect.poll(() => stat(`${path}.1.gz`).then(() => true, () => false)).toBe(true);
    await expect.poll(() => stat(`${path}.1`).then(() => true, () => false)).toBe(false);
  }

  async function rotate(): Promise<void> {
    for (const [from, to] of [['.2', '.3'], ['.2.gz', '.3.gz'], ['.1', '.2'], ['.1.gz', '.2.gz'], ['', '.1']]) await rename(`${path}${from}`, `${path}${to}`).catch(() => undefined);
    await writeFile(path, '');
  }

  test('a compressed one is found by what it is when its turn comes', async () => {
    await write('local');
    await compress();
    const codec = codecOf('local');
    const start = await findStart(path, codec, { tail: null });
    await rotate();
    expect(await readAll(codec, start)).toEqual(everything);
  });

  test('one that is compressed while they are opened is looked for again', async () => {
    await write('local');
    const codec = codecOf('local');
    let isDone = false;
    const disturbed: LogCodec = {
      ...codec,
      // The newest has been opened, the others have been listed.
      async findTail(...about) {
        if (!isDone) await compress();
        isDone = true;
        return codec.findTail(...about);
      },
    };
    expect(await readAll(codec, await findStart(path, disturbed, { tail: 3 * perFile }))).toEqual(everything);
  });
});
