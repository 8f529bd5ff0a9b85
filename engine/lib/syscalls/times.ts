import { AT_FDCWD } from './files.ts';
import { check, libc } from './libc.ts';

/** Times of files to the nanosecond; Node's are doubles, which lose some. Source: utimensat(2). */

const utimensatCall = libc.func('int utimensat(int dirfd, const char *path, const void *times, int flags)');
const AT_SYMLINK_NOFOLLOW = 0x100;

const UTIME_NOW = (1 << 30) - 1;
const UTIME_OMIT = (1 << 30) - 2;

/** Sets the time of the last modification to now and leaves the other alone, which a watcher takes for a change of what is in the file (inotify's IN_MODIFY). */
export function setModifiedNow(path: string | Buffer): void {
  const times = new BigInt64Array([0n, BigInt(UTIME_OMIT), 0n, BigInt(UTIME_NOW)]);
  check(utimensatCall(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 'utimensat', String(path));
}

/**
 * Sets both times of a file, of a symbolic link itself.
 * @param path a Buffer ends with a NUL
 * @param seconds since 1970, may be negative
 */
export function setTimes(path: string | Buffer, seconds: number, nanoseconds: number): void {
  // Two `struct timespec` of 64-bit longs: access, modification.
  const times = new BigInt64Array([BigInt(seconds), BigInt(nanoseconds), BigInt(seconds), BigInt(nanoseconds)]);
  check(utimensatCall(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 'utimensat', String(path));
}
