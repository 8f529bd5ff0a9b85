import { closeSync, constants, openSync } from 'node:fs';
import { libc } from './libc.ts';

/** Flags of inodes as `chattr` sets them. Source: ioctl_iflags(2); the numbers are those of machines with 64 bits. */

const getFlags = 0x80086601;
const setFlags = 0x40086602;
const topOfHierarchies = 0x20000;

const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)');

/**
 * `chattr +T`: each folder that is made in `directory` begins in a part of the disk of its own, as those of `/home` do. A wish: false where the
 * file system does not know it.
 */
export function spreadFolders(directory: string): boolean {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const flags = new Uint32Array(2);
    if (ioctl(fd, getFlags, flags) !== 0) return false;
    flags[0]! |= topOfHierarchies;
    return ioctl(fd, setFlags, flags) === 0;
  } finally {
    closeSync(fd);
  }
}
