import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readDiskHeader } from '../home/disk-header.ts';
import { seedLayout, writeSeedDisk } from './seed-disk.ts';

it('is a fixed VHD with the secrets of one start, for this user alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-seed-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'seed.vhd');
  await writeSeedDisk(path, Buffer.alloc(32, 0xa5), 'go 1732694400123'.padEnd(31) + '\n');
  const disk = await readFile(path);
  expect(disk).toHaveLength(4 * 1024 * 1024 + 512);
  expect(disk.toString('latin1', 0, 15)).toBe(seedLayout.word);
  expect(disk.subarray(seedLayout.keyAt, seedLayout.keyAt + 32)).toEqual(Buffer.alloc(32, 0xa5));
  expect(disk.toString('latin1', seedLayout.orderAt, seedLayout.orderAt + 19)).toBe('go 1732694400123   ');
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);

  const footer = disk.subarray(-512);
  const sum = footer.reduce((total, byte, index) => (index >= 64 && index < 68 ? total : total + byte), 0);
  expect([footer.toString('latin1', 0, 8), footer.readUInt32BE(64)]).toEqual(['conectix', ~sum >>> 0]);
  // Written again for the next start.
  await writeSeedDisk(path, Buffer.alloc(32, 1), 'go');
});

const hasQemu = (() => {
  try {
    execFileSync('qemu-img', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

it.runIf(hasQemu)('is a VHD to others too, and a VHDX of theirs tells its size here', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-seed-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeSeedDisk(join(folder, 'seed.vhd'), Buffer.alloc(32), 'go');
  const told = JSON.parse(execFileSync('qemu-img', ['info', '-f', 'vpc', '--output', 'json', join(folder, 'seed.vhd')], { encoding: 'utf8' })) as Record<string, unknown>;
  expect(told).toMatchObject({ format: 'vpc' });
  execFileSync('qemu-img', ['create', '-q', '-f', 'vhdx', join(folder, 'data.vhdx'), String(7 * 1024 ** 3)]);
  expect(await readDiskHeader(join(folder, 'data.vhdx'))).toMatchObject({ virtualSize: 7 * 1024 ** 3 });
  expect(await readDiskHeader(join(folder, 'none.vhdx'))).toBeNull();
  await rename(join(folder, 'seed.vhd'), join(folder, 'seed.vhdx'));
  await expect(readDiskHeader(join(folder, 'seed.vhdx'))).rejects.toMatchObject({ failure: { code: 'data-disk-damaged', message: expect.stringContaining('it is no VHDX image') } });
});
