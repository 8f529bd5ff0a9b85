import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { chdir, currentDirectory } from '../syscalls/mount-tree.ts';
import { bytesToText, textToBytes } from '../tar/tar-header.ts';
import { ChunkWriter } from './chunk-writer.ts';
import type { FileEntry, FileList, FileRange, FolderMeasure, ListOptions } from './protocol.ts';
import { baseName, timestamp } from './stat-path.ts';
import { ArchiveRefusal } from './tree-extractor.ts';

/** Reading single files and folders of the calling thread's tree, while others may be changing it. */

/** A larger account file is no account file. */
const accountLimit = 1024 * 1024;

interface Found {
  /** Bytes (latin1). */
  name: string;
  kind: FileEntry['Kind'];
  stats?: BigIntStats;
}

/**
 * One page of a folder, folders first where names are sorted. Only the page's entries are looked at one by one, unless the order
 * depends on more than the name. The thread moves into the folder, so that all entries are of one.
 * @throws ENOENT, ENOTDIR
 */
export function listFolder(path: string, { sort, descending, offset, limit, filter }: ListOptions): FileList {
  chdir(path);
  const wanted = textToBytes(filter.toLowerCase());
  const found: Found[] = [];
  for (const entry of readdirSync(Buffer.from('.'), { withFileTypes: true, encoding: 'latin1' as BufferEncoding })) {
    if (wanted !== '' && !textToBytes(bytesToText(entry.name).toLowerCase()).includes(wanted)) continue;
    const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : entry.isFIFO() ? 'pipe' : entry.isSocket() ? 'socket' : 'device';
    found.push({ name: entry.name, kind });
  }
  if (sort === 'size' || sort === 'modified') for (const entry of found) entry.stats = lstatHere(entry.name);
  found.sort(order(sort, descending));
  const accounts = readAccounts();
  const entries = found
    .slice(offset, offset + limit)
    .map((entry) => entryOf(entry.name, entry.stats ?? lstatHere(entry.name), accounts))
    // Gone since the folder was read.
    .filter((entry) => entry !== null);
  const here = currentDirectory();
  return { Path: here, Folder: { ...entryOf('.', lstatSync('.', { bigint: true }), accounts)!, Name: baseName(here) }, Entries: entries, Total: found.length, Offset: offset };
}

/** @throws ENOENT, ENOTDIR */
export function describeFile(path: string): FileEntry {
  const stats = lstatSync(path, { bigint: true });
  return { ...entryOf(textToBytes(path), stats, readAccounts())!, Name: baseName(path) };
}

