import { crc32 } from 'node:zlib';

/**
 * A log's index, `x.log.idx` beside `x.log`: a header and records of one size, appended as the log grows. Each record says of one
 * stretch of the log how many entries it has and when they were written, so that a reader finds the ten-millionth without reading what
 * lies before. What no record covers was never indexed, or its record got lost in a crash: readers count there themselves. A record is
 * written after its stretch, and carries a checksum.
 *
 * Header: `SLIPIDX1`, inode of the log (uint64), 16 zero bytes. Record: start and end (float64 offsets), first and last time
 * (int64 nanoseconds since 1970), entries (uint32), CRC-32 of all before it. Little-endian.
 */
export interface Checkpoint {
  start: number;
  end: number;
  firstTime: bigint;
  lastTime: bigint;
  entries: number;
}

export const checkpointHeaderSize = 32;
export const checkpointSize = 40;
const magic = Buffer.from('SLIPIDX1');

export function indexPathOf(log: string): string {
  return `${log.replace(/\.gz$/, '')}.idx`;
}

export function encodeHeader(inode: bigint): Buffer {
  const header = Buffer.alloc(checkpointHeaderSize);
  magic.copy(header);
  header.writeBigUInt64LE(inode, magic.length);
  return header;
}

/** The inode of the log that an index belongs to; undefined when it is no index. */
export function decodeHeader(bytes: Buffer): bigint | undefined {
  if (bytes.length < checkpointHeaderSize || magic.compare(bytes, 0, magic.length) !== 0) return undefined;
  return bytes.readBigUInt64LE(magic.length);
}

export function encodeCheckpoint(checkpoint: Checkpoint, target: Buffer): void {
  target.writeDoubleLE(checkpoint.start, 0);
  target.writeDoubleLE(checkpoint.end, 8);
  target.writeBigInt64LE(checkpoint.firstTime, 16);
  target.writeBigInt64LE(checkpoint.lastTime, 24);
  target.writeUInt32LE(checkpoint.entries, 32);
  target.writeUInt32LE(crc32(target.subarray(0, 36)), 36);
}

/** The records after the header that are whole and make sense; a wrong one ends the list, for nothing behind it can be trusted. */
export function decodeCheckpoints(bytes: Buffer): Checkpoint[] {
  const checkpoints: Checkpoint[] = [];
  for (let at = 0; at + checkpointSize <= bytes.length; at += checkpointSize) {
    const record = bytes.subarray(at, at + checkpointSize);
    if (record.readUInt32LE(36) !== crc32(record.subarray(0, 36))) break;
    const [start, end] = [record.readDoubleLE(0), record.readDoubleLE(8)];
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || end <= start || start < (checkpoints.at(-1)?.end ?? 0)) break;
    checkpoints.push({ start, end, firstTime: record.readBigInt64LE(16), lastTime: record.readBigInt64LE(24), entries: record.readUInt32LE(32) });
  }
  return checkpoints;
}
