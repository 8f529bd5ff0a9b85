import { kernelRandom } from '../../lib/kernel-random.ts';
import type { OutputStream, RecordEncoder } from './file-log.ts';

const newline = 10;
const overhead = 128;

/**
 * Records of moby's local log: `[size uint32][LogEntry][size uint32]`, big-endian, so that they can be read from either
 * end. LogEntry is protobuf: source (1), time_nano (2), line without its newline (3), partial (4), and for parts of a long
 * line partial_log_metadata (5) with last (1), id (2), ordinal (3). Source: moby api/types/plugins/logdriver/entry.proto.
 */
export class LocalRecordEncoder implements RecordEncoder {
  /** Source and time, for all records of a chunk. */
  #head: Buffer = Buffer.alloc(0);
  #stream: OutputStream = 'stdout';
  readonly #parts: Record<OutputStream, { id: string; ordinal: number } | undefined> = { stdout: undefined, stderr: undefined };

  begin(stream: OutputStream, time: bigint): void {
    this.#stream = stream;
    this.#head = Buffer.from([0x0a, stream.length, ...Buffer.from(stream), 0x10, ...varint(time)]);
  }

  room(textLength: number): number {
    return textLength + overhead;
  }

  encode(text: Buffer, start: number, end: number, target: Buffer, offset: number): number {
    const whole = text[end - 1] === newline;
    const lineEnd = whole ? end - 1 : end;
    let at = offset + 4;
    at += this.#head.copy(target, at);
    target[at++] = 0x1a;
    for (let length = lineEnd - start; ; length >>>= 7) {
      target[at++] = length > 0x7f ? (length & 0x7f) | 0x80 : length;
      if (length <= 0x7f) break;
    }
    at += text.copy(target, at, start, lineEnd);
    at += this.#partial(whole).copy(target, at);
    const size = at - offset - 4;
    target.writeUInt32BE(size, offset);
    return target.writeUInt32BE(size, at);
  }

  #partial(last: boolean): Buffer {
    const before = this.#parts[this.#stream];
    if (before === undefined && last) return Buffer.alloc(0);
    const part = before ?? { id: kernelRandom(32).toString('hex'), ordinal: 0 };
    part.ordinal += 1;
    this.#parts[this.#stream] = last ? undefined : part;
    const metadata = [...(last ? [0x08, 1] : []), 0x12, part.id.length, ...Buffer.from(part.id), 0x18, ...varint(BigInt(part.ordinal))];
    return Buffer.from([0x20, 1, 0x2a, metadata.length, ...metadata]);
  }
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
}
