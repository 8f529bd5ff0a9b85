/**
 * Where root file systems live. The words are containerd's (`core/snapshots/snapshotter.go`): an *active* snapshot is
 * writable and known by its `key`; a *committed* one is read-only, known by its `name`, and may be the `parent` of others.
 * For image layers the name is the chainID. A snapshotter hands out mounts, it never mounts.
 */
export interface Snapshotter {
  /**
   * Makes an active snapshot on top of a committed parent (or of nothing).
   * @throws NotFoundError when the parent is not committed, ConflictError when the key exists.
   */
  prepare(key: string, parent: string | null): Promise<Mount[]>;
  /** The mounts of an active snapshot. @throws NotFoundError */
  mounts(key: string): Promise<Mount[]>;
  /** Turns an active snapshot into a committed one. Its files are synced before the name appears. @throws ConflictError when the name exists. */
  commit(name: string, key: string, options?: CommitOptions): Promise<void>;
  /** Removes one snapshot. @throws ConflictError while another has it as parent; NotFoundError. */
  remove(keyOrName: string): Promise<void>;
  stat(keyOrName: string): Promise<SnapshotInfo>;
  /** Bytes and inodes of this snapshot alone, without its parents. */
  usage(keyOrName: string): Promise<{ bytes: number; inodes: number }>;
  list(): Promise<SnapshotInfo[]>;
  /** Folder that holds the snapshot's own files (overlay's upperdir), for diff and copy-up. */
  upperdir(keyOrName: string): Promise<string>;
}

export interface CommitOptions {
  /**
   * Puts a snapshot that was prepared on nothing on top of a committed one. The layers of an image do not depend on each
   * other while they unpack, so they may do so at the same time and are stacked in order at the end.
   */
  parent?: string | null;
}

export interface SnapshotInfo {
  keyOrName: string;
  parent: string | null;
  kind: 'active' | 'committed';
  /** RFC 3339. */
  createdAt: string;
}

/** What mount(2) takes. The target is the caller's. */
export interface Mount {
  type: 'overlay' | 'bind';
  source: string;
  options: string[];
}
