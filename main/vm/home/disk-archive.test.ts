import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeQcow2 } from '../testing/fake-driver.ts';
import { exportDisk, importDisk } from './disk-archive.ts';

let folder: string;
let disk: string;
let archive: string;
const { signal } = new AbortController();
/** A disk with something in it, and a long hole. */
const image = Buffer.concat([fakeQcow2(), Buffer.alloc(8 * 1024 * 1024), Buffer.from('the end of what was written'.repeat(10_000))]);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-archive-'));
  disk = join(folder, 'data.qcow2');
  archive = join(folder, 'elsewhere.slipway');
  await writeFile(disk, image);
  return () => rm(folder, { recursive: true, force: true });
});

const digest = async (path: string) => createHash('sha256').update(await readFile(path)).digest('hex');

/** An archive whose checksum is right, whatever it holds. */
async function forge(header: object, content: Buffer): Promise<void> {
  const bytes = Buffer.concat([Buffer.from(`slipway-data 1\n${JSON.stringify(header)}\n`), zstdCompressSync(content)]);
  await writeFile(archive, Buffer.concat([bytes, Buffer.from(`${createHash('sha256').update(bytes).digest('hex')}\n`)]));
}

it('goes out and comes back byte for byte, with progress, holes and all, and the disk that was there is kept', async () => {
  const told: number[] = [];
  const length = await exportDisk(disk, archive, '0.1.0', { signal, onProgress: (done, total) => told.push(done / total) });
  expect([length, (await stat(archive)).mode & 0o777, told.at(-1)]).toEqual([(await stat(archive)).size, 0o600, 1]);
  expect(length).toBeLessThan(100_000);
  const wanted = await digest(disk);
  await writeFile(disk, Buffer.concat([fakeQcow2(), Buffer.from('something else')]));
  const { header, aside } = await importDisk(archive, disk, { signal, onProgress: (done, total) => told.push(done / total) });
  expect([await digest(disk), told.at(-1)]).toEqual([wanted, 1]);
  expect(header).toMatchObject({ bytes: image.length, virtualSize: 1024 ** 3, version: '0.1.0' });
  const found = await stat(disk);
  expect(found.blocks * 512).toBeLessThan(2 * 1024 * 1024);
  expect((await readFile(aside ?? '')).subarray(-14).toString()).toBe('something else');
  expect((await readdir(folder)).filter((name) => /\.(?:part|import)$/.test(name))).toEqual([]);
});

describe('a file that is not whole is refused, and the disk stays as it is', () => {
  beforeEach(() => exportDisk(disk, archive, '0.1.0', { signal }).then(() => undefined));

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['cut in the middle', (bytes) => bytes.subarray(0, bytes.length >> 1), 'it is cut off'],
    ['cut at its last byte', (bytes) => bytes.subarray(0, -1), 'it is cut off'],
    ['cut in its first lines', (bytes) => bytes.subarray(0, 20), 'is no export'],
    ['empty', () => Buffer.alloc(0), 'is no export'],
    ['something else', () => Buffer.from('PK\u0003\u0004'.repeat(100)), 'is no export'],
    ['changed in one bit', (bytes) => ((bytes[bytes.length >> 1]! ^= 1), bytes), 'is damaged'],
    ['changed in what it says of itself', (bytes) => Buffer.from(bytes.toString('latin1').replace('"version":"0.1.0"', '"version":"0.1.1"'), 'latin1'), 'its checksum is another one'],
    ['changed in its checksum', (bytes) => (bytes.write(bytes.at(-2) === 0x30 ? '1' : '0', bytes.length - 2), bytes), 'its checksum is another one'],
  ])('%s', async (_name, change, message) => {
    await writeFile(archive, change(await readFile(archive)));
    const before = await digest(disk);
    await expect(importDisk(archive, disk, { signal })).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(message) });
    expect([await digest(disk), (await readdir(folder)).sort()]).toEqual([before, ['data.qcow2', 'elsewhere.slipway']]);
  });

  it.each<[string, () => Promise<void>, string]>([
    ['longer than it names', () => forge({ bytes: 1000, virtualSize: 1 }, Buffer.alloc(50_000)), 'more than it names'],
    ['shorter than it names', () => forge({ bytes: 60_000, virtualSize: 1 }, Buffer.alloc(50_000)), 'less than it names'],
    ['no disk', () => forge({ bytes: 50_000, virtualSize: 1 }, Buffer.alloc(50_000)), 'it is no qcow2 image'],
    ['a disk on a backing file, such as /etc/shadow', () => leaning((header) => header.writeBigUInt64BE(200n, 8)), 'leans on another file'],
    ['a disk with its data in another file', () => leaning((header) => header.writeBigUInt64BE(4n, 72)), 'leans on another file'],
  ])('%s', async (_name, make, message) => {
    await make();
    const before = await digest(disk);
    await expect(importDisk(archive, disk, { signal })).rejects.toThrow(message);
    expect([await digest(disk), (await readdir(folder)).sort()]).toEqual([before, ['data.qcow2', 'elsewhere.slipway']]);
  });
  async function leaning(change: (header: Buffer) => void): Promise<void> {
    const header = fakeQcow2();
    change(header);
    await forge({ bytes: header.length, virtualSize: 1 }, header);
  }
});

it('comes to a computer that has none yet', async () => {
  await exportDisk(disk, archive, '0.1.0', { signal });
  await rm(disk);
  expect(await importDisk(archive, disk, { signal })).toMatchObject({ aside: null });
  expect((await readFile(disk)).equals(image)).toBe(true);
});

it('that is cancelled leaves no trace, out and in', async () => {
  const cancelled = new AbortController();
  const onProgress = () => cancelled.abort(new Error('Interrupted.'));
  await expect(exportDisk(disk, archive, '0.1.0', { signal: cancelled.signal, onProgress })).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['data.qcow2']);
  await exportDisk(disk, archive, '0.1.0', { signal });
  const again = new AbortController();
  await expect(importDisk(archive, disk, { signal: again.signal, onProgress: () => again.abort(new Error('Interrupted.')) })).rejects.toThrow();
  expect((await readdir(folder)).sort()).toEqual(['data.qcow2', 'elsewhere.slipway']);
});

it('is not made of a disk that is damaged or not there', async () => {
  await truncate(disk, 100_000);
  await expect(exportDisk(disk, archive, '0.1.0', { signal })).rejects.toMatchObject({ failure: { code: 'data-disk-damaged' } });
  await rm(disk);
  await expect(exportDisk(disk, archive, '0.1.0', { signal })).rejects.toMatchObject({ kind: 'not-found' });
});
