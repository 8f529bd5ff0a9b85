import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { FolderList } from '../contract/ipc.ts';
import { Failure } from './failure.ts';

/** A person reads no longer list than this. */
const toldAtMost = 1000;

/** The folders in a folder, nothing of what files hold. @throws Failure `invalid`, `not-found` or `unavailable` */
export async function listHostFolders(path = homedir()): Promise<FolderList> {
  if (!isAbsolute(path) || path.includes('\0')) throw new Failure('invalid', `${path} is no absolute path.`);
  const folder = resolve(path);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw refusal(folder, (error as NodeJS.ErrnoException).code);
  });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const isFolder = await Promise.all(visible.map(async (entry) => (entry.isSymbolicLink() ? leadsToFolder(join(folder, entry.name)) : entry.isDirectory())));
  const folders = visible.filter((_, index) => isFolder[index]).map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const parent = dirname(folder);
  return {
    path: folder,
    ...(parent === folder ? {} : { parent }),
    folders: folders.slice(0, toldAtMost),
    isCut: folders.length > toldAtMost,
    hasIndex: visible.some(({ name }) => name === 'index.html'),
  };
}

const leadsToFolder = (path: string): Promise<boolean> => stat(path).then((found) => found.isDirectory(), () => false);

function refusal(folder: string, code: string | undefined): Failure {
  if (code === 'EACCES' || code === 'EPERM') return new Failure('unavailable', `You may not look into ${folder}.`, { hint: 'Choose another folder.' });
  if (code === 'ENOTDIR') return new Failure('invalid', `${folder} is no folder.`);
  return new Failure('not-found', `There is no folder ${folder}.`);
}
