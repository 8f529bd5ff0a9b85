import { closeSync, constants, fstatSync, fsync, lstatSync, openSync, type BigIntStats, read, readdirSync, readSync, write, writeSync } from 'node:fs';
import { answer, answerHeaderSize, entrySize, failure, maxData, readU64, texts, writeHeader, writeU64, type FuseRequest } from './fuse/wire.ts';
import { errnoOf, Refusal } from './fuse/errno.ts';
import { createFile } from './name-operations.ts';
import type { FileNode } from './node-tree.ts';
import { findIn, S_IFDIR, S_IFMT, S_IFREG, signatureOf, writeFound, type OpenFile, type ServerParts } from './server-parts.ts';

/** What is done with files and folders that are open. */

/** The guest's numbers, the same on amd64 and arm64. Source: asm-generic/fcntl.h. */
const O = { WRONLY: 1, RDWR: 2, EXCL: 0o200, TRUNC: 0o1000, APPEND: 0o2000, DSYNC: 0o10000 } as const;
const FOPEN_KEEP_CACHE = 2;
/** The bytes come from the kernel's pages, and go where they lie. */
const WRITE_CACHE = 1;
const mostOpen = 65_536;
/** Bytes above which another thread reads or writes: below it, going there and back takes longer. */
const bigTransfer = 128 * 1024;

function keep(parts: ServerParts, file: OpenFile): number {
  const handle = parts.nextHandle++;
  parts.open.set(handle, file);
  return handle;
}

function checkRoom({ open }: ServerParts): void {
  if (open.size >= mostOpen) throw new Refusal('ENFILE');
}

function hostFlags(flags: number): number {
  const access = (flags & 3) === O.WRONLY ? constants.O_WRONLY : (flags & 3) === O.RDWR ? constants.O_RDWR : constants.O_RDONLY;
  return access | ((flags & O.TRUNC) !== 0 ? constants.O_TRUNC : 0) | ((flags & O.EXCL) !== 0 ? constants.O_EXCL : 0) | ((flags & O.DSYNC) !== 0 ? (constants.O_SYNC ?? 0) : 0);
}

/** Registers a file that was just opened. @returns what goes behind the header: `struct fuse_open_out` at `offset` */
function opened(parts: ServerParts, node: FileNode, fd: number, flags: number, bytes: Buffer, offset: number): void {
  const signature = signatureOf(fstatSync(fd, { bigint: true }));
  // Close to open: who opens a file sees what was written to it before, here or there.
  const isKnown = node.opened === signature;
  node.opened = signature;
  node.descriptors.add(fd);
  writeU64(bytes, keep(parts, { node, fd, flags }), offset);
  bytes.writeUInt32LE(isKnown ? FOPEN_KEEP_CACHE : 0, offset + 8);
}

