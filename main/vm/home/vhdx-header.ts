import type { FileHandle } from 'node:fs/promises';
import { dataDiskDamaged } from './disk-damaged.ts';
import type { DiskHeader } from './disk-header.ts';

const regionTableAt = 192 * 1024;
const entryBytes = 32;
/** Identifiers as they lie in the file, the first three parts little-endian: 8B7CA206-4790-4B9A-B8FE-575F050F886E and 2FA54224-CD1B-4876-B211-5DBED83BF4B8. */
const metadataRegion = '06a27c8b90479a4bb8fe575f050f886e';
const virtualDiskSize = '2442a52f1bcd7648b2115dbed83bf4b8';

/** Source: [MS-VHDX], sections 2.2.3 and 2.6. @throws VmStartError */
export async function vhdxHeader(file: FileHandle, path: string): Promise<DiskHeader> {
  if ((await read(file, 0, 8)).toString('latin1') !== 'vhdxfile') throw dataDiskDamaged(path, 'it is no VHDX image', 'disk');
  const regions = await read(file, regionTableAt, 64 * 1024);
  const metadataAt = regions.toString('latin1', 0, 4) === 'regi' ? findEntry(regions, 16, regions.readUInt32LE(8), metadataRegion) : undefined;
  if (metadataAt === undefined) throw dataDiskDamaged(path, 'its region table is damaged', 'disk');
  const offset = Number(regions.readBigUInt64LE(metadataAt + 16));
  const table = await read(file, offset, 64 * 1024);
  const itemAt = table.toString('latin1', 0, 8) === 'metadata' ? findEntry(table, 32, table.readUInt16LE(10), virtualDiskSize) : undefined;
  if (itemAt === undefined) throw dataDiskDamaged(path, 'its metadata is damaged', 'disk');
  const size = await read(file, offset + table.readUInt32LE(itemAt + 16), 8);
  const { blocks, size: fileBytes } = await file.stat();
  // Windows tells no blocks; there the file is as large as what it holds.
  return { virtualSize: Number(size.readBigUInt64LE(0)), usedBytes: blocks === 0 ? fileBytes : blocks * 512 };
}

/** A shorter file reads as zeros: no signature fits those. */
async function read(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  await file.read(buffer, 0, bytes, position);
  return buffer;
}

function findEntry(table: Buffer, first: number, count: number, id: string): number | undefined {
  const most = Math.min(count, Math.floor((table.length - first) / entryBytes));
  for (let index = 0; index < most; index++) {
    const at = first + index * entryBytes;
    if (table.toString('hex', at, at + 16) === id) return at;
  }
  return undefined;
}
