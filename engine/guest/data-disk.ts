import { closeSync, openSync, readSync } from 'node:fs';
import { mountAside, MountFlag } from '../lib/syscalls/files.ts';

/** Where the superblock lies and how much of it is read here. Source: Documentation/filesystems/ext4/super.rst. */
const superblockOffset = 1024;
const superblockSize = 1024;
const recoveryNeeded = 0x4;

/**
 * Whether a file system was left in order and is not due for a check, which is what `e2fsck -p` looks at before it goes on.
 * @param superblock the kilobyte that begins a kilobyte into the disk
 */
export function isCleanExt4(superblock: Buffer): boolean {
  const isExt4 = superblock.readUInt16LE(0x38) === 0xef53;
  const clean = superblock.readUInt16LE(0x3a) === 1;
  const mounts = superblock.readUInt16LE(0x34);
  const mostMounts = superblock.readInt16LE(0x36);
  const interval = superblock.readUInt32LE(0x44);
  return isExt4 && clean && (superblock.readUInt32LE(0x60) & recoveryNeeded) === 0 && (mostMounts <= 0 || mounts < mostMounts) && interval === 0;
}

/**
 * Mounts the data disk where that needs no more than a system call. Answers false for one that is new, was not left in order or cannot be
 * mounted: the guest's script (vm-assets/rootfs, data-disk) makes, checks and repairs it, and tells the host when it is beyond that.
 */
export async function mountCleanDisk(device: string, target: string): Promise<boolean> {
  const superblock = Buffer.alloc(superblockSize);
  try {
    const fd = openSync(device, 'r');
    try {
      if (readSync(fd, superblock, 0, superblockSize, superblockOffset) < superblockSize) return false;
    } finally {
      closeSync(fd);
    }
    if (!isCleanExt4(superblock)) return false;
    await mountAside({ source: device, target, type: 'ext4', flags: MountFlag.noAtime, data: 'discard,errors=remount-ro' });
    return true;
  } catch {
    return false;
  }
}
