/**
 * The answers of the engine's log endpoints (docs/api-extensions.md) and their way to the window: frames
 * `[payload length uint32][type uint8][3 zero bytes][payload]`, little-endian.
 */
export const frameTypes = { json: 1, lines: 2, matches: 3 } as const;
export type FrameType = (typeof frameTypes)[keyof typeof frameTypes];

export interface LogFrame {
  type: FrameType;
  payload: Uint8Array;
}

const headerSize = 8;
/** Nobody sends larger ones: a size above it means that the bytes are something else. */
const maxPayload = 64 * 1024 * 1024;

export function frameHeader(type: FrameType, length: number): Uint8Array {
  const header = new Uint8Array(headerSize);
  new DataView(header.buffer).setUint32(0, length, true);
  header[4] = type;
  return header;
}

/** Bytes as they come → whole frames. */
export class LogFrameDecoder {
  #rest: Uint8Array = new Uint8Array(0);

  /** @throws RangeError when the bytes are no frames */
  push(bytes: Uint8Array): LogFrame[] {
    let all = bytes;
    if (this.#rest.length > 0) {
      all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
    }
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    const frames: LogFrame[] = [];
    let at = 0;
    while (at + headerSize <= all.length) {
      const length = view.getUint32(at, true);
      const type = all[at + 4] as FrameType;
      if (length > maxPayload || type < frameTypes.json || type > frameTypes.matches) throw new RangeError(`no log frame: type ${type}, ${length} bytes`);
      if (at + headerSize + length > all.length) break;
      frames.push({ type, payload: all.subarray(at + headerSize, at + headerSize + length) });
      at += headerSize + length;
    }
    // A copy, in Node as well, where `slice` of a Buffer is none.
    this.#rest = new Uint8Array(all.subarray(at));
    return frames;
  }
}

/** One line of a container's log. */
export interface WireLine {
  /** Index among the containers that were asked for. */
  source: number;
  /** Its number in the container's log; see `First` of the state. */
  line: number;
  stderr: boolean;
  /** It was too long for one entry and goes on in the container's next line. */
  goesOn: boolean;
  /** false: torn by a crash; the text is what is left of it. */
  readable: boolean;
  /** Nanoseconds since 1970; 0 when it is not known. */
  time: bigint;
  text: string;
}

const lineHead = 24;
const flags = { stderr: 1, goesOn: 2, unreadable: 4 };

/** Of a frame of lines: per line `[text length uint32][source uint8][flags uint8][0 uint16][line float64][time uint64][text, UTF-8]`. @param encode UTF-8 */
export function encodeLines(lines: readonly WireLine[], encode: (text: string) => Uint8Array): Uint8Array {
  const texts = lines.map(({ text }) => encode(text));
  const bytes = new Uint8Array(texts.reduce((sum, { length }) => sum + lineHead + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [index, line] of lines.entries()) {
    const text = texts[index]!;
    view.setUint32(at, text.length, true);
    bytes[at + 4] = line.source;
    bytes[at + 5] = (line.stderr ? flags.stderr : 0) | (line.goesOn ? flags.goesOn : 0) | (line.readable ? 0 : flags.unreadable);
    view.setFloat64(at + 8, line.line, true);
    view.setBigUint64(at + 16, line.time, true);
    bytes.set(text, at + lineHead);
    at += lineHead + text.length;
  }
  return bytes;
}

/** @param decode UTF-8. @throws RangeError when the bytes end in the middle of a line */
export function decodeLines(payload: Uint8Array, decode: (bytes: Uint8Array) => string): WireLine[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const lines: WireLine[] = [];
  for (let at = 0; at < payload.length; ) {
    const end = at + lineHead + view.getUint32(at, true);
    if (end > payload.length) throw new RangeError('a log line is cut off');
    const flag = payload[at + 5]!;
    lines.push({
      source: payload[at + 4]!,
      line: view.getFloat64(at + 8, true),
      stderr: (flag & flags.stderr) !== 0,
      goesOn: (flag & flags.goesOn) !== 0,
      readable: (flag & flags.unreadable) === 0,
      time: view.getBigUint64(at + 16, true),
      text: decode(payload.subarray(at + lineHead, end)),
    });
    at = end;
  }
  return lines;
}

/** Of a frame of matches: the lines of one container in ascending order, `[source uint32][0 uint32]`, then per line `[line float64][milliseconds since 1970 float64]`. */
export function encodeMatches(source: number, pairs: Float64Array): Uint8Array {
  const bytes = new Uint8Array(8 + pairs.byteLength);
  new DataView(bytes.buffer).setUint32(0, source, true);
  bytes.set(new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength), 8);
  return bytes;
}

export function decodeMatches(payload: Uint8Array): { source: number; pairs: Float64Array } {
  const source = new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(0, true);
  // A copy: the payload need not lie where doubles may.
  return { source, pairs: new Float64Array(new Uint8Array(payload.subarray(8)).buffer) };
}