export function openFile(parts: ServerParts, request: FuseRequest): Buffer {
  const flags = request.body.readUInt32LE(0);
  const node = parts.tree.get(request.nodeId);
  if ((flags & 3) !== 0 || (flags & O.TRUNC) !== 0) parts.tree.checkWritable(node);
  checkRoom(parts);
  // Not waiting: a file that has become a pipe meanwhile would stop everybody.
  const fd = openSync(parts.tree.fileOf(node), (hostFlags(flags) & ~constants.O_EXCL) | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  return guarded(fd, () => {
    if (!fstatSync(fd).isFile()) throw new Refusal('ESTALE');
    const bytes = answer(request.unique, 16);
    opened(parts, node, fd, flags, bytes, answerHeaderSize);
    if ((flags & O.TRUNC) !== 0) changed(parts, node);
    return bytes;
  });
}

export function createAndOpen(parts: ServerParts, request: FuseRequest): Buffer {
  const { body } = request;
  const [flags, mode] = [body.readUInt32LE(0), body.readUInt32LE(4)];
  const [name = ''] = texts(body, 16, 1);
  const folder = parts.tree.get(request.nodeId);
  checkRoom(parts);
  const path = parts.tree.fileToChange(folder, name);
  let fd: number;
  try {
    fd = createFile(path, hostFlags(flags) | constants.O_EXCL, mode);
  } catch (error) {
    // Somebody was faster: without O_EXCL theirs is opened.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || (flags & O.EXCL) !== 0) throw error;
    fd = createFile(path, hostFlags(flags), mode);
  }
  return guarded(fd, () => {
    if (!fstatSync(fd).isFile()) throw new Refusal('EEXIST');
    const bytes = answer(request.unique, entrySize + 16);
    const found = findIn(parts, folder, name);
    writeFound(parts, request, bytes, answerHeaderSize, found);
    opened(parts, found.node, fd, flags, bytes, answerHeaderSize + entrySize);
    changed(parts, found.node);
    return bytes;
  });
}

/** For whoever replays a change: a file that is there already, as if it had just been made. */
export function openMade(parts: ServerParts, request: FuseRequest): Buffer {
  const [name = ''] = texts(request.body, 16, 1);
  const folder = parts.tree.get(request.nodeId);
  const found = findIn(parts, folder, name);
  if (found.node.kind !== S_IFREG) throw new Refusal('EEXIST');
  const fd = openSync(parts.tree.fileIn(folder, name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  return guarded(fd, () => {
    const bytes = answer(request.unique, entrySize + 16);
    writeFound(parts, request, bytes, answerHeaderSize, found);
    opened(parts, found.node, fd, 0, bytes, answerHeaderSize + entrySize);
    return bytes;
  });
}

function guarded<T>(fd: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openedFile({ open }: ServerParts, handle: number): OpenFile & { fd: number } {
  const file = open.get(handle);
  if (file?.fd === undefined) throw new Refusal('EBADF');
  return file as OpenFile & { fd: number };
}

export function readFile(parts: ServerParts, request: FuseRequest): Buffer | Promise<Buffer> {
  const { body, unique } = request;
  const { fd } = openedFile(parts, readU64(body, 0));
  const [offset, size] = [readU64(body, 8), Math.min(body.readUInt32LE(16), maxData)];
  const bytes = Buffer.allocUnsafe(answerHeaderSize + size);
  const whole = (count: number) => writeHeader(bytes.subarray(0, answerHeaderSize + count), unique, 0);
  if (size <= bigTransfer) return whole(readSync(fd, bytes, answerHeaderSize, size, offset));
  return new Promise((resolve) => read(fd, bytes, answerHeaderSize, size, offset, (error, count) => resolve(error === null ? whole(count) : failure(unique, errnoOf(error)))));
}

export function writeFile(parts: ServerParts, request: FuseRequest): Buffer | Promise<Buffer> {
  const { body, unique } = request;
  const { fd, node, flags } = openedFile(parts, readU64(body, 0));
  const size = body.readUInt32LE(16);
  if (40 + size > body.length) throw new RangeError('fewer bytes than it says');
  // The end as it is here: the guest's may be a second old.
  const offset = (flags & O.APPEND) !== 0 && (body.readUInt32LE(20) & WRITE_CACHE) === 0 ? fstatSync(fd).size : readU64(body, 8);
  const done = (count: number) => {
    changed(parts, node);
    const bytes = answer(unique, 8);
    bytes.writeUInt32LE(count, answerHeaderSize);
    return bytes;
  };
  if (size <= bigTransfer) return done(writeSync(fd, body, 40, size, offset));
  return new Promise((resolve) => write(fd, body, 40, size, offset, (error, count) => resolve(error === null ? done(count) : failure(unique, errnoOf(error)))));
}

/** The guest changed it: what is there now is no news. */
function changed({ witness }: ServerParts, node: FileNode): void {
  if (!node.isDetached && node.parent !== null) witness.own(node.parent, node.name);
}

export function syncFile(parts: ServerParts, request: FuseRequest): Promise<Buffer> {
  const { fd } = openedFile(parts, readU64(request.body, 0));
  return new Promise((resolve) => fsync(fd, (error) => resolve(error === null ? answer(request.unique, 0) : failure(request.unique, errnoOf(error)))));
}

/** A file that was open in a mount that another server served. @throws Refusal, or Node's error */
export function reopen({ tree, open }: ServerParts, handle: number, nodeId: number, flags: number | null): void {
  const node = tree.get(nodeId);
  if (flags === null) return void open.set(handle, { node, flags: 0 });
  const fd = openSync(tree.fileOf(node), (hostFlags(flags & ~O.TRUNC) & ~constants.O_EXCL) | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  node.descriptors.add(fd);
  open.set(handle, { node, fd, flags });
}

export function release({ open }: ServerParts, request: FuseRequest): Buffer {
  const handle = readU64(request.body, 0);
  const file = open.get(handle);
  open.delete(handle);
  if (file?.fd !== undefined) {
    file.node.descriptors.delete(file.fd);
    closeSync(file.fd);
  }
  return answer(request.unique, 0);
}

export function openFolder(parts: ServerParts, request: FuseRequest): Buffer {
  const node = parts.tree.get(request.nodeId);
  parts.tree.shareOf(node);
  checkRoom(parts);
  const bytes = answer(request.unique, 16);
  writeU64(bytes, keep(parts, { node, flags: 0 }), answerHeaderSize);
  return bytes;
}

/** Names that are shared, and those of folders on the way to a share. */
export function namesIn({ tree }: ServerParts, folder: FileNode): string[] {
  const ways = tree.waysFrom(folder);
  if (tree.shareOf(folder) === undefined) return ways;
  const names = readdirSync(tree.folderOf(folder)).filter((name) => {
    try {
      tree.placeIn(folder, name);
      return true;
    } catch {
      return false;
    }
  });
  return ways.length === 0 ? names : [...new Set([...names, ...ways])];
}

/** Offsets are places in the list that was read at the folder's beginning, so that a listing is whole whatever happens meanwhile. */
export function readFolder(parts: ServerParts, request: FuseRequest, withEntries: boolean): Buffer {
  const { body } = request;
  const file = parts.open.get(readU64(body, 0));
  if (file === undefined || file.fd !== undefined) throw new Refusal('EBADF');
  const [offset, size] = [readU64(body, 8), Math.min(body.readUInt32LE(16), maxData)];
  if (offset === 0 || file.names === undefined) {
    file.names = ['.', '..', ...namesIn(parts, file.node)];
    parts.witness.used(file.node);
  }
  const { names, node: folder } = file;
  const bytes = Buffer.alloc(answerHeaderSize + size);
  const before = withEntries ? entrySize : 0;
  let at = answerHeaderSize;
  for (let index = offset; index < names.length; index++) {
    const name = Buffer.from(names[index]!);
    const length = before + 24 + ((name.length + 7) & ~7);
    if (at + length > bytes.length) break;
    let found: { node?: FileNode; stats?: BigIntStats; kind: number; ino: number };
    try {
      found = index < 2 ? { kind: S_IFDIR, ino: folder.id } : listed(parts, folder, names[index]!, withEntries);
    } catch {
      // Gone meanwhile.
      continue;
    }
    const { node, stats } = found;
    if (node !== undefined && stats !== undefined) writeFound(parts, request, bytes, at, { node, stats });
    writeU64(bytes, found.ino, at + before);
    writeU64(bytes, index + 1, at + before + 8);
    bytes.writeUInt32LE(name.length, at + before + 16);
    bytes.writeUInt32LE(found.kind >> 12, at + before + 20);
    name.copy(bytes, at + before + 24);
    at += length;
  }
  return writeHeader(bytes.subarray(0, at), request.unique, 0);
}

/** The kernel is told of a node only with an entry, and only then it forgets it again. */
function listed(parts: ServerParts, folder: FileNode, name: string, withEntry: boolean): { node?: FileNode; stats?: BigIntStats; kind: number; ino: number } {
  if (withEntry) {
    const found = findIn(parts, folder, name);
    return { ...found, kind: found.node.kind, ino: Number(found.stats.ino) };
  }
  if (parts.tree.placeIn(folder, name) === undefined) return { kind: S_IFDIR, ino: folder.id };
  const stats = lstatSync(parts.tree.fileIn(folder, name));
  return { kind: stats.mode & S_IFMT, ino: stats.ino };
}

export function closeAll({ open }: ServerParts): void {
  for (const { fd, node } of open.values()) {
    if (fd === undefined) continue;
    node.descriptors.delete(fd);
    closeSync(fd);
  }
  open.clear();
}
