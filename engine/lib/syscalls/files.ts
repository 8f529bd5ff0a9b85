import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import koffi from 'koffi';
import { check, libc, SyscallError } from './libc.ts';

export { SyscallError } from './libc.ts';

/** System calls that Node lacks, on files and mounts. Processes and namespaces: `process.ts`. Source: section 2 of the manual. */

/** Flags of {@link mount}. Source: linux/mount.h. */
export const MountFlag = {
  readOnly: 0x1,
  noSuid: 0x2,
  noDev: 0x4,
  noExec: 0x8,
  sync: 0x10,
  remount: 0x20,
  mandatoryLocks: 0x40,
  dirSync: 0x80,
  noAtime: 0x400,
  noDirAtime: 0x800,
  bind: 0x1000,
  move: 0x2000,
  recursive: 0x4000,
  unbindable: 0x20000,
  private: 0x40000,
  slave: 0x80000,
  shared: 0x100000,
  relAtime: 0x200000,
  strictAtime: 0x1000000,
} as const;

/** Flags of {@link umount2}. */
export const UmountFlag = { force: 1, detach: 2, expire: 4, noFollow: 8 } as const;

/** Flags of `resolve` in {@link openat2}. */
export const ResolveFlag = { noXdev: 0x01, noMagicLinks: 0x02, noSymlinks: 0x04, beneath: 0x08, inRoot: 0x10, cached: 0x20 } as const;

/** Open flags that Node's `fs.constants` lacks; the same on x86-64 and arm64. */
export const O_PATH = 0o10000000;
export const O_CLOEXEC = 0o2000000;

/** `dirfd` that means the current directory. */
export const AT_FDCWD = -100;

/** Numbers of system calls without a wrapper in older C libraries. Those above 424 are the same everywhere. */
const numbers = { mknodat: process.arch === 'arm64' ? 33 : 259, openat2: 437 };

const c = {
  mount: libc.func('int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)'),
  umount2: libc.func('int umount2(const char *target, int flags)'),
  mknodat: libc.func('syscall', 'long', ['long', 'long', 'str', 'uint32', 'uint32']),
  mkfifo: libc.func('int mkfifo(const char *path, uint32_t mode)'),
  lsetxattr: libc.func('int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)'),
  lgetxattr: libc.func('long lgetxattr(const char *path, const char *name, void *value, size_t size)'),
  llistxattr: libc.func('long llistxattr(const char *path, void *list, size_t size)'),
  lremovexattr: libc.func('int lremovexattr(const char *path, const char *name)'),
  openat2: libc.func('syscall', 'long', ['long', 'long', 'str', 'void *', 'size_t']),
  syncfs: libc.func('int syncfs(int fd)'),
  umask: libc.func('uint32_t umask(uint32_t mask)'),
};

/**
 * @param options.data options of the file system, such as overlay's `lowerdir=…`; at most one page (4096 bytes).
 * @throws SyscallError with `path` naming the target.
 */
export function mount(options: { source?: string; target: string; type?: string; flags?: number; data?: string }): void {
  const { source, target, type, flags, data } = options;
  check(c.mount(source ?? 'none', target, type ?? null, flags ?? 0, data ?? null), 'mount', target, `${type ?? 'no type'} from ${source ?? 'none'}`);
}

/** {@link mount} in another thread: for one that reads a disk. */
export function mountAside(options: { source: string; target: string; type: string; flags?: number; data?: string }): Promise<void> {
  const { source, target, type, flags, data } = options;
  return new Promise((resolve, reject) => {
    c.mount.async(source, target, type, flags ?? 0, data ?? null, (error: unknown, result: number) => {
      if (error == null && result === 0) resolve();
      // errno is the other thread's.
      else reject(error instanceof Error ? error : new Error(`mount ${target}: ${type} from ${source} failed`));
    });
  });
}

/** Bind mount; a read-only one takes a second call because the kernel ignores the flag in the first. */
export function bindMount(source: string, target: string, options: { readOnly?: boolean; recursive?: boolean } = {}): void {
  const flags = MountFlag.bind | (options.recursive === true ? MountFlag.recursive : 0);
  mount({ source, target, flags });
  if (options.readOnly === true) mount({ source, target, flags: flags | MountFlag.remount | MountFlag.readOnly });
}

export function umount2(target: string, flags = 0): void {
  check(c.umount2(target, flags), 'umount2', target);
}

