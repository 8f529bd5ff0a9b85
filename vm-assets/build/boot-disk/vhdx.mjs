import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32, polynomials } from '../formats/crc32.mjs';
import { guid } from '../formats/guid.mjs';

const kib = 1024;
const mib = 1024 * kib;
const blockBytes = mib;
/** Where things lie in the file: each of the regions takes a megabyte, and blocks follow. */
const layout = { headers: [64 * kib, 128 * kib], regionTables: [192 * kib, 256 * kib], log: mib, metadata: 2 * mib, blockTable: 3 * mib, blocks: 4 * mib };
const regions = { blockTable: '2DC27766-F623-4200-9D64-115E9BFD4A08', metadata: '8B7CA206-4790-4B9A-B8FE-575F050F886E' };
const items = {
  fileParameters: 'CAA16737-FA36-4D43-B3B6-33F0AA44E76B',
  virtualDiskSize: '2FA54224-CD1B-4876-B211-5DBED83BF4B8',
  virtualDiskId: 'BECA12AB-B2E6-4523-93EF-C309E000C746',
  logicalSectorSize: '8141BF1D-A96F-4709-BA47-F233A8FAAB5F',
  physicalSectorSize: 'CDA348C7-445D-4471-9CC9-E9885251C556',
};
/** Bits of a metadata entry: of the disk, and to be understood by whoever reads it. */
const ofDisk = 0x2;
const required = 0x4;
const fullyPresent = 6n;
/** Above that, bitmaps of sectors come between the entries of the block table. */
const mostBlocks = (2 ** 23 * 512) / blockBytes;

/**
 * Writes a dynamic VHDX: blocks of zeros are left out, so it takes what its disk holds and 4 MB. Its ids are made of what it holds: the same disk gives the same
 * bytes, and a differencing disk that was made for another one does not fit. Source: [MS-VHDX] v20240423.
 * @param {{path: string, bytes: number, pieces: {at: number, bytes?: Buffer, file?: string, size?: number}[]}} disk `bytes` is the disk's size, whole megabytes;
 *   `pieces`, in the order of their offsets, are what is not zero: bytes, or a file of `size` bytes
 */
export function writeVhdx({ path, bytes, pieces }) {
  const blockCount = bytes / blockBytes;
  if (!Number.isInteger(blockCount) || blockCount > mostBlocks) throw new Error(`A disk of ${bytes} bytes is no number of whole megabytes that is written here.`);
  const blockTable = Buffer.alloc(mib);
  const hash = createHash('sha256');
  const disk = openPieces(pieces);
  const out = openSync(path, 'w');
  try {
    const block = Buffer.alloc(blockBytes);
    let end = layout.blocks;
    for (let index = 0; index < blockCount; index++) {
      disk.read(block, index * blockBytes);
      if (isZero(block)) continue;
      hash.update(`${index}\0`).update(block);
      blockTable.writeBigUInt64LE((BigInt(end / mib) << 20n) | fullyPresent, index * 8);
      writeAll(out, block, end);
      end += blockBytes;
    }
    const content = hash.digest();
    const idOf = (purpose) => createHash('sha256').update(content).update(purpose).digest().subarray(0, 16);
    writeAll(out, typeIdentifier(), 0);
    for (const [index, at] of layout.headers.entries()) writeAll(out, header({ sequence: index + 1, fileId: idOf('file'), dataId: idOf('data') }), at);
    for (const at of layout.regionTables) writeAll(out, regionTable(), at);
    writeAll(out, Buffer.alloc(mib), layout.log);
    writeAll(out, metadata({ bytes, diskId: idOf('disk') }), layout.metadata);
    writeAll(out, blockTable, layout.blockTable);
  } finally {
    closeSync(out);
    disk.close();
  }
}

function typeIdentifier() {
  const block = Buffer.alloc(64 * kib);
  block.write('vhdxfile', 0, 'latin1');
  block.write('Slipway', 8, 'utf16le');
  return block;
}

/** Without an id of the log there is nothing to replay. The second one, whose number is higher, is the current one. */
function header({ sequence, fileId, dataId }) {
  const block = Buffer.alloc(4 * kib);
  block.write('head', 0, 'latin1');
  block.writeBigUInt64LE(BigInt(sequence), 8);
  fileId.copy(block, 16);
  dataId.copy(block, 32);
  block.writeUInt16LE(1, 66);
  block.writeUInt32LE(mib, 68);
  block.writeBigUInt64LE(BigInt(layout.log), 72);
  return checksummed(block);
}

function regionTable() {
  const block = Buffer.alloc(64 * kib);
  block.write('regi', 0, 'latin1');
  block.writeUInt32LE(2, 8);
  for (const [index, name] of ['blockTable', 'metadata'].entries()) {
    const at = 16 + index * 32;
    guid(regions[name]).copy(block, at);
    block.writeBigUInt64LE(BigInt(layout[name]), at + 16);
    block.writeUInt32LE(mib, at + 24);
    block.writeUInt32LE(1, at + 28);
  }
  return checksummed(block);
}

/** A table of 64 KB, and after it the values. */
function metadata({ bytes, diskId }) {
  const number = (size, value) => {
    const buffer = Buffer.alloc(size);
    buffer.writeUIntLE(value, 0, Math.min(size, 6));
    return buffer;
  };
  const values = [
    // Blocks may be left out again, and there is no parent.
    { id: items.fileParameters, flags: required, value: number(8, blockBytes) },
    { id: items.virtualDiskSize, flags: ofDisk | required, value: number(8, bytes) },
    { id: items.virtualDiskId, flags: ofDisk | required, value: diskId },
    { id: items.logicalSectorSize, flags: ofDisk | required, value: number(4, 512) },
    { id: items.physicalSectorSize, flags: ofDisk | required, value: number(4, 4096) },
  ];
  const block = Buffer.alloc(mib);
  block.write('metadata', 0, 'latin1');
  block.writeUInt16LE(values.length, 10);
  let valueAt = 64 * kib;
  for (const [index, { id, flags, value }] of values.entries()) {
    const at = 32 + index * 32;
    guid(id).copy(block, at);
    block.writeUInt32LE(valueAt, at + 16);
    block.writeUInt32LE(value.length, at + 20);
    block.writeUInt32LE(flags, at + 24);
    value.copy(block, valueAt);
    valueAt += value.length;
  }
  return block;
}

/** CRC-32C of the whole structure, in which it counts as zero itself. */
function checksummed(block) {
  block.writeUInt32LE(crc32(block, polynomials.castagnoli), 4);
  return block;
}

const zeros = Buffer.alloc(blockBytes);
const isZero = (block) => block.equals(zeros);

function openPieces(pieces) {
  const opened = pieces.map(({ at, bytes, file, size = bytes?.length }) => ({ at, end: at + size, bytes, fd: file === undefined ? undefined : openSync(file, 'r') }));
  return {
    /** Fills a block with what the disk holds from `offset` on. */
    read(block, offset) {
      block.fill(0);
      for (const { at, end, bytes, fd } of opened) {
        const from = Math.max(at, offset);
        const to = Math.min(end, offset + block.length);
        if (from >= to) continue;
        if (fd === undefined) bytes.copy(block, from - offset, from - at, to - at);
        else readSync(fd, block, from - offset, to - from, from - at);
      }
    },
    close: () => opened.forEach(({ fd }) => fd !== undefined && closeSync(fd)),
  };
}

function writeAll(fd, bytes, position) {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}
