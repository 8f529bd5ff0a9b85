import type { BigIntStats } from 'node:fs';

/**
 * The file system protocol of Linux' FUSE, 7.31, as `/dev/fuse` speaks it: little-endian structures of fixed shape. Source: the kernel's
 * include/uapi/linux/fuse.h, from which the names come.
 */

export const opcodes = {
  LOOKUP: 1, FORGET: 2, GETATTR: 3, SETATTR: 4, READLINK: 5, SYMLINK: 6, MKNOD: 8, MKDIR: 9, UNLINK: 10, RMDIR: 11, RENAME: 12, LINK: 13, OPEN: 14, READ: 15, WRITE: 16, STATFS: 17, RELEASE: 18, FSYNC: 20,
  INIT: 26, OPENDIR: 27, READDIR: 28, RELEASEDIR: 29, CREATE: 35, INTERRUPT: 36, DESTROY: 38, BATCH_FORGET: 42, READDIRPLUS: 44, RENAME2: 45,
} as const;

export const requestHeaderSize = 40;
export const answerHeaderSize = 16;
export const entrySize = 128;
export const attrSize = 88;
/** Bytes of one READ or WRITE at most; the largest that the kernel carries (256 pages). */
export const maxData = 1024 * 1024;
/** A WRITE with all its bytes; nothing longer is a request. */
export const maxRequest = maxData + 4096;

export interface FuseRequest {
  opcode: number;
  /** Of this request alone, for the life of the mount. */
  unique: number;
  nodeId: number;
  uid: number;
  gid: number;
  body: Buffer;
}

/** @param message one whole message */
export function parseRequest(message: Buffer): FuseRequest {
  return { opcode: message.readUInt32LE(4), unique: readU64(message, 8), nodeId: readU64(message, 16), uid: message.readUInt32LE(24), gid: message.readUInt32LE(28), body: message.subarray(requestHeaderSize) };
}

/** Exact up to 2^53; no number of ours is larger, and one of the kernel's that is names nothing. */
export function readU64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 2 ** 32;
}

export function writeU64(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32LE(value % 2 ** 32, offset);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32), offset + 4);
}

/** Room for an answer of that many bytes, zeroed, its header written. */
export function answer(unique: number, size: number): Buffer {
  return writeHeader(Buffer.alloc(answerHeaderSize + size), unique, 0);
}

export function failure(unique: number, errno: number): Buffer {
  return writeHeader(Buffer.alloc(answerHeaderSize), unique, -errno);
}

export function writeHeader(bytes: Buffer, unique: number, error: number): Buffer {
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeInt32LE(error, 4);
  writeU64(bytes, unique, 8);
  return bytes;
}

/** Whom a file shows as its owner, and with what mode. */
export interface Shown {
  uid: number;
  gid: number;
  mode: number;
}

const nanosecond = 1_000_000_000n;

/** `struct fuse_attr` */
export function writeAttr(bytes: Buffer, offset: number, stats: BigIntStats, { uid, gid, mode }: Shown): void {
  bytes.writeBigUInt64LE(BigInt.asUintN(64, stats.ino), offset);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, stats.size), offset + 8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, stats.blocks ?? (stats.size + 511n) / 512n), offset + 16);
  for (const [index, time] of [stats.atimeNs, stats.mtimeNs, stats.ctimeNs].entries()) {
    const rest = ((time % nanosecond) + nanosecond) % nanosecond;
    bytes.writeBigInt64LE((time - rest) / nanosecond, offset + 24 + 8 * index);
    bytes.writeUInt32LE(Number(rest), offset + 48 + 4 * index);
  }
  bytes.writeUInt32LE(mode, offset + 60);
  bytes.writeUInt32LE(Number(stats.nlink) >>> 0, offset + 64);
  bytes.writeUInt32LE(uid, offset + 68);
  bytes.writeUInt32LE(gid, offset + 72);
  bytes.writeUInt32LE(4096, offset + 80);
}

/** `struct fuse_entry_out`; nothing is kept for longer than `validSeconds`. */
export function writeEntry(bytes: Buffer, offset: number, nodeId: number, validSeconds: number): void {
  writeU64(bytes, nodeId, offset);
  writeU64(bytes, validSeconds, offset + 16);
  writeU64(bytes, validSeconds, offset + 24);
}

const noticeInode = 2;
const noticeEntry = 3;

/** Tells the kernel to forget what it knows of a file: its attributes and its bytes. */
export function forgetContents(nodeId: number): Buffer {
  const bytes = answer(0, 24);
  bytes.writeInt32LE(noticeInode, 4);
  writeU64(bytes, nodeId, answerHeaderSize);
  return bytes;
}

/** Tells the kernel to forget what it knows of a name. */
export function forgetName(parentId: number, name: string): Buffer {
  const text = Buffer.from(name);
  const bytes = answer(0, 16 + text.length + 1);
  bytes.writeInt32LE(noticeEntry, 4);
  writeU64(bytes, parentId, answerHeaderSize);
  bytes.writeUInt32LE(text.length, answerHeaderSize + 8);
  text.copy(bytes, answerHeaderSize + 16);
  return bytes;
}

/** Texts in a body, each with its NUL. @throws RangeError when one has no end */
export function texts(body: Buffer, offset: number, count: number): string[] {
  const found: string[] = [];
  for (let start = offset; found.length < count; ) {
    const end = body.indexOf(0, start);
    if (end === -1) throw new RangeError('a text without an end');
    found.push(body.toString('utf8', start, end));
    start = end + 1;
  }
  return found;
}
