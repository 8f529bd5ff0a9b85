import { lstatSync, readdirSync, watch, type FSWatcher, type Stats } from 'node:fs';
import { encodeReplay, type ReplayKind } from '../../contract/channel/shared-files.ts';
import { forgetContents, forgetName } from './fuse/wire.ts';
import type { FileNode, NodeTree } from './node-tree.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type ChangeWitness } from './server-parts.ts';

/** Folders that are watched at once; beyond it changes are seen when the kernel asks again. */
const mostFolders = 16_384;
/** Names in a folder above which it is not watched. */
const mostNames = 20_000;
/** What happens in this time to one name is one change. */
const settleMs = 10;
/** Changes on their way to the guest; what comes on top makes it forget, and tells nobody. */
const mostReplays = 2000;
const lostAfterMs = 5000;

interface Watched {
  watcher: FSWatcher;
  /** What the guest can know of each name: its kind and what tells its versions apart. */
  seen: Map<string, string>;
  pending: Set<string>;
}

/**
 * Watches the folders whose names the guest's kernel has, and tells it of what changes here: it forgets what it knows of the file, and the change is replayed in
 * the guest, so that whoever watches there by inotify hears of it. What the guest did itself is no news.
 */
export class HostChanges implements ChangeWitness {
  readonly #tree: NodeTree;
  readonly #send: (message: Uint8Array) => void;
  readonly #log: (line: string) => void;
  readonly #folders = new Map<FileNode, Watched>();
  /** What is being replayed, by folder and name. */
  readonly #replays = new Map<string, { kind: ReplayKind; at: number }>();
  readonly #tooLarge = new WeakSet<FileNode>();
  #isFull = false;

  constructor(tree: NodeTree, send: (message: Uint8Array) => void, log: (line: string) => void) {
    this.#tree = tree;
    this.#send = send;
    this.#log = log;
    tree.onForget = (node) => this.#unwatch(node);
  }

  used(folder: FileNode): void {
    if (this.#folders.has(folder) || this.#isFull || this.#tooLarge.has(folder) || folder.isDetached || this.#tree.shareOf(folder) === undefined) return;
    try {
      const path = this.#tree.folderOf(folder);
      const names = readdirSync(path, { withFileTypes: true });
      if (names.length > mostNames) return void this.#tooLarge.add(folder);
      const watcher = watch(path, { persistent: false }, (_event, name) => this.#heard(folder, name));
      watcher.on('error', () => this.#unwatch(folder));
      this.#folders.set(folder, { watcher, pending: new Set(), seen: new Map(names.map((entry) => [entry.name, `${entry.isDirectory() ? S_IFDIR : entry.isSymbolicLink() ? S_IFLNK : S_IFREG}?`])) });
      if (this.#folders.size >= mostFolders) this.#full(`${mostFolders} folders are`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EMFILE') this.#full('this computer lets no more folders be');
    }
  }

  own(folder: FileNode, name: string): void {
    const watched = this.#folders.get(folder);
    if (watched === undefined) return;
    const now = this.#look(folder, name);
    if (now === undefined) watched.seen.delete(name);
    else watched.seen.set(name, now);
  }

  /** What of this name is being replayed. */
  replayOf(folder: FileNode, name: string): ReplayKind | undefined {
    return this.#replays.get(keyOf(folder, name))?.kind;
  }

  replayed(folder: FileNode, name: string): void {
    this.#replays.delete(keyOf(folder, name));
  }

  clear(): void {
    for (const folder of [...this.#folders.keys()]) this.#unwatch(folder);
    this.#replays.clear();
    this.#isFull = false;
  }

  #unwatch(folder: FileNode): void {
    this.#folders.get(folder)?.watcher.close();
    if (this.#folders.delete(folder)) this.#isFull = false;
  }

  #full(reason: string): void {
    this.#isFull = true;
    this.#log(`shared folders: ${reason} watched for changes; those in others are seen a second later, and by no watcher in a container`);
  }

  #heard(folder: FileNode, name: string | null): void {
    const watched = this.#folders.get(folder);
    if (watched === undefined || name === null) return;
    if (watched.pending.size === 0) setTimeout(() => this.#settle(folder, watched), settleMs).unref();
    watched.pending.add(name);
  }

  #settle(folder: FileNode, watched: Watched): void {
    const names = [...watched.pending];
    watched.pending.clear();
    if (this.#folders.get(folder) !== watched || folder.isDetached) return;
    for (const name of names) {
      const [before, now] = [watched.seen.get(name), this.#look(folder, name)];
      if (before === now) continue;
      if (now === undefined) watched.seen.delete(name);
      else watched.seen.set(name, now);
      this.#tell(folder, name, before, now);
    }
  }

  #tell(folder: FileNode, name: string, before: string | undefined, now: string | undefined): void {
    const [kindBefore, kindNow] = [kindOf(before), kindOf(now)];
    if (kindBefore !== undefined && kindBefore !== kindNow) this.#replay(folder, name, kindBefore === S_IFDIR ? 'removed-folder' : 'removed-file');
    else if (kindBefore !== undefined) return this.#tellModified(folder, name, before!, now!);
    if (kindNow === undefined) return;
    this.#send(forgetContents(folder.id));
    if (kindNow === S_IFDIR) this.#replay(folder, name, 'made-folder');
    else if (kindNow === S_IFREG) this.#replay(folder, name, 'made-file');
  }

  #tellModified(folder: FileNode, name: string, before: string, now: string): void {
    const node = folder.children.get(name);
    const isFolder = kindOf(now) === S_IFDIR;
    // Another file under the same name: who has the old one open keeps it, and what comes next gets the new one.
    if (node !== undefined && node.descriptors.size > 0 && before.split(':', 2)[1] !== now.split(':', 2)[1] && !before.endsWith('?')) {
      this.#tree.detach(node);
      this.#send(forgetName(folder.id, name));
    } else if (node !== undefined) this.#send(forgetContents(node.id));
    // Watchers of a folder hear of what happens in it, and not once more of the folder.
    if (!isFolder) this.#replay(folder, name, 'modified');
  }

  #replay(folder: FileNode, name: string, kind: ReplayKind): void {
    const now = performance.now();
    // Those that met nobody, because their folder went meanwhile.
    if (this.#replays.size >= mostReplays) for (const [key, { at }] of this.#replays) if (now - at > lostAfterMs) this.#replays.delete(key);
    if (this.#replays.size >= mostReplays) {
      this.#send(forgetName(folder.id, name));
      return;
    }
    if (kind !== 'modified') this.#replays.set(keyOf(folder, name), { kind, at: now });
    const path = this.#tree.pathOf(folder);
    this.#send(encodeReplay(kind, Buffer.from(path === '/' ? `/${name}` : `${path}/${name}`)));
  }

  /** Undefined when nothing shared has this name. */
  #look(folder: FileNode, name: string): string | undefined {
    let stats: Stats | undefined;
    try {
      if (this.#tree.placeIn(folder, name) === undefined) return undefined;
      stats = lstatSync(this.#tree.fileIn(folder, name), { throwIfNoEntry: false });
    } catch {
      return undefined;
    }
    if (stats === undefined) return undefined;
    return `${stats.mode & S_IFMT}:${stats.ino}:${stats.mtimeMs}:${stats.size}:${stats.mode}`;
  }
}

const keyOf = (folder: FileNode, name: string) => `${folder.id}/${name}`;

function kindOf(seen: string | undefined): number | undefined {
  return seen === undefined ? undefined : Number.parseInt(seen, 10);
}
