import { chmodSync, closeSync, constants, fchmodSync, fstatSync, ftruncateSync, linkSync, lstatSync, lutimesSync, mkdirSync, openSync, readlinkSync, renameSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { Refusal } from './fuse/errno.ts';
import { answer, answerHeaderSize, attrSize, entrySize, readU64, texts, writeAttr, writeU64, type FuseRequest } from './fuse/wire.ts';
import { O_PATH, type FileNode } from './node-tree.ts';
import { findIn, S_IFDIR, S_IFMT, S_IFREG, shownTo, statsOf, validSeconds, writeFound, type ServerParts } from './server-parts.ts';

/** What is done to names and attributes. Each answers the whole message, or throws. */

const noFollow = constants.O_NOFOLLOW ?? 0;

export function lookup(parts: ServerParts, request: FuseRequest): Buffer {
  const [name = ''] = texts(request.body, 0, 1);
  const folder = parts.tree.get(request.nodeId);
  parts.witness.used(folder);
  return found(parts, request, folder, name);
}

/** The answer of everything that ends with a name being there. */
function found(parts: ServerParts, request: FuseRequest, folder: FileNode, name: string): Buffer {
  const bytes = answer(request.unique, entrySize);
  writeFound(parts, request, bytes, answerHeaderSize, findIn(parts, folder, name));
  return bytes;
}

export function getAttributes(parts: ServerParts, request: FuseRequest): Buffer {
  return attributes(parts, request, parts.tree.get(request.nodeId));
}

export function attributes(parts: ServerParts, request: FuseRequest, node: FileNode): Buffer {
  const stats = statsOf(parts, node);
  const bytes = answer(request.unique, 16 + attrSize);
  writeU64(bytes, validSeconds, answerHeaderSize);
  writeAttr(bytes, answerHeaderSize + 16, stats, shownTo(parts, request, stats));
  return bytes;
}

const FATTR = { MODE: 1, UID: 2, GID: 4, SIZE: 8, ATIME: 16, MTIME: 32, FH: 64, ATIME_NOW: 128, MTIME_NOW: 256 } as const;

export function setAttributes(parts: ServerParts, request: FuseRequest): Buffer {
  const { tree, owners, open, witness } = parts;
  const { body } = request;
  const node = tree.get(request.nodeId);
  tree.checkWritable(node);
  const valid = body.readUInt32LE(0);
  const has = (bit: number) => (valid & bit) !== 0;
  const fd = has(FATTR.FH) ? open.get(readU64(body, 8))?.fd : [...node.descriptors][0];
  if (has(FATTR.SIZE)) resize(parts, node, readU64(body, 16), has(FATTR.FH) ? fd : undefined);
  if (has(FATTR.MODE)) changeMode(parts, node, body.readUInt32LE(68), fd);
  if (has(FATTR.UID) || has(FATTR.GID)) {
    const stats = statsOf(parts, node);
    const before = owners.of(stats) ?? request;
    owners.give(stats, { uid: has(FATTR.UID) ? body.readUInt32LE(76) : before.uid, gid: has(FATTR.GID) ? body.readUInt32LE(80) : before.gid });
  }
  if (has(FATTR.ATIME) || has(FATTR.MTIME)) {
    const stats = statsOf(parts, node);
    const time = (index: number, isNow: boolean) => (isNow ? Date.now() / 1000 : Number(body.readBigInt64LE(32 + 8 * index)) + body.readUInt32LE(56 + 4 * index) / 1e9);
    const accessed = has(FATTR.ATIME) ? time(0, has(FATTR.ATIME_NOW)) : Number(stats.atimeNs) / 1e9;
    const modified = has(FATTR.MTIME) ? time(1, has(FATTR.MTIME_NOW)) : Number(stats.mtimeNs) / 1e9;
    if (!node.isDetached) lutimesSync(tree.fileOf(node), accessed, modified);
  }
  if (!node.isDetached && node.parent !== null) witness.own(node.parent, node.name);
  return attributes(parts, request, node);
}

function resize({ tree }: ServerParts, node: FileNode, size: number, open: number | undefined): void {
  if (open !== undefined) return ftruncateSync(open, size);
  const fd = openSync(tree.fileOf(node), constants.O_WRONLY | noFollow | (constants.O_NONBLOCK ?? 0));
  try {
    ftruncateSync(fd, size);
  } finally {
    closeSync(fd);
  }
}

/** Of the file that has the name now, and never of one that a link leads to. */
function changeMode({ tree }: ServerParts, node: FileNode, mode: number, open: number | undefined): void {
  const bits = mode & (node.kind === S_IFDIR ? 0o3777 : 0o1777);
  if (open !== undefined) return fchmodSync(open, bits);
  if (O_PATH === 0) return chmodSync(tree.fileOf(node), bits);
  const fd = openSync(tree.fileOf(node), O_PATH | noFollow);
  try {
    if (fstatSync(fd).isSymbolicLink()) throw new Refusal('EOPNOTSUPP');
    chmodSync(`/proc/self/fd/${fd}`, bits);
  } finally {
    closeSync(fd);
  }
}

export function readLink({ tree }: ServerParts, request: FuseRequest): Buffer {
  const target = readlinkSync(tree.fileOf(tree.get(request.nodeId)), 'buffer');
  const bytes = answer(request.unique, target.length);
  target.copy(bytes, answerHeaderSize);
  return bytes;
}

/** Makes something under a name and answers it. */
function make(parts: ServerParts, request: FuseRequest, name: string, create: (path: string) => void): Buffer {
  const folder = parts.tree.get(request.nodeId);
  create(parts.tree.fileToChange(folder, name));
  const bytes = found(parts, request, folder, name);
  parts.witness.own(folder, name);
  return bytes;
}

export function makeFolder(parts: ServerParts, request: FuseRequest): Buffer {
  const [name = ''] = texts(request.body, 8, 1);
  const mode = request.body.readUInt32LE(0) & 0o3777;
  return make(parts, request, name, (path) => {
    mkdirSync(path, mode);
    // This program's umask is not the container's.
    if ((lstatSync(path).mode & 0o3777) !== mode) chmodSync(path, mode);
  });
}

export function makeLink(parts: ServerParts, request: FuseRequest): Buffer {
  const [name = '', target = ''] = texts(request.body, 0, 2);
  return make(parts, request, name, (path) => symlinkSync(target, path));
}

/** Pipes, sockets and devices are the kernel's that made them, and nothing that two computers could share. */
export function makeFile(parts: ServerParts, request: FuseRequest): Buffer {
  const [name = ''] = texts(request.body, 16, 1);
  const mode = request.body.readUInt32LE(0);
  if ((mode & S_IFMT) !== S_IFREG && (mode & S_IFMT) !== 0) throw new Refusal('EPERM');
  return make(parts, request, name, (path) => closeSync(createFile(path, constants.O_WRONLY | constants.O_EXCL, mode)));
}

/** @returns its descriptor */
export function createFile(path: string, flags: number, mode: number): number {
  const bits = mode & 0o1777;
  const fd = openSync(path, flags | constants.O_CREAT | noFollow | (constants.O_NONBLOCK ?? 0), bits);
  if ((flags & constants.O_EXCL) !== 0 && process.platform !== 'win32' && (fstatSync(fd).mode & 0o1777) !== bits) fchmodSync(fd, bits);
  return fd;
}

export function addName(parts: ServerParts, request: FuseRequest): Buffer {
  const [name = ''] = texts(request.body, 8, 1);
  const existing = parts.tree.get(readU64(request.body, 0));
  parts.tree.checkWritable(existing);
  return make(parts, request, name, (path) => linkSync(parts.tree.fileOf(existing), path));
}

export function removeName(parts: ServerParts, request: FuseRequest, kind: 'file' | 'folder'): Buffer {
  const { tree, owners, witness } = parts;
  const [name = ''] = texts(request.body, 0, 1);
  const folder = tree.get(request.nodeId);
  const path = tree.fileToChange(folder, name);
  const stats = lstatSync(path, { bigint: true });
  if (kind === 'folder') rmdirSync(path);
  else unlinkSync(path);
  if (kind === 'folder' || stats.nlink === 1n) owners.forget(stats);
  const node = folder.children.get(name);
  if (node !== undefined) tree.detach(node);
  witness.own(folder, name);
  return answer(request.unique, 0);
}

const RENAME_NOREPLACE = 1;

export function rename(parts: ServerParts, request: FuseRequest, hasFlags: boolean): Buffer {
  const { tree, witness } = parts;
  const { body } = request;
  const flags = hasFlags ? body.readUInt32LE(8) : 0;
  const [oldName = '', newName = ''] = texts(body, hasFlags ? 16 : 8, 2);
  const [from, to] = [tree.get(request.nodeId), tree.get(readU64(body, 0))];
  if ((flags & ~RENAME_NOREPLACE) !== 0) throw new Refusal('EINVAL');
  const [source, target] = [tree.fileToChange(from, oldName), tree.fileToChange(to, newName)];
  if ((flags & RENAME_NOREPLACE) !== 0 && lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw new Refusal('EEXIST');
  renameSync(source, target);
  const node = from.children.get(oldName);
  if (node !== undefined) tree.move(node, to, newName);
  else if (to.children.has(newName)) tree.detach(to.children.get(newName)!);
  witness.own(from, oldName);
  witness.own(to, newName);
  return answer(request.unique, 0);
}
