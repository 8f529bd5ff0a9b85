import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import type { BigIntStats, Dirent } from 'node:fs';
import { openSafely, hasXattrs } from '../syscalls/mount-tree.ts';
import { readXattrs } from '../syscalls/xattr.ts';
import type { TarEntryType, TarHeader } from '../tar/tar-header.ts';
import { encodeTarEntry, tarEnd, tarPadding } from '../tar/tar-writer.ts';
import type { TarOutput } from './chunk-writer.ts';

export interface TreeWriterOptions {
  keepsXattr: (name: string) => boolean;
  /** What stands for an entry instead of itself; the entry is left out when it answers an empty list. */
  replace?: (entry: { path: Buffer; name: string; header: TarHeader }) => TarHeader[] | null;
}

/** What a copy takes along: capabilities, and what users set. */
export function isCopiedXattr(name: string): boolean {
  return name === 'security.capability' || (name.startsWith('user.') && !name.startsWith('user.overlay.'));
}

/** What a backup keeps besides: access lists. */
export function isBackedUpXattr(name: string): boolean {
  return isCopiedXattr(name) || name === 'system.posix_acl_access' || name === 'system.posix_acl_default';
}

/**
 * Writes files of the calling thread's tree as a tar, in lexical order, while others may be changing them: what
 * vanishes is left out, and no symbolic link is followed below where it starts. Sockets have no place in a tar. Paths
 * and names are byte strings (latin1).
 */
export class TreeWriter {
  readonly #options: TreeWriterOptions;
  readonly #out: TarOutput;
  /** First name of each file that has several. */
  readonly #links = new Map<string, string>();

  constructor(options: TreeWriterOptions, out: TarOutput) {
    this.#options = options;
    this.#out = out;
  }

  /** `path` under the given name, and all below it when it is a folder. */
  *entry(path: string, name: string): Generator<Buffer, void, void> {
    const bytes = Buffer.from(path, 'latin1');
    const stats = lstatSync(bytes, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isFile()) {
      yield* this.#file(bytes, name);
      return;
    }
    const type = typeOf(stats);
    if (type === null) return;
    const linkName = type === 'symlink' ? linkOf(bytes) : '';
    if (linkName === null) return;
    const header = headerOf(stats, type, name, linkName);
    if (type !== 'symlink') header.xattrs = readXattrs(bytes, this.#options.keepsXattr);
    const isWritten = yield* this.#header(bytes, name, header, stats);
    if (type === 'directory' && isWritten !== 'left out') yield* this.children(path, name);
  }

  /** What is in a folder, without the folder itself. */
  *children(path: string, name: string): Generator<Buffer, void, void> {
    const prefix = name === '' || name.endsWith('/') ? name : `${name}/`;
    const below = path.endsWith('/') ? path : `${path}/`;
    for (const child of readFolder(path)) {
      if (child.isFile()) yield* this.#file(Buffer.from(below + child.name, 'latin1'), prefix + child.name);
      else if (!child.isSocket()) yield* this.entry(below + child.name, prefix + child.name);
    }
  }

  *end(): Generator<Buffer, void, void> {
    yield* this.#out.write(tarEnd());
    yield* this.flush();
  }

  /** What is left in the buffer, where something else is to follow. */
  *flush(): Generator<Buffer, void, void> {
    yield* this.#out.flush();
  }

  *#file(path: Buffer, name: string): Generator<Buffer, void, void> {
    let fd: number;
    try {
      fd = openSync(path, openSafely);
    } catch (error) {
      if (isGone(error)) return;
      throw error;
    }
    try {
      const stats = fstatSync(fd, { bigint: true });
      // Something else has taken its name since it was listed.
      if (!stats.isFile()) return;
      const header = headerOf(stats, 'file', name, '');
      if (hasXattrs(fd)) header.xattrs = readXattrs(path, this.#options.keepsXattr);
      if ((yield* this.#header(path, name, header, stats)) !== 'content') return;
      yield* this.#out.copy(fd, header.size);
      yield* this.#out.write(tarPadding(header.size));
    } finally {
      closeSync(fd);
    }
  }

  /** @returns whether the content follows; nothing stands for what is left out */
  *#header(path: Buffer, name: string, header: TarHeader, stats: BigIntStats): Generator<Buffer, 'content' | 'no content' | 'left out', void> {
    const replaced = this.#options.replace?.({ path, name, header }) ?? null;
    if (replaced !== null) {
      for (const other of replaced) yield* this.#out.write(encodeTarEntry(other));
      return replaced.length === 0 ? 'left out' : 'no content';
    }
    if (stats.nlink > 1n && header.type !== 'directory') {
      const inode = `${stats.dev}:${stats.ino}`;
      const first = this.#links.get(inode);
      if (first !== undefined) {
        yield* this.#out.write(encodeTarEntry({ ...header, type: 'hardlink', linkName: first, size: 0, xattrs: {} }));
        return 'no content';
      }
      this.#links.set(inode, name);
    }
    yield* this.#out.write(encodeTarEntry(header));
    return 'content';
  }
}

function headerOf(stats: BigIntStats, type: TarEntryType, name: string, linkName: string): TarHeader {
  const device = type === 'character-device' || type === 'block-device' ? deviceOf(stats.rdev) : { major: 0, minor: 0 };
  let mtime = Number(stats.mtimeMs / 1000n);
  let mtimeNanoseconds = Number(stats.mtimeNs % 1_000_000_000n);
  if (mtimeNanoseconds < 0) {
    mtime = Number(stats.mtimeNs / 1_000_000_000n) - 1;
    mtimeNanoseconds += 1e9;
  }
  return {
    name: type === 'directory' && !name.endsWith('/') ? `${name}/` : name,
    type,
    size: type === 'file' ? Number(stats.size) : 0,
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mtime,
    mtimeNanoseconds,
    linkName,
    userName: '',
    groupName: '',
    deviceMajor: device.major,
    deviceMinor: device.minor,
    xattrs: {},
  };
}

/** null for a socket. */
function typeOf(stats: BigIntStats): TarEntryType | null {
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isCharacterDevice()) return 'character-device';
  return stats.isBlockDevice() ? 'block-device' : null;
}

/** glibc's gnu_dev_major and gnu_dev_minor. */
export function deviceOf(rdev: bigint): { major: number; minor: number } {
  return { major: Number((rdev >> 8n) & 0xfffn), minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xfff00n)) };
}

/** In the order of their bytes. */
function readFolder(path: string): Dirent[] {
  try {
    const list = readdirSync(Buffer.from(path, 'latin1'), { withFileTypes: true, encoding: 'latin1' as BufferEncoding });
    return list.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function linkOf(path: Buffer): string | null {
  try {
    return readlinkSync(path, { encoding: 'latin1' });
  } catch (error) {
    if (isGone(error) || (error as NodeJS.ErrnoException).code === 'EINVAL') return null;
    throw error;
  }
}

/** It was there when its folder was read. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '');
}
