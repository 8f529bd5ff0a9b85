/**
 * The multiplexed stream of attach, exec and logs without a TTY: frames of an 8-byte header
 * `[stream, 0, 0, 0, size as big-endian uint32]` and `size` bytes. Source: moby `api/pkg/stdcopy`.
 */
export type StdStream = 'stdin' | 'stdout' | 'stderr';

const streamCodes: Record<StdStream, number> = { stdin: 0, stdout: 1, stderr: 2 };
const streamNames: readonly StdStream[] = ['stdin', 'stdout', 'stderr'];
const headerSize = 8;
/** moby never writes larger frames than 32 KiB; a size above this limit means that the bytes are no multiplexed stream. */
const maxFrameSize = 16 * 1024 * 1024;

export interface StdFrame {
  stream: StdStream;
  payload: Uint8Array;
}

/** The header alone, so that a writer can send header and payload without copying the payload. */
export function encodeStdHeader(stream: StdStream, payloadSize: number): Uint8Array {
  const header = new Uint8Array(headerSize);
  header[0] = streamCodes[stream];
  new DataView(header.buffer).setUint32(4, payloadSize);
  return header;
}

/** One whole frame in a buffer of its own. */
export function encodeStdFrame(stream: StdStream, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerSize + payload.length);
  frame.set(encodeStdHeader(stream, payload.length));
  frame.set(payload, headerSize);
  return frame;
}

/**
 * Splits chunks of any size into frames. Payloads are views of the chunks where a frame lies in one chunk.
 * @throws RangeError when the bytes cannot be a multiplexed stream (unknown stream, size above 16 MiB).
 */
export class StdFrameDecoder {
  #pending: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array): StdFrame[] {
    let bytes = chunk;
    if (this.#pending.length > 0) {
      bytes = new Uint8Array(this.#pending.length + chunk.length);
      bytes.set(this.#pending);
      bytes.set(chunk, this.#pending.length);
    }
    const frames: StdFrame[] = [];
    let offset = 0;
    while (bytes.length - offset >= headerSize) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + offset, headerSize);
      const stream = streamNames[view.getUint8(0)];
      const size = view.getUint32(4);
      if (stream === undefined || size > maxFrameSize) {
        throw new RangeError(`not a multiplexed stream: stream ${view.getUint8(0)}, frame of ${size} bytes`);
      }
      if (bytes.length - offset - headerSize < size) break;
      frames.push({ stream, payload: bytes.subarray(offset + headerSize, offset + headerSize + size) });
      offset += headerSize + size;
    }
    this.#pending = bytes.subarray(offset);
    return frames;
  }

  /** Bytes of a frame that has not ended; not 0 at the end of a stream means that it was cut off. */
  get pendingBytes(): number {
    return this.#pending.length;
  }
}
