/** QEMU puts four octets of length before each frame. Source: qemu net/filter-mirror.c. */
const prefix = 4;
/** QEMU's NET_BUFSIZE: what claims to be longer is no frame. */
const longestFrame = 4096 + 65536;

/**
 * Takes the frames that may pass out of a byte stream, prefixes and all, in as few pieces as they came.
 * @throws RangeError when the stream is none of frames.
 */
export class FrameStream {
  readonly #mayPass: (frame: Uint8Array) => boolean;
  #rest: Buffer = Buffer.alloc(0);

  constructor(mayPass: (frame: Uint8Array) => boolean) {
    this.#mayPass = mayPass;
  }

  push(chunk: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const pieces: Buffer[] = [];
    let start = 0;
    let offset = 0;
    while (bytes.length - offset >= prefix) {
      const length = bytes.readUInt32BE(offset);
      if (length > longestFrame) throw new RangeError(`a frame of ${length} octets`);
      const end = offset + prefix + length;
      if (bytes.length < end) break;
      if (!this.#mayPass(bytes.subarray(offset + prefix, end))) {
        if (offset > start) pieces.push(bytes.subarray(start, offset));
        start = end;
      }
      offset = end;
    }
    if (offset > start) pieces.push(bytes.subarray(start, offset));
    this.#rest = Buffer.from(bytes.subarray(offset));
    return pieces;
  }
}
