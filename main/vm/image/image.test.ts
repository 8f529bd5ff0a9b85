import { mkdtemp, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkImage, type ImageCheck } from './image.ts';
import { writeFakeImage } from '../testing/fake-driver.ts';

let folder: string;
let check: ImageCheck;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  check = { directory: join(folder, 'image'), verifiedFile: join(folder, 'verified.json'), canRebuild: true };
  await writeFakeImage(check.directory);
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const file = (name: string) => join(check.directory, name);

describe('the VM image', () => {
  it('is whole when every checksum is right, and then trusted by size and time', async () => {
    expect(await checkImage(check)).toMatchObject({ version: 'test', arch: 'amd64', kernel: file('kernel'), commandLine: { tcg: 'nokaslr' } });
    const record = await readFile(check.verifiedFile, 'utf8');
    expect(Object.keys(JSON.parse(record) as object)).toEqual(['kernel', 'initrd.cpio', 'root.erofs'].map(file));
    await checkImage(check);
    expect(await readFile(check.verifiedFile, 'utf8')).toBe(record);
  });

  it('has the disk that firmware boots where that was made, and it is whole', async () => {
    await writeFakeImage(check.directory, 'test', ['boot.vhdx']);
    expect((await checkImage(check)).bootDisk).toBe(file('boot.vhdx'));
    await writeFile(file('boot.vhdx'), 'CONTENT of boot.vhdx');
    await expect(checkImage(check)).rejects.toMatchObject({ failure: { code: 'image-corrupt', message: expect.stringContaining('boot.vhdx does not have the checksum') } });
    // As in a package for another system.
    await rm(file('boot.vhdx'));
    expect((await checkImage(check)).bootDisk).toBeUndefined();
  });

  it('that changed is read again', async () => {
    await checkImage(check);
    await writeFile(file('kernel'), 'CONTENT of kernel');
    await expect(checkImage(check)).rejects.toMatchObject({ failure: { code: 'image-corrupt', message: expect.stringContaining('kernel does not have the checksum') } });
  });

  it('is read whole when asked to, however trusted', async () => {
    await writeFile(file('kernel'), 'CONTENT of kernel');
    const time = new Date(1_700_000_000_000);
    await utimes(file('kernel'), time, time);
    const manifest = JSON.parse(await readFile(file('manifest.json'), 'utf8')) as { files: { kernel: { sha256: string; size: number } } };
    await writeFile(check.verifiedFile, JSON.stringify({ [file('kernel')]: { ...manifest.files.kernel, mtimeMs: time.getTime() } }));
    await expect(checkImage(check)).resolves.toBeDefined();
    await expect(checkImage({ ...check, thorough: true })).rejects.toMatchObject({ failure: { code: 'image-corrupt' } });
  });

  it.each([
    ['image-missing', /root\.erofs is not there/, () => rm(file('root.erofs'))],
    ['image-missing', /manifest\.json is not there/, () => rm(file('manifest.json'))],
    ['image-corrupt', /has 5 bytes instead of/, () => truncate(file('root.erofs'), 5)],
    ['image-corrupt', /no manifest of a VM image/, () => writeFile(file('manifest.json'), '{"version": 1')],
    ['image-corrupt', /no manifest of a VM image/, () => writeFile(file('manifest.json'), '{"arch": "riscv64"}')],
  ])('is refused as %s: %s', async (code, message, damage) => {
    await damage();
    await expect(checkImage(check)).rejects.toMatchObject({
      failure: { code, phase: 'requirements', message: expect.stringMatching(message), steps: [{ command: 'npm run vm:image', action: 'rebuild-image' }] },
    });
  });
});
