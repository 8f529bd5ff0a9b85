import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeQcow2 } from '../testing/fake-driver.ts';
import { prepareDataDisk, requireFreeSpace, setDataDiskAside } from './data-disk.ts';
import { readQcow2Header } from './disk-header.ts';

let folder: string;
let path: string;
const calls: string[] = [];
const tools = {
  createDisk: async (file: string, bytes: number) => {
    calls.push(`create ${bytes}`);
    await writeFile(file, fakeQcow2());
  },
  growDisk: (_file: string, bytes: number) => Promise.resolve(void calls.push(`grow ${bytes}`)),
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-disk-'));
  path = join(folder, 'data.qcow2');
  calls.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the data disk', () => {
  it('is made once, and then left as it is', async () => {
    await writeFile(`${path}.import`, 'of an import that was killed');
    expect(await prepareDataDisk(path, 1, tools)).toBe('1 GiB, new');
    expect(await readdir(folder)).toEqual(['data.qcow2']);
    const content = await readFile(path);
    expect(await prepareDataDisk(path, 1, tools)).toMatch(/^1 GiB, .* used$/);
    expect([calls, (await readFile(path)).equals(content)]).toEqual([[`create ${1024 ** 3}`], true]);
  });

  it('grows when more is asked for, and never shrinks', async () => {
    await prepareDataDisk(path, 1, tools);
    await prepareDataDisk(path, 4, tools);
    await prepareDataDisk(path, 0.5, tools);
    expect(calls).toEqual([`create ${1024 ** 3}`, `grow ${4 * 1024 ** 3}`]);
  });

  it('is not left half made when the making is cut off', async () => {
    const failing = { ...tools, createDisk: async (file: string) => (await writeFile(file, 'half'), Promise.reject(new Error('killed'))) };
    await expect(prepareDataDisk(path, 1, failing)).rejects.toMatchObject({ failure: { code: 'internal', phase: 'disk' } });
    expect(await readdir(folder)).toEqual(['data.qcow2.new']);
    expect(await prepareDataDisk(path, 1, tools)).toBe('1 GiB, new');
  });

  it('says that the computer is full when it cannot be made for that', async () => {
    const full = { ...tools, createDisk: () => Promise.reject(new Error("qemu-img: data.qcow2: Could not resize image: No space left on device")) };
    await expect(prepareDataDisk(path, 1, full)).rejects.toMatchObject({ failure: { code: 'disk-full', phase: 'disk' } });
  });

  it.each([
    ['is no qcow2 image', (image: Buffer) => image.fill('x', 0, 4), /no qcow2 image/],
    ['was marked by QEMU', (image: Buffer) => image.writeBigUInt64BE(2n, 72), /marked it as corrupt/],
  ])('is never overwritten when it %s', async (_name, damage, message) => {
    const image = fakeQcow2();
    damage(image);
    await writeFile(path, image);
    await expect(prepareDataDisk(path, 1, tools)).rejects.toMatchObject({
      failure: { code: 'data-disk-damaged', message: expect.stringMatching(message), steps: [{ command: `qemu-img check -r all ${path}` }, { action: 'reset-data-disk' }] },
    });
    expect([calls, (await readFile(path)).equals(image)]).toEqual([[], true]);
  });

  it('that was cut off is recognised', async () => {
    await writeFile(path, fakeQcow2());
    await truncate(path, 100_000);
    await expect(readQcow2Header(path)).rejects.toMatchObject({ failure: { message: expect.stringContaining('cut off: 100000 bytes') } });
    await truncate(path, 10);
    await expect(readQcow2Header(path)).rejects.toMatchObject({ failure: { code: 'data-disk-damaged' } });
  });

  it('is set aside, not deleted', async () => {
    expect(await setDataDiskAside(path)).toBeNull();
    await writeFile(path, 'precious');
    const aside = await setDataDiskAside(path);
    expect(await readFile(aside ?? '', 'utf8')).toBe('precious');
  });
});

describe('free space', () => {
  it('is asked for before anything is started', async () => {
    await requireFreeSpace(folder, () => Promise.resolve(10 ** 10));
    await expect(requireFreeSpace(folder, () => Promise.resolve(100 * 1024 ** 2))).rejects.toMatchObject({
      failure: { code: 'disk-full', phase: 'requirements', message: `The disk that holds ${folder} is full: 100 MiB are free, a start needs 512 MiB.` },
    });
  });
});
