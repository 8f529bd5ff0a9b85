import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { chdir, fchdir } from '../syscalls/mount-tree.ts';
import { O_PATH, openat2, ResolveFlag } from '../syscalls/files.ts';
import { readXattrs } from '../syscalls/xattr.ts';
import { bytesToText } from '../tar/tar-header.ts';
import type { TreeChange } from './protocol.ts';
import { isScaffolding } from './scaffolding.ts';
import { deviceOf } from './tree-writer.ts';

/** Descriptors of the folders of the layers below, topmost first. The caller closes them. */
export function openLayers(folders: readonly string[]): number[] {
  return folders.map((folder) => openSync(folder, O_PATH | constants.O_DIRECTORY));
}

/**
 * What an upperdir, the calling thread's root, changes in the layers below it: every folder before what is in it, in the
 * order of their names. A folder counts as changed when something in it was, or its own size, mode or time. Source: moby
 * `pkg/archive/changes.go`.
 */
export function treeChanges(layers: readonly number[]): TreeChange[] {
  return folderChanges('', layers.map((fd) => ({ fd, path: '.' })));
}

interface LowerFolder {
  fd: number;
  path: string;
}

/** @param lower the same folder in the layers that show through, topmost first */
function folderChanges(folder: string, lower: readonly LowerFolder[]): TreeChange[] {
  const changes: TreeChange[] = [];
  const upper = new Map<string, BigIntStats>();
  for (const name of readdirSync(Buffer.from(`/${folder}`, 'latin1'), { encoding: 'latin1' })) {
    const stats = lstatSync(Buffer.from(`/${folder}/${name}`, 'latin1'), { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined) upper.set(name, stats);
  }
  const hidden = folder !== '' && isOpaque(folder);
  const deleted = hidden ? namesOf(lower).filter((name) => !upper.has(name)) : [];
  for (const name of [...upper.keys(), ...deleted].sort()) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const shown = `/${bytesToText(path)}`;
    const stats = upper.get(name);
    const below = lowerEntry(lower, name);
    if (stats !== undefined && below === null && isScaffolding(path, { isFolder: stats.isDirectory(), size: Number(stats.size) })) continue;
    if (stats === undefined || isWhiteout(stats)) {
      if (below !== null) changes.push({ path: shown, kind: 2 });
      continue;
    }
    if (!stats.isDirectory()) {
      changes.push({ path: shown, kind: below === null ? 1 : 0 });
      continue;
    }
    const inside = folderChanges(path, below?.folders ?? []);
    if (below === null) changes.push({ path: shown, kind: 1 });
    else if (inside.length > 0 || hidden || !isSame(stats, below.stats, holdsScaffolding(path))) changes.push({ path: shown, kind: 0 });
    changes.push(...inside);
  }
  return changes;
}

/** What was put into a folder for mounts has changed its time. */
function holdsScaffolding(folder: string): boolean {
  return folder === 'etc' || folder === 'dev';
}

function isSame(a: BigIntStats, b: BigIntStats, anyTime: boolean): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && (anyTime || a.mtimeNs === b.mtimeNs) && b.isDirectory();
}

function isWhiteout(stats: BigIntStats): boolean {
  const { major, minor } = deviceOf(stats.rdev);
  return stats.isCharacterDevice() && major === 0 && minor === 0;
}

function isOpaque(folder: string): boolean {
  return readXattrs(Buffer.from(`/${folder}`, 'latin1'), (name) => name === 'trusted.overlay.opaque')['trusted.overlay.opaque'] === 'y';
}

/** What the layers below show under a name of a folder; null for nothing. */
function lowerEntry(lower: readonly LowerFolder[], name: string): { stats: BigIntStats; folders: LowerFolder[] } | null {
  let top: BigIntStats | null = null;
  const folders: LowerFolder[] = [];
  for (const { fd, path } of lower) {
    const child = `${path}/${name}`;
    const stats = statBelow(fd, child);
    if (stats === null) continue;
    if (isWhiteout(stats)) break;
    if (top !== null && !stats.isDirectory()) break;
    top ??= stats;
    if (!stats.isDirectory()) break;
    folders.push({ fd, path: child });
    if (isOpaqueBelow(fd, child)) break;
  }
  return top === null ? null : { stats: top, folders };
}

/** Names that the layers below show in a folder. */
function namesOf(lower: readonly LowerFolder[]): string[] {
  const names = new Set<string>();
  for (const { fd, path } of lower) {
    withFolder(fd, path, () => {
      for (const name of readdirSync('.', { encoding: 'latin1' })) names.add(name);
    });
  }
  return [...names].filter((name) => lowerEntry(lower, name) !== null);
}

function statBelow(fd: number, path: string): BigIntStats | null {
  let file: number;
  try {
    file = openat2(fd, bytesToText(path), { flags: O_PATH | constants.O_NOFOLLOW, resolve: ResolveFlag.beneath | ResolveFlag.noSymlinks });
  } catch {
    return null;
  }
  try {
    return fstatSync(file, { bigint: true });
  } finally {
    closeSync(file);
  }
}

function isOpaqueBelow(fd: number, path: string): boolean {
  let opaque = false;
  withFolder(fd, path, () => {
    opaque = readXattrs(Buffer.from('.'), (name) => name === 'trusted.overlay.opaque')['trusted.overlay.opaque'] === 'y';
  });
  return opaque;
}

/** Runs `work` with a lower folder, which has no name in the view, as the current one. */
function withFolder(fd: number, path: string, work: () => void): void {
  let folder: number;
  try {
    folder = openat2(fd, bytesToText(path), { flags: constants.O_RDONLY | constants.O_DIRECTORY, resolve: ResolveFlag.beneath | ResolveFlag.noSymlinks });
  } catch {
    return;
  }
  try {
    fchdir(folder);
    work();
  } finally {
    chdir('/');
    closeSync(folder);
  }
}