/** @param mode file type and permission bits, e.g. `constants.S_IFCHR | 0o666`; the umask does not apply. */
export function mknod(path: string, mode: number, device: { major: number; minor: number } = { major: 0, minor: 0 }): void {
  withoutUmask(() => mknodMasked(path, mode, device));
}

/**
 * As {@link mknod}, but the umask applies: it is the whole process's, so that only the main thread may change it.
 * @param path a Buffer ends with a NUL
 */
export function mknodMasked(path: string | Buffer, mode: number, device: { major: number; minor: number }): void {
  const { major, minor } = device;
  // linux/kdev_t.h new_encode_dev: 12 bits of major between the low 8 and the high 12 bits of minor.
  const encoded = ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & ~0xff) << 12)) >>> 0;
  check(c.mknodat(numbers.mknodat, AT_FDCWD, path, mode >>> 0, encoded), 'mknod', String(path));
}

/** Named pipe; the umask does not apply. */
export function mkfifo(path: string, mode = 0o600): void {
  withoutUmask(() => check(c.mkfifo(path, mode), 'mkfifo', path));
}

/** Files that the calling thread makes get just the mode asked for; for threads with a file system state of their own. */
export function clearUmask(): void {
  c.umask(0);
}

function withoutUmask(run: () => void): void {
  const mask = c.umask(0) as number;
  try {
    run();
  } finally {
    c.umask(mask);
  }
}

/** Does not follow a symbolic link at the end of `path`. @param path a Buffer ends with a NUL */
export function lsetxattr(path: string | Buffer, name: string, value: Uint8Array | string): void {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  check(c.lsetxattr(path, name, bytes, bytes.length, 0), 'lsetxattr', String(path), name);
}

/** @returns undefined when the file has no such attribute, or its file system has none at all. */
export function lgetxattr(path: string, name: string): Buffer | undefined {
  const size = Number(c.lgetxattr(path, name, null, 0));
  if (size < 0 && [koffi.os.errno.ENODATA, koffi.os.errno.EOPNOTSUPP].includes(koffi.errno())) return undefined;
  const value = Buffer.alloc(check(size, 'lgetxattr', path, name));
  return value.subarray(0, check(c.lgetxattr(path, name, value, value.length), 'lgetxattr', path, name));
}

/** Names of a file's extended attributes; empty where the file system has none. */
export function llistxattr(path: string): string[] {
  const size = Number(c.llistxattr(path, null, 0));
  if (size < 0 && koffi.errno() === koffi.os.errno.EOPNOTSUPP) return [];
  const list = Buffer.alloc(check(size, 'llistxattr', path));
  const used = check(c.llistxattr(path, list, list.length), 'llistxattr', path);
  return list.toString('utf8', 0, used).split('\0').filter((name) => name !== '');
}

export function lremovexattr(path: string, name: string): void {
  check(c.lremovexattr(path, name), 'lremovexattr', path, name);
}

/**
 * Opens `path` below the directory `dirfd` under rules that no racing rename can bend: with `ResolveFlag.inRoot` the
 * directory is the root for absolute names, `..` and symbolic links alike. The descriptor is the caller's to close.
 * @throws SyscallError: `EXDEV` or `ELOOP` when the path breaks the rules.
 */
export function openat2(dirfd: number, path: string, how: { flags: number; mode?: number; resolve: number }): number {
  const openHow = new BigUint64Array([BigInt(how.flags | O_CLOEXEC), BigInt(how.mode ?? 0), BigInt(how.resolve)]);
  return check(c.openat2(numbers.openat2, dirfd, path, openHow, openHow.byteLength), 'openat2', path);
}

/** {@link openat2} with `dirfd` as the root of `path`: what a process that was chrooted there would open. */
export function openInRoot(dirfd: number, path: string, flags: number = constants.O_RDONLY, mode = 0): number {
  return openat2(dirfd, path, { flags, mode, resolve: ResolveFlag.inRoot | ResolveFlag.noMagicLinks });
}

/** Writes everything of the file system on which `fd` lies to its disk. */
export function syncfs(fd: number): void {
  check(c.syncfs(fd), 'syncfs');
}

/** {@link syncfs} of the file system that holds `path`, off the main thread: it may take as long as the disk has to write. */
export async function syncFileSystem(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await new Promise<void>((resolve, reject) => {
      c.syncfs.async(handle.fd, (error: Error | null, result: number) => {
        if (error !== null) reject(error);
        else if (result < 0) reject(new SyscallError('syncfs', koffi.errno(), path));
        else resolve();
      });
    });
  } finally {
    await handle.close();
  }
}
