import { closeSync, constants, openSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { Refusal } from './fuse/errno.ts';
import { hostPath } from './guest-path.ts';
import type { SavedServer } from './saved-session.ts';
import type { Share, Shares } from './shares.ts';

/** Linux: names a file without opening it. Node has no name for it. */
export const O_PATH = process.platform === 'linux' ? 0x200000 : 0;
const folderFlags = O_PATH | (constants.O_DIRECTORY ?? 0);
const noFollow = constants.O_NOFOLLOW ?? 0;
/** Folders that are held open at once. */
const mostFolders = 512;

export const rootId = 1;

/** A name that the guest's kernel knows: in a shared folder, or on the way to one. */
export interface FileNode {
  readonly id: number;
  parent: FileNode | null;
  name: string;
  readonly children: Map<string, FileNode>;
  /** How often the kernel was told of it and has not forgotten it yet. */
  lookups: number;
  /** No longer under its name, but perhaps still open. */
  isDetached: boolean;
  /** `S_IFMT` of its mode, by which the kernel chose what it is; never another one. */
  kind: number;
  /** Open files of it, by which one that has no name any more is still reached. */
  readonly descriptors: Set<number>;
  /** What its file was when it was last opened: whether the kernel's pages of it still hold. */
  opened?: string;
  epoch: number;
  /** Decided in this epoch; absent on the way to a share, `null` when it may not be touched any more. */
  share?: Share | null;
}

/**
 * Everything that the kernel knows by number, and the way from there to this computer's files. Names are taken one after the other and never through a
 * symbolic link: on Linux by way of open folders (`/proc/self/fd`), so that not even a container that swaps a folder for a link in the very moment gets
 * out of what is shared. Elsewhere by comparing real paths first, which leaves that moment open.
 */
export class NodeTree {
  readonly root: FileNode;
  readonly #shares: Shares;
  readonly #nodes = new Map<number, FileNode>();
  /** The one that was used last comes last. */
  readonly #folders = new Map<FileNode, number>();
  #nextId = rootId;
  /** Called when the kernel has forgotten a node. */
  onForget: (node: FileNode) => void = () => undefined;

  constructor(shares: Shares) {
    this.#shares = shares;
    this.root = this.#make(null, '', 0o040000);
    this.root.lookups = 1;
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** @throws Refusal ESTALE: the kernel looks its name up again */
  get(id: number): FileNode {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new Refusal('ESTALE');
    return node;
  }

  /** Its share, or undefined on the way to one. @throws Refusal EACCES for what is not shared (any more) */
  shareOf(node: FileNode): Share | undefined {
    if (node.epoch !== this.#shares.epoch) {
      const place = this.#shares.placeOf(this.pathOf(node));
      node.share = place.kind === 'shared' ? place.share : place.kind === 'way' ? undefined : null;
      node.epoch = this.#shares.epoch;
      if (node.share?.guestPath === this.pathOf(node)) this.#close(node);
    }
    if (node.share === null) throw new Refusal('EACCES');
    return node.share;
  }

  /** In the VM, below the mount. */
  pathOf(node: FileNode): string {
    if (node.parent === null) return '/';
    const names: string[] = [];
    for (let at = node; at.parent !== null; at = at.parent) names.push(at.name);
    return `/${names.reverse().join('/')}`;
  }

  /** What `name` in a folder is. @throws Refusal ENOENT when it is not shared, EINVAL when it is no name of one file */
  placeIn(folder: FileNode, name: string): Share | undefined {
    checkName(name);
    const place = this.#shares.placeOf(pathIn(this.pathOf(folder), name));
    if (place.kind === 'none') throw new Refusal('ENOENT');
    return place.kind === 'shared' ? place.share : undefined;
  }

  waysFrom(folder: FileNode): string[] {
    return this.#shares.waysFrom(this.pathOf(folder));
  }

  /** The node of a name, made when there is none of that kind. */
  child(folder: FileNode, name: string, kind: number, share: Share | undefined): FileNode {
    const known = folder.children.get(name);
    if (known?.kind === kind) return known;
    if (known !== undefined) this.detach(known);
    const node = this.#make(folder, name, kind);
    node.share = share;
    node.epoch = this.#shares.epoch;
    folder.children.set(name, node);
    return node;
  }

  /** Path of its file for Node's calls, which must not follow it where it may be a link. @throws Refusal */
  fileOf(node: FileNode): string {
    const share = this.shareOf(node);
    if (share === undefined) throw new Refusal('EACCES');
    if (node.isDetached) throw new Refusal('ENOENT');
    return share.guestPath === this.pathOf(node) ? share.hostPath : this.#prefixOf(node.parent!) + node.name;
  }

  /** Path of what `name` is in a folder that is shared, or that leads to the share of this name. @throws Refusal */
  fileIn(folder: FileNode, name: string): string {
    const share = this.placeIn(folder, name);
    if (share === undefined) throw new Refusal('EACCES');
    if (share.guestPath === pathIn(this.pathOf(folder), name)) return share.hostPath;
    if (this.shareOf(folder) === undefined) throw new Refusal('EACCES');
    return this.#prefixOf(folder) + name;
  }

  /** The same for whoever makes, removes or renames it. @throws Refusal EROFS, EACCES where nothing may be made, EBUSY for a share itself */
  fileToChange(folder: FileNode, name: string): string {
    checkName(name);
    const around = this.shareOf(folder);
    if (around === undefined) throw new Refusal('EACCES');
    if (around.readOnly) throw new Refusal('EROFS');
    if (this.placeIn(folder, name) !== around) throw new Refusal('EBUSY');
    return this.fileIn(folder, name);
  }

  /** @throws Refusal EROFS, EACCES */
  checkWritable(node: FileNode): void {
    const share = this.shareOf(node);
    if (share === undefined) throw new Refusal('EACCES');
    if (share.readOnly) throw new Refusal('EROFS');
  }

  /** Path of a folder itself. */
  folderOf(folder: FileNode): string {
    const prefix = this.#prefixOf(folder);
    return prefix.length > 1 ? prefix.slice(0, -1) : prefix;
  }

  move(node: FileNode, folder: FileNode, name: string): void {
    const inTheWay = folder.children.get(name);
    if (inTheWay === node) return;
    if (inTheWay !== undefined) this.detach(inTheWay);
    node.parent?.children.delete(node.name);
    node.parent = folder;
    node.name = name;
    folder.children.set(name, node);
    // What it is part of, and what lies below it, is decided anew.
    this.#undecide(node);
  }

  /** Its name is gone, or another file's now. */
  detach(node: FileNode): void {
    if (node.isDetached) return;
    node.isDetached = true;
    if (node.parent?.children.get(node.name) === node) node.parent.children.delete(node.name);
    this.#close(node);
    this.#dropUnused(node);
  }

  forget(id: number, count: number): void {
    const node = this.#nodes.get(id);
    if (node === undefined || node === this.root) return;
    node.lookups = Math.max(0, node.lookups - count);
    this.#dropUnused(node);
  }

  /** Everything goes; numbers that the kernel may still have are never given again. */
  clear(): void {
    for (const node of [...this.#nodes.values()]) {
      this.#close(node);
      if (node === this.root) continue;
      this.onForget(node);
      this.#nodes.delete(node.id);
    }
    this.onForget(this.root);
    this.root.children.clear();
  }

  /** What the kernel knows, parents first; what has no name any more is left out. */
  save(): Pick<SavedServer, 'nextNode' | 'nodes'> {
    const nodes: SavedServer['nodes'] = [];
    const add = (node: FileNode) => {
      nodes.push([node.id, node.parent?.id ?? 0, node.name, node.kind, node.lookups]);
      for (const child of node.children.values()) add(child);
    };
    add(this.root);
    return { nextNode: this.#nextId, nodes };
  }

  /** Of an empty tree. */
  restore({ nextNode, nodes }: Pick<SavedServer, 'nextNode' | 'nodes'>): void {
    for (const [id, parentId, name, kind, lookups] of nodes.slice(1)) {
      const parent = this.get(parentId);
      this.#nextId = id;
      const node = this.#make(parent, name, kind);
      node.lookups = lookups;
      parent.children.set(name, node);
    }
    this.#nextId = nextNode;
  }

  #make(parent: FileNode | null, name: string, kind: number): FileNode {
    const node: FileNode = { id: this.#nextId++, parent, name, children: new Map(), lookups: 0, isDetached: false, kind, descriptors: new Set(), epoch: -1 };
    this.#nodes.set(node.id, node);
    return node;
  }

  #dropUnused(node: FileNode): void {
    for (let at: FileNode | null = node; at !== null && at !== this.root && at.lookups === 0 && at.children.size === 0; at = at.parent) {
      if (!this.#nodes.delete(at.id)) return;
      if (at.parent?.children.get(at.name) === at) at.parent.children.delete(at.name);
      this.#close(at);
      this.onForget(at);
    }
  }

  #undecide(node: FileNode): void {
    node.epoch = -1;
    for (const child of node.children.values()) this.#undecide(child);
  }

  #prefixOf(folder: FileNode): string {
    if (process.platform === 'linux') return `/proc/self/fd/${this.#descriptorOf(folder)}/`;
    const share = this.shareOf(folder);
    const path = share?.guestPath === this.pathOf(folder) ? share.hostPath : hostPath(this.pathOf(folder));
    if (realpathSync.native(path) !== path) throw new Refusal('ESTALE');
    return path.endsWith(sep) ? path : path + sep;
  }

  #descriptorOf(folder: FileNode): number {
    const known = this.#folders.get(folder);
    if (known !== undefined) {
      this.#folders.delete(folder);
      this.#folders.set(folder, known);
      return known;
    }
    const path = this.fileOf(folder);
    const isShare = folder.share?.guestPath === this.pathOf(folder);
    const fd = openSync(path, folderFlags | (isShare ? 0 : noFollow));
    this.#folders.set(folder, fd);
    // Never one that was just used: a path that is about to be used may go by it.
    if (this.#folders.size > mostFolders) this.#close(this.#folders.keys().next().value!);
    return fd;
  }

  #close(folder: FileNode): void {
    const fd = this.#folders.get(folder);
    if (fd === undefined) return;
    this.#folders.delete(folder);
    closeSync(fd);
  }
}

const pathIn = (folder: string, name: string) => (folder === '/' ? `/${name}` : `${folder}/${name}`);

/** @throws Refusal for what is no name of one file in a folder */
export function checkName(name: string): void {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0') || name.includes('\uFFFD')) throw new Refusal('EINVAL');
  if (process.platform === 'win32' && /[\\:*?"<>|]|[. ]$/.test(name)) throw new Refusal('EINVAL');
  if (Buffer.byteLength(name) > 255) throw new Refusal('ENAMETOOLONG');
}
