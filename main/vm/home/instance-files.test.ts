import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instanceFiles, makeInstanceFolders, removeStaleSockets, writeInstanceKey } from './instance-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-home-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const mode = async (path: string) => (await stat(path)).mode & 0o777;

describe('instance files', () => {
  it('are in folders that only the user enters, also when those were open before', async () => {
    const files = instanceFiles(join(folder, 'deep/home'));
    await mkdir(files.run, { recursive: true });
    await chmod(files.home, 0o755);
    await chmod(files.run, 0o777);
    await makeInstanceFolders(files);
    expect([await mode(files.home), await mode(files.run)]).toEqual([0o700, 0o700]);
  });

  it('refuse a home that is a file or a link to elsewhere', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeInstanceFolders(instanceFiles(join(folder, 'file')))).rejects.toThrow();
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'link'));
    await expect(makeInstanceFolders(instanceFiles(join(folder, 'link')))).rejects.toThrow('is not a folder');
  });

  it('hold a key of 32 new bytes that only the user reads, whatever lay there', async () => {
    const files = instanceFiles(join(folder, 'home'));
    await makeInstanceFolders(files);
    await writeFile(files.key, 'old and readable', { mode: 0o644 });
    const key = await writeInstanceKey(files);
    expect([key.length, await mode(files.key), (await readFile(files.key)).equals(key)]).toEqual([32, 0o600, true]);
    expect((await writeInstanceKey(files)).equals(key)).toBe(false);
  });

  it('of an earlier VM do not stop the next one from listening', async () => {
    const files = instanceFiles(join(folder, 'home'));
    await makeInstanceFolders(files);
    await writeFile(files.qmpSocket, '');
    await removeStaleSockets(files);
    await expect(stat(files.qmpSocket)).rejects.toThrow('ENOENT');
  });
});
