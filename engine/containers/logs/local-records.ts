import type { FileHandle } from 'node:fs/promises';
import { formatNanoseconds } from '../../lib/time/timestamp.ts';
import type { LogEntry } from './log-entry.ts';

/** Records of the local log driver; `shimd/log/local-record.ts` says what they look like. */

/** Nobody writes larger ones: a size above it is no size. */
const maxRecord = 1024 * 1024;
const frame = 8;
const blockSize = 64 * 1024;

export function splitRecords(bytes: Buffer): { records: Buffer[]; rest: number } {
  const records: Buffer[] = [];
  let start = 0;
  while (start + frame <= bytes.length) {
    const size = bytes.readUInt32BE(start);
    if (size > maxRecord) {
      // Torn by a crash: there is no telling where the next one begins.
      return { records, rest: bytes.length };
    }
    if (start + frame + size > bytes.length) break;
    records.push(bytes.subarray(start + 4, start + 4 + size));
    start += frame + size;
  }
  return { records, rest: start };
}

/** Every record has its size at its end too. */
export async function findLastRecords(file: FileHandle, size: number, count: number): Promise<{ offset: number; lines: number }> {
  const block = Buffer.alloc(blockSize);
  let blockStart = size;
  let offset = size;
  let lines = 0;
  while (lines < count && offset >= frame) {
    if (offset - 4 < blockStart) {
      blockStart = Math.max(0, offset - blockSize);
      await file.read(block, 0, offset - blockStart, blockStart);
    }
    const length = block.readUInt32BE(offset - 4 - blockStart);
    if (length > maxRecord || length + frame > offset) break;
    offset -= length + frame;
    lines += 1;
  }
  return { offset, lines };
}

export function parseLocalEntry(record: Buffer): LogEntry | undefined {
  try {
    const fields = new Map<number, Buffer | bigint>();
    readFields(record, fields);
    const source = fields.get(1);
    const time = fields.get(2);
    const line = fields.get(3) ?? Buffer.alloc(0);
    if (!(line instanceof Buffer) || typeof time !== 'bigint') return undefined;
    const stream = source instanceof Buffer && source.toString() === 'stderr' ? 'stderr' : 'stdout';
    const metadata = fields.get(5);
    const part = new Map<number, Buffer | bigint>();
    if (metadata instanceof Buffer) readFields(metadata, part);
    const goesOn = metadata !== undefined && part.get(1) !== 1n;
    return { text: goesOn ? line.toString() : `${line.toString()}\n`, stream, time: formatNanoseconds(time), attributes: undefined };
  } catch {
    return undefined;
  }
}

/** Protobuf: varints and bytes are all there are. @throws RangeError */
function readFields(bytes: Buffer, fields: Map<number, Buffer | bigint>): void {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const value = varint();
    if ((key & 7) === 0) {
      fields.set(key >> 3, value);
      continue;
    }
    const end = at + Number(value);
    if ((key & 7) !== 2 || end > bytes.length) throw new RangeError('no field');
    fields.set(key >> 3, bytes.subarray(at, end));
    at = end;
  }
}
