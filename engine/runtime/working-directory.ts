import { closeSync, constants, fstatSync, mkdirSync, openSync } from 'node:fs';
import { InvalidParameterError } from '../errors.ts';
import { O_PATH, openInRoot, SyscallError } from '../lib/syscalls/files.ts';

/**
 * Makes a container's working directory where the image has none. Every step is resolved inside the root, so that no
 * symbolic link of an image leads out of it.
 * @throws InvalidParameterError when something else is in the way
 */
export function ensureWorkingDirectory(rootfs: string, path: string): void {
  if (path === '/') return;
  const root = openSync(rootfs, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    let reached = '';
    for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
      const parent = reached === '' ? '/' : reached;
      reached = `${reached}/${name}`;
      if (!isThere(root, reached, path)) makeBelow(root, parent, name);
    }
  } finally {
    closeSync(root);
  }
}

function isThere(root: number, path: string, wanted: string): boolean {
  let fd: number;
  try {
    fd = openInRoot(root, path, O_PATH);
  } catch (error) {
    if (error instanceof SyscallError && error.code === 'ENOENT') return false;
    throw new InvalidParameterError(`cannot make the working directory ${wanted}: ${(error as Error).message}`, { cause: error });
  }
  try {
    if (!fstatSync(fd).isDirectory()) throw new InvalidParameterError(`Cannot mkdir: ${wanted} is not a directory`);
    return true;
  } finally {
    closeSync(fd);
  }
}

function makeBelow(root: number, parent: string, name: string): void {
  const fd = openInRoot(root, parent, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    mkdirSync(`/proc/self/fd/${fd}/${name}`, { mode: 0o755 });
  } catch (error) {
    // A dangling link, or somebody was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(fd);
  }
}
