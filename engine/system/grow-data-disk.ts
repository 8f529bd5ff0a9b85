import { closeSync, constants, openSync, readFileSync, statfsSync, statSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import { SyscallError } from '../lib/syscalls/libc.ts';
import { growExt4 } from '../lib/syscalls/machine.ts';

const lookMs = 20;
/** The kernel hears of another size by an interrupt of the disk. */
const deadlineMs = 20_000;
const sector = 512;

export interface GrowingDisk {
  /** Bytes of the disk that is mounted there. */
  diskBytes(): number;
  /** Bytes of the file system, and of one of its blocks. */
  fileSystem(): { bytes: number; block: number };
  grow(blocks: bigint): Promise<void>;
}

/** Source of the disk's size: Documentation/ABI/stable/sysfs-block. */
export function mountedDisk(root: string): GrowingDisk {
  return {
    diskBytes: () => {
      const disk = `/sys/dev/block/${deviceNumbers(statSync(root).dev)}`;
      askAgain(disk);
      return Number(readFileSync(`${disk}/size`, 'latin1')) * sector;
    },
    fileSystem: () => {
      const { blocks, bsize } = statfsSync(root);
      return { bytes: blocks * bsize, block: bsize };
    },
    grow: (blocks) => growExt4(root, blocks),
  };
}

/** A SCSI disk (Hyper-V's) tells its size when it is asked, or with the next block that is read. Others have no such file. */
function askAgain(disk: string): void {
  try {
    // Neither created nor read: sysfs allows no more than this.
    const file = openSync(`${disk}/device/rescan`, constants.O_WRONLY);
    try {
      writeSync(file, '1');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * Makes the file system of the data disk as large as the disk, which the host has made larger. Waits until the kernel knows of `wantedBytes`, and while another
 * call does the same. Answers the bytes of the file system. With 0 it grows to what the disk has, and a file system that is as large already stays as it is.
 * @throws UnavailableError when the disk does not become that large
 */
export async function growDataDisk(disk: GrowingDisk, wantedBytes: number, limitMs = deadlineMs): Promise<number> {
  const deadline = performance.now() + limitMs;
  while (disk.diskBytes() < wantedBytes) {
    if (performance.now() > deadline) throw new UnavailableError(`the data disk has ${disk.diskBytes()} bytes, and was to have ${wantedBytes}`);
    await delay(lookMs);
  }
  for (;;) {
    try {
      await disk.grow(BigInt(Math.floor(disk.diskBytes() / disk.fileSystem().block)));
      return disk.fileSystem().bytes;
    } catch (error) {
      if (!(error instanceof SyscallError && error.code === 'EBUSY') || performance.now() > deadline) throw error;
      await delay(lookMs);
    }
  }
}

/** `254:16` of a `dev_t`. Source: gnu_dev_major and gnu_dev_minor of glibc. */
export function deviceNumbers(device: number): string {
  const dev = BigInt(device);
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  return `${major}:${minor & 0xffffffffn}`;
}
