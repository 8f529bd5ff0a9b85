/** The wire form of netlink messages. Source: netlink(7), linux/netlink.h. Integers are in host order: little endian on every machine we run on. */

export const NetlinkFlag = { request: 0x1, acknowledge: 0x4, replace: 0x100, exclusive: 0x200, create: 0x400, dump: 0x300 } as const;

const errorType = 2;
const doneType = 3;
const headerSize = 16;
const nested = 0x8000;
const capped = 0x100;
const extendedAck = 0x200;
/** NLMSGERR_ATTR_MSG: the kernel's own words. */
const messageAttribute = 1;

export interface NetlinkReply {
  type: number;
  flags: number;
  sequence: number;
  payload: Buffer;
}

/** How the kernel answered one request: a negative errno and perhaps words, or 0. */
export interface NetlinkAnswer {
  errno: number;
  words?: string;
}

export function encodeMessage(type: number, flags: number, sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(headerSize);
  header.writeUInt32LE(headerSize + payload.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt32LE(sequence, 8);
  return padded(Buffer.concat([header, payload]));
}

/** Splits what one recv(2) returned. */
export function decodeMessages(bytes: Buffer): NetlinkReply[] {
  const replies: NetlinkReply[] = [];
  for (let offset = 0; offset + headerSize <= bytes.length; ) {
    const size = bytes.readUInt32LE(offset);
    if (size < headerSize || offset + size > bytes.length) throw new Error(`netlink: a message of ${size} bytes in ${bytes.length - offset}`);
    replies.push({
      type: bytes.readUInt16LE(offset + 4),
      flags: bytes.readUInt16LE(offset + 6),
      sequence: bytes.readUInt32LE(offset + 8),
      payload: Buffer.from(bytes.subarray(offset + headerSize, offset + size)),
    });
    offset += align(size);
  }
  return replies;
}

/** @returns undefined for a message that is data and not the end of an answer. */
export function answerOf(reply: NetlinkReply): NetlinkAnswer | undefined {
  if (reply.type !== errorType && reply.type !== doneType) return undefined;
  const errno = reply.payload.length >= 4 ? -reply.payload.readInt32LE(0) : 0;
  if (errno === 0 || reply.type === doneType || (reply.flags & extendedAck) === 0) return { errno };
  // The error holds the request it is about: whole, or its header alone when capped.
  const requestSize = (reply.flags & capped) !== 0 ? headerSize : reply.payload.readUInt32LE(4);
  const words = decodeAttributes(reply.payload.subarray(4 + align(requestSize))).get(messageAttribute);
  return words === undefined ? { errno } : { errno, words: words.toString('utf8').replace(/\0.*$/s, '') };
}

export function attribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(4 + value.length, 0);
  header.writeUInt16LE(type, 2);
  return padded(Buffer.concat([header, value]));
}

export function nestedAttribute(type: number, ...attributes: Buffer[]): Buffer {
  return attribute(type | nested, Buffer.concat(attributes));
}

/** Text with the NUL at its end that interface names and kinds have. */
export function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}

/** By type; of attributes that come twice the last one. */
export function decodeAttributes(bytes: Buffer): Map<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let offset = 0; offset + 4 <= bytes.length; ) {
    const size = bytes.readUInt16LE(offset);
    if (size < 4 || offset + size > bytes.length) break;
    attributes.set(bytes.readUInt16LE(offset + 2) & 0x3fff, bytes.subarray(offset + 4, offset + size));
    offset += align(size);
  }
  return attributes;
}

function align(size: number): number {
  return (size + 3) & ~3;
}

function padded(bytes: Buffer): Buffer {
  return bytes.length % 4 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(align(bytes.length) - bytes.length)]);
}
