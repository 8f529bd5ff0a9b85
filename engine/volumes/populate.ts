import { closeSync, constants, openSync } from 'node:fs';
import { access, lstat, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chmod, lchown, lutimes } from 'node:fs/promises';
import { copyTree } from '../lib/files/copy-tree.ts';
import { openInRoot, SyscallError } from '../lib/syscalls/files.ts';

/**
 * Fills an empty volume with what the image has at `path`, owner and mode of the folder itself included.
 *
 * The copy is made beside the volume's data and moved there when it is complete: an engine that dies leaves either
 * nothing, or a copy whose moving the next call finishes; and a container that has the volume already cannot slip a
 * symbolic link under the copy.
 * @param folder the volume's own folder, with `_data` in it. @param rootfs a container's mounted root that does not run.
 */
export async function populateVolume(folder: string, rootfs: string, path: string): Promise<void> {
  const data = join(folder, '_data');
  const unfinished = join(folder, '_copying');
  const copy = join(folder, '_copy');
  await rm(unfinished, { recursive: true, force: true });
  const left = await access(copy).then(() => true, () => false);
  if (!left) {
    if ((await readdir(data)).length > 0) return;
    const source = openFolder(rootfs, path);
    if (source === undefined) return;
    try {
      await mkdir(unfinished, { mode: 0o700 });
      await copyTree(`/proc/self/fd/${source}/.`, unfinished);
    } finally {
      closeSync(source);
    }
    await rename(unfinished, copy);
  }
  for (const name of await readdir(copy)) await rename(join(copy, name), join(data, name));
  const stats = await lstat(copy);
  await lchown(data, stats.uid, stats.gid);
  await chmod(data, stats.mode & 0o7777);
  await lutimes(data, stats.atime, stats.mtime);
  await rmdir(copy);
}

/** The same for a volume that is a mount of something else: what lies there already stays, and a crash may leave half a copy. */
export async function populateMounted(data: string, rootfs: string, path: string): Promise<void> {
  if ((await readdir(data)).length > 0) return;
  const source = openFolder(rootfs, path);
  if (source === undefined) return;
  try {
    await copyTree(`/proc/self/fd/${source}/.`, data);
  } finally {
    closeSync(source);
  }
}

/** Symbolic links in the image lead within the image. Undefined when there is no folder. */
function openFolder(rootfs: string, path: string): number | undefined {
  const root = openSync(rootfs, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return openInRoot(root, path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (error instanceof SyscallError && ['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV'].includes(error.code)) return undefined;
    throw error;
  } finally {
    closeSync(root);
  }
}
