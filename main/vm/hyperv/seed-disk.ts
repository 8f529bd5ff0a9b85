import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';

/** Where on the disk the guest finds what a VM of QEMU has in `fw_cfg`: a word, the channel's key of 32 bytes, and the start order of 32 bytes. */
export const seedLayout = { word: 'slipway seed 1\n', wordAt: 0, keyAt: 512, orderAt: 1024 } as const;
const diskBytes = 4 * 1024 * 1024;
const sector = 512;

/**
 * A small disk with the secrets of one start, 0600: Hyper-V has nothing like `fw_cfg`, and a command line can be read by others. A fixed VHD, which is the plain bytes and
 * a footer; Hyper-V itself makes the VHDX of it that its VMs of generation 2 want.
 */
export async function writeSeedDisk(path: string, key: Buffer, order: string): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await file.truncate(diskBytes);
    await file.write(Buffer.from(seedLayout.word), 0, undefined, seedLayout.wordAt);
    await file.write(key, 0, undefined, seedLayout.keyAt);
    await file.write(Buffer.from(order), 0, undefined, seedLayout.orderAt);
    await file.write(fixedVhdFooter(diskBytes), 0, undefined, diskBytes);
  } finally {
    await file.close();
  }
}

/** Source: Virtual Hard Disk Image Format Specification 1.0, "Hard Disk Footer Format". */
export function fixedVhdFooter(bytes: number): Buffer {
  const footer = Buffer.alloc(sector);
  footer.write('conectix', 0, 'latin1');
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(0x00010000, 12);
  footer.fill(0xff, 16, 24);
  footer.write('slip', 28, 'latin1');
  footer.writeUInt32BE(0x00010000, 32);
  footer.write('Wi2k', 36, 'latin1');
  footer.writeBigUInt64BE(BigInt(bytes), 40);
  footer.writeBigUInt64BE(BigInt(bytes), 48);
  // Of disks this small: 17 sectors a track, 4 heads.
  footer.writeUInt16BE(Math.floor(bytes / sector / 17 / 4), 56);
  footer.writeUInt8(4, 58);
  footer.writeUInt8(17, 59);
  footer.writeUInt32BE(2, 60);
  randomBytes(16).copy(footer, 68);
  const sum = footer.reduce((total, byte) => total + byte, 0);
  footer.writeUInt32BE(~sum >>> 0, 64);
  return footer;
}
