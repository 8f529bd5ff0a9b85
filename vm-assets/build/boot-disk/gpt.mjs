import { crc32 } from '../formats/crc32.mjs';
import { guid } from '../formats/guid.mjs';

export const sector = 512;
const entryCount = 128;
const entryBytes = 128;
const tableSectors = (entryCount * entryBytes) / sector;

/** Types of partitions. Source: UEFI specification 2.10, table 5-7; the second is that of Linux' data. */
export const partitionTypes = { efiSystem: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', linux: '0FC63DAF-8483-4772-8E79-3D69D8477DE4' };

/**
 * A table of partitions, as the bytes that begin a disk and those that end it. Source: UEFI specification 2.10, chapter 5.
 * @param {{bytes: number, id: string, partitions: {type: string, id: string, name: string, at: number, bytes: number}[]}} disk
 *   offsets and sizes in bytes, whole sectors; ids are GUIDs
 * @returns {{head: Buffer, tail: Buffer}}
 */
export function partitionTable({ bytes, id, partitions }) {
  const lastSector = bytes / sector - 1;
  const entries = Buffer.alloc(entryCount * entryBytes);
  for (const [index, partition] of partitions.entries()) {
    const entry = entries.subarray(index * entryBytes, (index + 1) * entryBytes);
    guid(partition.type).copy(entry, 0);
    guid(partition.id).copy(entry, 16);
    entry.writeBigUInt64LE(BigInt(partition.at / sector), 32);
    entry.writeBigUInt64LE(BigInt((partition.at + partition.bytes) / sector - 1), 40);
    entry.write(partition.name, 56, 'utf16le');
  }
  const header = (self, other, tableAt) => {
    const block = Buffer.alloc(sector);
    block.write('EFI PART', 0, 'latin1');
    block.writeUInt32LE(0x00010000, 8);
    block.writeUInt32LE(92, 12);
    block.writeBigUInt64LE(BigInt(self), 24);
    block.writeBigUInt64LE(BigInt(other), 32);
    block.writeBigUInt64LE(BigInt(2 + tableSectors), 40);
    block.writeBigUInt64LE(BigInt(lastSector - tableSectors - 1), 48);
    guid(id).copy(block, 56);
    block.writeBigUInt64LE(BigInt(tableAt), 72);
    block.writeUInt32LE(entryCount, 80);
    block.writeUInt32LE(entryBytes, 84);
    block.writeUInt32LE(crc32(entries), 88);
    block.writeUInt32LE(crc32(block.subarray(0, 92)), 16);
    return block;
  };
  return {
    head: Buffer.concat([protectiveRecord(lastSector), header(1, lastSector, 2), entries]),
    tail: Buffer.concat([entries, header(lastSector, 1, lastSector - tableSectors)]),
  };
}

/** What keeps programs that know no GPT from taking the disk for an empty one. */
function protectiveRecord(lastSector) {
  const record = Buffer.alloc(sector);
  record.writeUInt8(0xee, 446 + 4);
  // From 0/0/2 to what cylinders, heads and sectors cannot tell.
  record.write('000200', 446 + 1, 'hex');
  record.write('ffffff', 446 + 5, 'hex');
  record.writeUInt32LE(1, 446 + 8);
  record.writeUInt32LE(Math.min(lastSector, 0xffffffff), 446 + 12);
  record.writeUInt16LE(0xaa55, 510);
  return record;
}
