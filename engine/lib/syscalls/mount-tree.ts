import { constants } from 'node:fs';
import koffi from 'koffi';
import { AT_FDCWD } from './files.ts';
import { check, libc } from './libc.ts';

/**
 * System calls that move a thread into a file system tree of its own. All act on the calling thread alone, once it has
 * left the file system state that threads share (`unshare(CLONE_FS)`, which `CLONE_NEWNS` implies).
 * Sources: open_tree(2), move_mount(2), mount_setattr(2), pivot_root(2).
 */

/** The same numbers everywhere from 424 on. */
const numbers = { pivotRoot: process.arch === 'arm64' ? 41 : 155, openTree: 428, moveMount: 429, mountSetattr: 442 };

const atEmptyPath = 0x1000;
const atRecursive = 0x8000;
const openTreeClone = 1;
const openTreeCloexec = 0o2000000;
const moveMountFromEmptyPath = 0x4;
const attrReadOnly = 0x1;
const propagationPrivate = 1 << 18;

const c = {
  pivotRoot: libc.func('syscall', 'long', ['long', 'str', 'str']),
  openTree: libc.func('syscall', 'long', ['long', 'long', 'str', 'long']),
  moveMount: libc.func('syscall', 'long', ['long', 'long', 'str', 'long', 'str', 'long']),
  mountSetattr: libc.func('syscall', 'long', ['long', 'long', 'str', 'long', 'void *', 'size_t']),
  chdir: libc.func('int chdir(const char *path)'),
  fchdir: libc.func('int fchdir(int fd)'),
  getcwd: libc.func('void *getcwd(void *buffer, size_t size)'),
  renameat2: libc.func('int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags)'),
  utimensat: libc.func('int utimensat(int dirfd, const void *path, const void *times, int flags)'),
  futimens: libc.func('int futimens(int fd, const void *times)'),
  flistxattr: libc.func('long flistxattr(int fd, void *list, size_t size)'),
};

/**
 * A mount of `path` that is attached nowhere: a bind mount which {@link attachTree} puts into its place. It is private, so
 * that nothing mounted below it later spreads. The caller closes the descriptor.
 */
export function cloneTree(path: string, options: { recursive: boolean; readOnly: boolean }): number {
  const recursive = options.recursive ? atRecursive : 0;
  const tree = check(c.openTree(numbers.openTree, AT_FDCWD, path, openTreeClone | openTreeCloexec | recursive), 'open_tree', path);
  // struct mount_attr: attr_set, attr_clr, propagation, userns_fd.
  const attributes = new BigUint64Array([BigInt(options.readOnly ? attrReadOnly : 0), 0n, BigInt(propagationPrivate), 0n]);
  check(c.mountSetattr(numbers.mountSetattr, tree, '', atEmptyPath | recursive, attributes, attributes.byteLength), 'mount_setattr', path);
  return tree;
}

/** Mounts what {@link cloneTree} answered on `target`, whose symbolic links lead within the thread's root. */
export function attachTree(tree: number, target: string): void {
  check(c.moveMount(numbers.moveMount, tree, '', AT_FDCWD, target, moveMountFromEmptyPath), 'move_mount', target);
}

/** Makes the mount at the current directory the root and puts the old root on top of it, from where it can be unmounted. */
export function pivotHere(): void {
  check(c.pivotRoot(numbers.pivotRoot, '.', '.'), 'pivot_root');
}

/** Changes the calling thread's directory, which `process.chdir` refuses to do in a worker. */
export function chdir(path: string): void {
  check(c.chdir(path), 'chdir', path);
}

/** {@link chdir} to an open folder, which may lie outside the thread's root. */
export function fchdir(fd: number): void {
  check(c.fchdir(fd), 'fchdir');
}

const pathBuffer = Buffer.alloc(4096);

/** The calling thread's directory, without symbolic links, as seen from its root. */
export function currentDirectory(): string {
  check(c.getcwd(pathBuffer, pathBuffer.length) === null ? -1 : 0, 'getcwd');
  return pathBuffer.toString('utf8', 0, pathBuffer.indexOf(0));
}

const renameNoReplaceFlag = 1;

/** Renames unless something has the new name (EEXIST). Answers false where the file system cannot do that in one step. */
export function renameNoReplace(from: string, to: { folder: number; name: string }): boolean {
  const result = c.renameat2(AT_FDCWD, from, to.folder, to.name, renameNoReplaceFlag) as number;
  if (result < 0 && koffi.errno() === koffi.os.errno.EINVAL) return false;
  check(result, 'rename', from);
  return true;
}

const atSymlinkNoFollow = 0x100;
const utimeOmit = (1n << 30n) - 2n;
/** Access time and modification time as struct timespec. */
const times = new BigInt64Array(4);

/** Sets the modification time to the nanosecond; the last access becomes the same. */
export function setFileTime(fd: number, seconds: number, nanoseconds: number): void {
  setTimes(seconds, nanoseconds);
  check(c.futimens(fd, times), 'futimens');
}

/** {@link setFileTime} by name, of a symbolic link itself. */
export function setPathTime(path: Buffer, seconds: number, nanoseconds: number): void {
  setTimes(seconds, nanoseconds);
  check(c.utimensat(AT_FDCWD, terminated(path), times, atSymlinkNoFollow), 'utimensat', path.toString());
}

function setTimes(seconds: number, nanoseconds: number): void {
  times[0] = 0n;
  times[1] = utimeOmit;
  times[2] = BigInt(seconds);
  times[3] = BigInt(nanoseconds);
}

/** Whether an open file has extended attributes at all, which most have not: one call instead of a list. */
export function hasXattrs(fd: number): boolean {
  return Number(c.flistxattr(fd, null, 0)) > 0;
}

function terminated(path: Buffer): Buffer {
  return Buffer.concat([path, Buffer.alloc(1)]);
}

/** What opens a file of a tree that somebody else is changing: no link is followed at the end, no FIFO is waited for. */
export const openSafely = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
