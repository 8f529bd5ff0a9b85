import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listHostFolders } from './host-folders.ts';

it('tells folders and links to folders, and neither files nor what is hidden', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-folders-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await Promise.all(['site-10', 'site-2', '.git'].map((name) => mkdir(join(folder, name))));
  await writeFile(join(folder, 'index.html'), '<h1>secret</h1>');
  await symlink(join(folder, 'site-2'), join(folder, 'linked'));
  await symlink('/nowhere', join(folder, 'broken'));
  const list = await listHostFolders(folder);
  expect(list).toEqual({ path: folder, parent: tmpdir(), folders: ['linked', 'site-2', 'site-10'], isCut: false, hasIndex: true });
  expect((await listHostFolders(join(folder, 'site-2', '..', '.'))).path).toBe(folder);
});

it('the top has no parent', async () => expect(await listHostFolders('/')).not.toHaveProperty('parent'));

it.each([
  ['etc', 'no absolute path'],
  ['/nowhere/at/all', 'There is no folder'],
  ['/etc/hosts', 'is no folder'],
])('%s is refused in words', async (path, words) => {
  await expect(listHostFolders(path)).rejects.toThrow(words);
});
