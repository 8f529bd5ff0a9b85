import { fstatSync, lstatSync, type BigIntStats } from 'node:fs';
import { Refusal } from './fuse/errno.ts';
import { entrySize, writeAttr, writeEntry, type FuseRequest, type Shown } from './fuse/wire.ts';
import type { FileNode, NodeTree } from './node-tree.ts';
import type { Owners } from './owners.ts';

/** How long the kernel believes what it was told of names and attributes. Changes that are noticed here are told at once. */
export const validSeconds = 1;

export const S_IFMT = 0o170000;
export const S_IFDIR = 0o040000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;

/** A file or folder that somebody in the guest has open. */
export interface OpenFile {
  node: FileNode;
  /** Of a file. */
  fd?: number;
  /** As the guest asked for it. */
  flags: number;
  /** Of a folder: what was in it when it was read from its beginning. */
  names?: string[];
}

/** Who wants to know what happens to files from the guest, so that it is not taken for news later. */
export interface ChangeWitness {
  /** Something in a folder was made, written or removed. */
  own(folder: FileNode, name: string): void;
  /** The guest knows what is in this folder. */
  used(folder: FileNode): void;
}

export interface ServerParts {
  tree: NodeTree;
  owners: Owners;
  open: Map<number, OpenFile>;
  nextHandle: number;
  witness: ChangeWitness;
}

/** What is on the way to shared folders: folders that exist in the VM alone. */
function wayStats(node: FileNode): BigIntStats {
  const zero = 0n;
  return { ino: BigInt(node.id) + 2n ** 62n, size: zero, blocks: zero, nlink: 2n, mode: BigInt(S_IFDIR | 0o555), atimeNs: zero, mtimeNs: zero, ctimeNs: zero, birthtimeNs: zero } as unknown as BigIntStats;
}

/** @throws Refusal, or Node's error */
export function statsOf({ tree }: ServerParts, node: FileNode): BigIntStats {
  const [fd] = node.descriptors;
  if (node.isDetached && fd !== undefined) return fstatSync(fd, { bigint: true });
  if (tree.shareOf(node) === undefined) return wayStats(node);
  const stats = lstatSync(tree.fileOf(node), { bigint: true });
  if ((Number(stats.mode) & S_IFMT) !== node.kind) throw new Refusal('ESTALE');
  return stats;
}

/** A name in a folder, looked up. @throws Refusal, or Node's error */
export function findIn({ tree }: ServerParts, folder: FileNode, name: string): { node: FileNode; stats: BigIntStats } {
  const share = tree.placeIn(folder, name);
  if (share === undefined) {
    const node = tree.child(folder, name, S_IFDIR, undefined);
    return { node, stats: wayStats(node) };
  }
  const stats = lstatSync(tree.fileIn(folder, name), { bigint: true });
  return { node: tree.child(folder, name, Number(stats.mode) & S_IFMT, share), stats };
}

/**
 * Owner and mode as the one who asks sees them: what no container gave to somebody belongs to whoever looks. Files never lend their owner's rights
 * (set-uid), as the owner that is shown is not the one that is.
 */
export function shownTo({ owners }: ServerParts, request: Pick<FuseRequest, 'uid' | 'gid'>, stats: BigIntStats): Shown {
  const owner = owners.of(stats) ?? request;
  const mode = Number(stats.mode);
  const isFolder = (mode & S_IFMT) === S_IFDIR;
  // Windows knows no such bits.
  const bits = process.platform === 'win32' ? 0o755 : mode & (isFolder ? 0o3777 : 0o1777);
  return { uid: owner.uid, gid: owner.gid, mode: (mode & S_IFMT) | bits };
}

export function writeFound(parts: ServerParts, request: FuseRequest, bytes: Buffer, offset: number, { node, stats }: { node: FileNode; stats: BigIntStats }): void {
  node.lookups++;
  writeEntry(bytes, offset, node.id, validSeconds);
  writeAttr(bytes, offset + entrySize - 88, stats, shownTo(parts, request, stats));
}

/** Changes when a file's content may have changed. */
export const signatureOf = (stats: BigIntStats) => `${stats.ino}:${stats.mtimeNs}:${stats.size}`;
