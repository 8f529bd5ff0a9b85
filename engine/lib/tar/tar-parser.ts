import type { RawHeader, TarHeader } from './tar-header.ts';
import { BLOCK_SIZE, bytesToText, decodeHeader, isZeroBlock, TarError, typeOfFlag } from './tar-header.ts';
import { applyPaxRecords, decodePaxRecords } from './tar-pax.ts';

/** `entry`, then the `data` of a file in pieces that add up to `header.size`, then the next entry. */
export type TarEvent = { kind: 'entry'; header: TarHeader } | { kind: 'data'; chunk: Buffer };

/** Go's archive/tar and GNU tar set the same order of limit; a name needs 4 KiB, xattrs 64 KiB each. */
const MAX_EXTENSION = 1024 * 1024;

/**
 * Reads a tar from chunks of any size without waiting for anything: `for (const event of parser.push(chunk))`, and
 * {@link TarParser.end} after the last. Data chunks are views of what was pushed, not copies.
 * Reads ustar, GNU long names and PAX; global PAX headers are skipped, as moby does.
 */
export class TarParser {
  /** Bytes of a header or extension that came in an earlier chunk. */
  #pending: Buffer[] = [];
  #pendingLength = 0;
  /** How many bytes {@link #pending} must hold before it can be read. */
  #wanted = BLOCK_SIZE;
  #state: 'header' | 'extension' | 'data' | 'padding' | 'end' = 'header';
  #remaining = 0;
  #padding = 0;
  #extension: { flag: string; size: number } | null = null;
  #pax: Map<string, string> | null = null;
  #longName: string | null = null;
  #longLink: string | null = null;
  #zeroBlocks = 0;

  /** @throws TarError */
  *push(chunk: Buffer): Generator<TarEvent, void, void> {
    let offset = 0;
    while (offset < chunk.length) {
      switch (this.#state) {
        case 'end':
          return;
        case 'data': {
          const piece = chunk.subarray(offset, offset + this.#remaining);
          offset += piece.length;
          this.#remaining -= piece.length;
          if (this.#remaining === 0) this.#state = this.#padding === 0 ? 'header' : 'padding';
          yield { kind: 'data', chunk: piece };
          break;
        }
        case 'padding': {
          const skipped = Math.min(this.#padding, chunk.length - offset);
          offset += skipped;
          this.#padding -= skipped;
          if (this.#padding === 0) this.#state = 'header';
          break;
        }
        case 'header':
        case 'extension': {
          const piece = this.#take(chunk, offset);
          offset += piece.consumed;
          if (piece.whole === null) return;
          if (this.#state === 'extension') this.#readExtension(piece.whole);
          else {
            const header = this.#readHeader(piece.whole);
            if (header !== null) yield { kind: 'entry', header };
          }
          break;
        }
        default:
          throw new TarError(`unknown state ${this.#state satisfies never}`);
      }
    }
  }

  /** @throws TarError when the archive stops inside an entry */
  end(): void {
    const atBoundary = this.#state === 'header' && this.#pendingLength === 0 && this.#extension === null;
    if (this.#state !== 'end' && !atBoundary) throw new TarError('unexpected end of the archive');
  }

  /** The wanted number of bytes as one buffer, or null until they have come. */
  #take(chunk: Buffer, offset: number): { consumed: number; whole: Buffer | null } {
    const missing = this.#wanted - this.#pendingLength;
    const piece = chunk.subarray(offset, offset + missing);
    if (piece.length < missing) {
      // Copied: the producer may reuse its buffer, and a view would keep a large one alive.
      this.#pending.push(Buffer.from(piece));
      this.#pendingLength += piece.length;
      return { consumed: piece.length, whole: null };
    }
    const whole = this.#pendingLength === 0 ? piece : Buffer.concat([...this.#pending, piece]);
    this.#pending = [];
    this.#pendingLength = 0;
    return { consumed: piece.length, whole };
  }

  #readHeader(block: Buffer): TarHeader | null {
    if (isZeroBlock(block)) {
      this.#zeroBlocks += 1;
      if (this.#zeroBlocks === 2) this.#state = 'end';
      return null;
    }
    if (this.#zeroBlocks > 0) throw new TarError('invalid tar header: a block of zeros in the middle of the archive');
    const raw = decodeHeader(block);
    if ('xgLK'.includes(raw.flag)) {
      if (raw.size > MAX_EXTENSION) throw new TarError(`invalid tar header: an extended header of ${raw.size} bytes`);
      this.#extension = { flag: raw.flag, size: raw.size };
      this.#state = 'extension';
      this.#wanted = Math.ceil(raw.size / BLOCK_SIZE) * BLOCK_SIZE;
      if (raw.size === 0) this.#readExtension(Buffer.alloc(0));
      return null;
    }
    return this.#startEntry(raw);
  }

  #readExtension(content: Buffer): void {
    const { flag, size } = this.#extension ?? { flag: '', size: 0 };
    const bytes = content.subarray(0, size);
    if (flag === 'x') this.#pax = decodePaxRecords(bytes);
    else if (flag === 'L') this.#longName = untilNul(bytes);
    else if (flag === 'K') this.#longLink = untilNul(bytes);
    this.#extension = null;
    this.#state = 'header';
    this.#wanted = BLOCK_SIZE;
  }

  #startEntry(raw: RawHeader): TarHeader {
    if (this.#longName !== null) raw.name = this.#longName;
    if (this.#longLink !== null) raw.linkName = this.#longLink;
    if (this.#pax !== null) applyPaxRecords(raw, this.#pax);
    this.#longName = null;
    this.#longLink = null;
    this.#pax = null;
    const { flag, ...fields } = raw;
    const type = typeOfFlag(flag, raw.name);
    if (type === undefined) throw new TarError(`${bytesToText(raw.name)}: entries of type ${JSON.stringify(flag)} are not supported`);
    // Only files have content; some writers leave the size of the target in a hard link's header.
    const size = type === 'file' ? raw.size : 0;
    this.#remaining = size;
    this.#padding = (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE;
    if (size > 0) this.#state = 'data';
    return { ...fields, type, size };
  }
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
}
