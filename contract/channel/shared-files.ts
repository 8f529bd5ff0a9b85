/**
 * What both ends of the stream `files` know. The guest opens it and sends who it is (16 bytes, for the life of a mount); after that both send messages of
 * FUSE as the kernel has them, each with its length in its first four bytes. A stream that breaks is opened again by the guest, which sends once more what has
 * not been answered; the host knows by the number of a request what it has done already.
 */
export const sessionIdSize = 16;

/** The group by which the host recognises the one who replays its changes in the guest; nobody has it. */
export const replayGid = 0x534c_4950;

/** What the host tells of a change of its own, so that whoever watches the file in the guest hears of it. */
export type ReplayKind = 'modified' | 'made-file' | 'made-folder' | 'removed-file' | 'removed-folder';

const kinds: readonly ReplayKind[] = ['modified', 'made-file', 'made-folder', 'removed-file', 'removed-folder'];
/** In the place of an error, in a message that answers nothing; the kernel has numbers below 10 there. */
const firstCode = 1000;
const headerSize = 16;

/** @param path below the mount, as bytes */
export function encodeReplay(kind: ReplayKind, path: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerSize + path.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setInt32(4, firstCode + kinds.indexOf(kind), true);
  bytes.set(path, headerSize);
  return bytes;
}

/** Null for a message that is the kernel's. @param message whole, and an answer to nothing */
export function parseReplay(message: Uint8Array): { kind: ReplayKind; path: Uint8Array } | null {
  const code = new DataView(message.buffer, message.byteOffset, message.length).getInt32(4, true);
  const kind = kinds[code - firstCode];
  return kind === undefined ? null : { kind, path: message.subarray(headerSize) };
}

/** Splits bytes that arrive in pieces into messages. */
export class MessageSplitter {
  readonly #largest: number;
  #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(largest: number) {
    this.#largest = largest;
  }

  /** @throws RangeError for a length that no message has; then nothing that follows can be understood */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#pieces.push(chunk);
    this.#size += chunk.length;
    const messages: Uint8Array[] = [];
    while (this.#size >= 4) {
      const length = this.#length();
      if (length < headerSize || length > this.#largest) throw new RangeError(`a message of ${length} bytes`);
      if (this.#size < length) break;
      const bytes = this.#pieces.length === 1 ? this.#pieces[0]! : joined(this.#pieces, this.#size);
      messages.push(bytes.subarray(0, length));
      this.#pieces = bytes.length === length ? [] : [bytes.subarray(length)];
      this.#size -= length;
    }
    return messages;
  }

  #length(): number {
    let bytes = this.#pieces[0]!;
    if (bytes.length < 4) {
      bytes = joined(this.#pieces, this.#size);
      this.#pieces = [bytes];
    }
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
