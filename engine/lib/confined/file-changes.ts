import { closeSync, constants, lchownSync, lstatSync, mkdirSync, openSync, readdirSync, realpathSync, renameSync, unlinkSync } from 'node:fs';
import { posix } from 'node:path';
import { chdir, currentDirectory, renameNoReplace } from '../syscalls/mount-tree.ts';
import { O_PATH } from '../syscalls/files.ts';
import { expectAccess, isWithin } from './access-rules.ts';
import type { ExtractOptions } from './protocol.ts';
import { ArchiveRefusal, removeFolder } from './tree-extractor.ts';

/**
 * Single changes to the calling thread's tree. The thread moves into the folder that holds the entry, whose true name then decides
 * whether the change is allowed: a symbolic link on the way cannot lead around a rule.
 */

type Access = ExtractOptions['access'];

/** The new folder belongs to whom its own folder belongs. @throws EEXIST */
export function makeFolder(path: string, access: Access): void {
  const { name } = enterParent(path, access);
  mkdirSync(name, { mode: 0o755 });
  const { uid, gid } = lstatSync('.');
  lchownSync(name, uid, gid);
}

/** Nothing is replaced. @throws EEXIST; EXDEV for a folder of the image, which overlayfs cannot move */
export function renameEntry(path: string, to: string, access: Access): void {
  const target = enterParent(to, access);
  // Held open: whatever its name becomes meanwhile, it is the folder that was allowed.
  const folder = openSync('.', O_PATH | constants.O_DIRECTORY);
  try {
    const source = enterParent(path, access);
    expectNoMount(posix.join(source.folder, source.name), access);
    if (renameNoReplace(source.name, { folder, name: target.name })) return;
    // A file system that cannot do it in one step.
    const destination = posix.join(target.folder, target.name);
    if (lstatSync(destination, { throwIfNoEntry: false }) !== undefined) throw Object.assign(new Error(`rename ${destination}: file exists`), { code: 'EEXIST' });
    renameSync(source.name, destination);
  } finally {
    closeSync(folder);
  }
}

/**
 * A link is removed and not followed.
 * @throws ENOTEMPTY unless recursive; ArchiveRefusal for what holds a mount, whose content would go with it
 */
export function removeEntry(path: string, { recursive, access }: { recursive: boolean; access: Access }): void {
  const { folder, name } = enterParent(path, access);
  expectNoMount(posix.join(folder, name), access);
  const bytes = Buffer.from(name);
  if (!lstatSync(bytes).isDirectory()) {
    unlinkSync(bytes);
    return;
  }
  if (!recursive && readdirSync(bytes).length > 0) throw Object.assign(new Error(`${path}: directory not empty`), { code: 'ENOTEMPTY' });
  removeFolder(bytes);
}

export function emptyRoot(): void {
  for (const entry of readdirSync(Buffer.from('/'), { withFileTypes: true, encoding: 'buffer' })) {
    const path = Buffer.concat([Buffer.from('/'), entry.name as unknown as Buffer]);
    if (entry.isDirectory()) removeFolder(path);
    else unlinkSync(path);
  }
}

/** @returns the folder without symbolic links, and the entry's name in it */
function enterParent(path: string, access: Access): { folder: string; name: string } {
  const clean = posix.resolve('/', path);
  if (clean === '/') throw new ArchiveRefusal('the root folder cannot be made, renamed or removed');
  chdir(posix.dirname(clean));
  const folder = currentDirectory();
  expectAccess(folder, access);
  return { folder, name: posix.basename(clean) };
}

function expectNoMount(path: string, access: Access): void {
  // A mount's own path may lead through links of the image.
  const mounted = access.find((rule) => rule.path !== '/' && (isWithin(rule.path, path) || isWithin(realPath(rule.path), path)));
  if (mounted !== undefined) throw new ArchiveRefusal(`${path} holds what is mounted at ${mounted.path}: it can only change when the container does not have that mount`);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