/** A link is followed. The caller closes the descriptor. @throws ArchiveRefusal for what is no file */
export function openFile(path: string): { fd: number; entry: FileEntry } {
  // No FIFO is waited for; a link may lead anywhere within the view.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd, { bigint: true });
    if (!stats.isFile()) throw new ArchiveRefusal(`${path} is ${stats.isDirectory() ? 'a folder' : 'no file'}: it has no content to show`);
    return { fd, entry: { ...entryOf(textToBytes(path), stats, readAccounts())!, Name: baseName(path) } };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** @throws ArchiveRefusal for what is no file */
export function readRange(path: string, { offset, length }: { offset: number; length: number }): FileRange {
  const { fd, entry } = openFile(path);
  try {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, entry.Size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(fd, bytes, filled, bytes.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return { entry, offset, bytes: bytes.slice(0, filled) };
  } finally {
    closeSync(fd);
  }
}

/** Exactly `size` bytes, zeros where the file has become shorter. Closes the descriptor. */
export function* contentOf(fd: number, size: number): Generator<Buffer, void, void> {
  try {
    const out = new ChunkWriter();
    yield* out.copy(fd, size);
    yield* out.flush();
  } finally {
    closeSync(fd);
  }
}

/** What is in the root. No link is followed, and nothing is counted that is mounted below. */
export function measureTree(): FolderMeasure {
  const measure = { bytes: 0, files: 0, folders: 0 };
  const seen = new Set<bigint>();
  const device = lstatSync('/', { bigint: true }).dev;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let names: string[] = [];
    try {
      names = readdirSync(Buffer.from(`${folder}/`, 'latin1'), { encoding: 'latin1' });
    } catch (error) {
      if (folder === '' || !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    for (const name of names) {
      const path = `${folder}/${name}`;
      const stats = lstatSync(Buffer.from(path, 'latin1'), { bigint: true, throwIfNoEntry: false });
      if (stats === undefined || stats.dev !== device) continue;
      if (stats.isDirectory()) {
        measure.folders += 1;
        folders.push(path);
        continue;
      }
      measure.files += 1;
      if (stats.nlink > 1n && seen.has(stats.ino)) continue;
      seen.add(stats.ino);
      measure.bytes += Number(stats.size);
    }
  }
  return measure;
}

function order(sort: ListOptions['sort'], descending: boolean): (a: Found, b: Found) => number {
  const sign = descending ? -1 : 1;
  // Byte order is what `ls` has in the C locale; people look for folders first.
  const byName = (a: Found, b: Found) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const folderFirst = (a: Found, b: Found) => Number(b.kind === 'folder') - Number(a.kind === 'folder');
  const number = (pick: (stats: BigIntStats) => bigint) => (a: Found, b: Found) => {
    const [left, right] = [a, b].map(({ stats }) => (stats === undefined ? 0n : pick(stats))) as [bigint, bigint];
    return left < right ? -1 : left > right ? 1 : 0;
  };
  switch (sort) {
    case 'name':
      return (a, b) => folderFirst(a, b) || sign * byName(a, b);
    case 'kind':
      return (a, b) => sign * (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0) || byName(a, b);
    case 'size':
      return (a, b) => folderFirst(a, b) || sign * number(({ size }) => size)(a, b) || byName(a, b);
    case 'modified':
      return (a, b) => sign * number(({ mtimeNs }) => mtimeNs)(a, b) || byName(a, b);
    default:
      throw new TypeError(`unknown order ${sort satisfies never}`);
  }
}

function lstatHere(name: string): BigIntStats | undefined {
  return lstatSync(Buffer.from(name, 'latin1'), { bigint: true, throwIfNoEntry: false });
}

interface Accounts {
  users: Map<number, string>;
  groups: Map<number, string>;
}

/** @param name bytes; relative ones are of the current folder */
function entryOf(name: string, stats: BigIntStats | undefined, accounts: Accounts): FileEntry | null {
  if (stats === undefined) return null;
  const kind = kindOf(stats);
  const [uid, gid] = [Number(stats.uid), Number(stats.gid)];
  const shown = bytesToText(name);
  return {
    Name: shown,
    NameIsText: textToBytes(shown) === name,
    Kind: kind,
    Size: kind === 'file' || kind === 'link' ? Number(stats.size) : 0,
    Mode: Number(stats.mode) & 0o7777,
    Uid: uid,
    Gid: gid,
    User: accounts.users.get(uid) ?? '',
    Group: accounts.groups.get(gid) ?? '',
    Modified: timestamp(stats),
    ...(kind === 'link' ? targetOf(name) : { Target: '', TargetKind: null }),
  };
}

function targetOf(name: string): Pick<FileEntry, 'Target' | 'TargetKind'> {
  const path = Buffer.from(name, 'latin1');
  try {
    const Target = bytesToText(readlinkSync(path, { encoding: 'latin1' }));
    try {
      return { Target, TargetKind: kindOf(statSync(path, { bigint: true })) };
    } catch {
      return { Target, TargetKind: null };
    }
  } catch {
    return { Target: '', TargetKind: null };
  }
}

function kindOf(stats: BigIntStats): FileEntry['Kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isFIFO()) return 'pipe';
  return stats.isSocket() ? 'socket' : 'device';
}

/** The tree's own: a volume has none. */
function readAccounts(): Accounts {
  return { users: namesIn('/etc/passwd'), groups: namesIn('/etc/group') };
}

function namesIn(path: string): Map<number, string> {
  const names = new Map<number, string>();
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return names;
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.size > accountLimit) return names;
    for (const line of readFileSync(fd, 'utf8').split('\n')) {
      const [name = '', , id = ''] = line.split(':');
      if (name !== '' && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
    }
  } finally {
    closeSync(fd);
  }
  return names;
}
