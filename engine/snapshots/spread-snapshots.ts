import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { spreadFolders } from '../lib/syscalls/inode-flags.ts';

/**
 * Lets each snapshot begin in a part of the disk of its own where that makes new files cheaper: on ext4 without a journal, which looks at every
 * inode of the part that was freed in the last minute before it takes a free one (`recently_deleted` in fs/ext4/ialloc.c). Beside a removed
 * snapshot of 10,000 files, 10,000 new ones take 2.4 s of processor time instead of 0.16. Elsewhere snapshots stay close to each other.
 */
export function spreadSnapshots(directory: string): boolean {
  return isExt4WithoutJournal(directory) && spreadFolders(directory);
}

/** Told by what the kernel shows of its mounted file systems; false where it cannot be told. */
function isExt4WithoutJournal(directory: string): boolean {
  try {
    const { dev } = statSync(directory);
    const major = (dev >>> 8) & 0xfff;
    const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
    const device = basename(readlinkSync(`/sys/dev/block/${major}:${minor}`));
    return readdirSync('/proc/fs/ext4').includes(device) && !journals().some((name) => name.replace(/-\d+$/, '') === device);
  } catch {
    return false;
  }
}

/** `vda-8` for the journal in inode 8 of vda. The folder is there once one file system has one. */
function journals(): string[] {
  try {
    return readdirSync('/proc/fs/jbd2');
  } catch {
    return [];
  }
}
