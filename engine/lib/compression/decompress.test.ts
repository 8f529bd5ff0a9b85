import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompress } from './decompress.ts';

const content = Buffer.alloc(3_000_000, 'some content that repeats\n');
const missing = ['xz', 'bzip2'].filter((program) => spawnSync(program, ['--version'], { input: '' }).error !== undefined);
const pieces = (bytes: Buffer) => Readable.from(
  (function* () {
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  })(),
  { objectMode: false },
);

test.each([
  ['none', content],
  ['gzip', gzipSync(content)],
  ['zstd', zstdCompressSync(content)],
] as const)('%s is found and undone', async (name, bytes) => {
  const { stream, compression } = await decompress(pieces(bytes));
  expect(compression).toBe(name);
  expect(content.equals(await buffer(stream))).toBe(true);
});

describe.skipIf(missing.length > 0)(missing.length > 0 ? `without ${missing.join(' and ')} on this machine` : 'by a program', () => {
  test.each(['xz', 'bzip2'] as const)('%s is found and undone', async (name) => {
    const { stream, compression } = await decompress(pieces(execFileSync(name, ['-c'], { input: content })));
    expect(compression).toBe(name);
    expect(content.equals(await buffer(stream))).toBe(true);
  });

  test.each(['xz', 'bzip2'] as const)('%s that is cut off or damaged is an error', async (name) => {
    const whole = execFileSync(name, ['-c'], { input: content });
    const cut = await decompress(pieces(whole.subarray(0, whole.length - 20)));
    await expect(buffer(cut.stream)).rejects.toThrow(new RegExp(`^${name}: `));
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 40, 60);
    await expect(buffer((await decompress(pieces(damaged))).stream)).rejects.toThrow(new RegExp(`^${name}: `));
  });

  test('who stops reading ends the program and the source', async () => {
    const source = new Readable({ read() {} });
    source.push(execFileSync('xz', ['-c0'], { input: randomBytes(1_000_000) }));
    const { stream } = await decompress(source);
    await new Promise((resolve) => stream.once('data', resolve));
    expect(source.destroyed).toBe(false);
    const closed = new Promise((resolve) => source.once('close', resolve));
    stream.destroy();
    await closed;
  });

  test("an error of the source is the answer's", async () => {
    const bytes = execFileSync('xz', ['-c'], { input: content });
    const source = new Readable({ read() {} });
    source.push(bytes.subarray(0, 100));
    const { stream } = await decompress(source);
    const reading = buffer(stream);
    source.destroy(new Error('the client went away'));
    await expect(reading).rejects.toThrow('the client went away');
  });
});
