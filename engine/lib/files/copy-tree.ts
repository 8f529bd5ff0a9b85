import { constants } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { chmod, copyFile, lchown, link, lstat, lutimes, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { lgetxattr, llistxattr, lsetxattr, mkfifo, mknod } from '../syscalls/files.ts';

/**
 * Copies what is below the folder `source` into the existing folder `target`, and gives `target` the source's own owner,
 * mode, times and extended attributes. Symbolic links are copied as they are and never followed, hard links between
 * copied files stay, sockets are left out. Nobody else may be changing either tree.
 */
export async function copyTree(source: string, target: string, signal?: AbortSignal): Promise<void> {
  const links = new Map<string, string>();
  await copyChildren(source, target, links, signal);
  await copyMetadata(source, target, await lstat(source, { bigint: true }));
}

async function copyChildren(source: string, target: string, links: Map<string, string>, signal: AbortSignal | undefined): Promise<void> {
  for (const name of await readdir(source, { encoding: 'buffer' })) {
    signal?.throwIfAborted();
    await copyEntry(joinBytes(source, name), joinBytes(target, name), links, signal);
  }
}

async function copyEntry(source: string, target: string, links: Map<string, string>, signal: AbortSignal | undefined): Promise<void> {
  const stats = await lstat(source, { bigint: true });
  if (stats.isSocket()) return;
  const inode = `${stats.dev} ${stats.ino}`;
  const copied = stats.nlink > 1n && !stats.isDirectory() ? links.get(inode) : undefined;
  if (copied !== undefined) {
    await link(copied, target);
    return;
  }
  if (stats.isDirectory()) {
    await mkdir(target, 0o700);
    await copyChildren(source, target, links, signal);
  } else if (stats.isSymbolicLink()) await symlink(await readlink(source), target);
  else if (stats.isFile()) await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  else if (stats.isFIFO()) mkfifo(target);
  else mknod(target, Number(stats.mode), deviceOf(stats.rdev));
  links.set(inode, target);
  await copyMetadata(source, target, stats);
}

/** Owner before mode, because changing it clears set-user-id; times last. */
async function copyMetadata(source: string, target: string, stats: BigIntStats): Promise<void> {
  await lchown(target, Number(stats.uid), Number(stats.gid));
  for (const name of llistxattr(source)) {
    const value = lgetxattr(source, name);
    if (value !== undefined) lsetxattr(target, name, value);
  }
  if (!stats.isSymbolicLink()) await chmod(target, Number(stats.mode & 0o7777n));
  await lutimes(target, Number(stats.atimeNs) / 1e9, Number(stats.mtimeNs) / 1e9);
}

/** linux/kdev_t.h huge_decode_dev, for the numbers that {@link mknod} can encode. */
function deviceOf(rdev: bigint): { major: number; minor: number } {
  return { major: Number((rdev >> 8n) & 0xfffn), minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xfff00n)) };
}

/** @throws Error for a name that is no UTF-8: Node's paths cannot carry it, and a wrong name would be worse than none. */
function joinBytes(folder: string, name: Buffer): string {
  const text = name.toString('utf8');
  if (!Buffer.from(text).equals(name)) throw new Error(`cannot copy ${join(folder, text)}: its name is no UTF-8`);
  return join(folder, text);
}
