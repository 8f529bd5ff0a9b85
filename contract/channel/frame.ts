/**
 * Frames of the guest channel: a header of ten bytes `[type u8, flags u8 (0), stream u32, length u32]`, big-endian, and
 * `length` bytes. The decoder hands on the bytes of data frames as they come, so it never holds more than a header and
 * the body of one control frame, whatever the other side sends.
 */
export type FrameType = 'open' | 'accept' | 'data' | 'fin' | 'reset' | 'credit' | 'ping' | 'pong';

const typeCodes: Record<FrameType, number> = { open: 1, accept: 2, data: 3, fin: 4, reset: 5, credit: 6, ping: 7, pong: 8 };
const typesByCode = new Map<number, FrameType>(Object.entries(typeCodes).map(([type, code]) => [code, type as FrameType]));

export const frameHeaderSize = 10;
/** Senders fill a frame up to 32 KiB with its header, which is what one write to a virtio port takes at most. */
export const maxDataPayload = 32 * 1024 - frameHeaderSize;
/** What a receiver accepts in one data frame. */
export const maxFramePayload = 64 * 1024;
/** Largest body of any frame but `data`. */
export const maxControlPayload = 1024;

/**
 * First byte of every handshake message and of no frame: a peer that restarted announces itself with it, and a session
 * that meets it where a frame should begin knows that the other side began anew.
 */
export const handshakeMarker = 0xf0;

/** The other side broke the protocol; the link is of no use any more. */
export class ChannelProtocolError extends Error {
  override name = 'ChannelProtocolError';
}

export interface Frame {
  type: FrameType;
  stream: number;
  /** Of a data frame perhaps only a part; a view of the chunk that brought it. */
  payload: Uint8Array;
}

/** One whole frame in a buffer of its own. */
export function encodeFrame(type: FrameType, stream: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const frame = new Uint8Array(frameHeaderSize + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, typeCodes[type]);
  view.setUint32(2, stream);
  view.setUint32(6, payload.length);
  frame.set(payload, frameHeaderSize);
  return frame;
}

export class FrameDecoder {
  readonly #header = new Uint8Array(frameHeaderSize);
  #headerFilled = 0;
  #type: FrameType = 'data';
  #stream = 0;
  /** Bytes of the present payload that are still to come; meaningful once the header is whole. */
  #missing = 0;
  #body = new Uint8Array(0);

  /**
   * Calls `onFrame` for each frame (for each part of a data frame) in the chunk. Answers null, or the bytes from a
   * {@link handshakeMarker} on that stood where a frame should begin.
   * @throws ChannelProtocolError on an unknown type, flags, or a length above the limits.
   */
  push(chunk: Uint8Array, onFrame: (frame: Frame) => void): Uint8Array | null {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#headerFilled === 0 && chunk[offset] === handshakeMarker) return chunk.subarray(offset);
      if (this.#headerFilled < frameHeaderSize) {
        const part = chunk.subarray(offset, offset + frameHeaderSize - this.#headerFilled);
        this.#header.set(part, this.#headerFilled);
        this.#headerFilled += part.length;
        offset += part.length;
        if (this.#headerFilled < frameHeaderSize) return null;
        this.#readHeader();
        if (this.#missing > 0) continue;
        this.#headerFilled = 0;
        onFrame({ type: this.#type, stream: this.#stream, payload: new Uint8Array(0) });
        continue;
      }
      const part = chunk.subarray(offset, offset + this.#missing);
      offset += part.length;
      this.#missing -= part.length;
      if (this.#missing === 0) this.#headerFilled = 0;
      if (this.#type === 'data') onFrame({ type: 'data', stream: this.#stream, payload: part });
      else this.#collect(part, onFrame);
    }
    return null;
  }

  #collect(part: Uint8Array, onFrame: (frame: Frame) => void): void {
    this.#body.set(part, this.#body.length - this.#missing - part.length);
    if (this.#missing === 0) onFrame({ type: this.#type, stream: this.#stream, payload: this.#body });
  }

  #readHeader(): void {
    const view = new DataView(this.#header.buffer);
    const type = typesByCode.get(view.getUint8(0));
    const length = view.getUint32(6);
    if (type === undefined) throw new ChannelProtocolError(`frame of unknown type ${view.getUint8(0)}`);
    if (view.getUint8(1) !== 0) throw new ChannelProtocolError(`frame with unknown flags ${view.getUint8(1)}`);
    if (length > (type === 'data' ? maxFramePayload : maxControlPayload)) throw new ChannelProtocolError(`${type} frame of ${length} bytes`);
    this.#type = type;
    this.#stream = view.getUint32(2);
    this.#missing = length;
    if (type !== 'data') this.#body = new Uint8Array(length);
  }
}
