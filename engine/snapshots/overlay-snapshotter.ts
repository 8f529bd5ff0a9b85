import { chmod, chown, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConflictError, InvalidParameterError, NotFoundError } from '../errors.ts';
import { syncFileSystem } from '../lib/syscalls/files.ts';
import { JsonStore } from '../store/json-store.ts';
import { diskUsage } from './disk-usage.ts';
import { spreadSnapshots } from './spread-snapshots.ts';
import type { CommitOptions, Mount, SnapshotInfo, Snapshotter } from './snapshotter.ts';

interface SnapshotRecord extends SnapshotInfo {
  /** Name of the folder; short, because all of an image's layers stand in one mount option. */
  id: number;
}

/**
 * Opens the snapshots below `directory` (`dataPaths(config).snapshots`) and removes what a crash left unfinished.
 * Layout: `records/` one JSON file per snapshot, `<number>/fs` its files, `<number>/work` overlayfs' own.
 */
export async function openOverlaySnapshotter(directory: string): Promise<Snapshotter> {
  if (/[:,\\]/.test(directory)) {
    throw new InvalidParameterError(`cannot keep snapshots in ${directory}: a comma, colon or backslash in the path cannot be mounted; choose another --root`);
  }
  const records = await JsonStore.open<SnapshotRecord>(join(directory, 'records'), { parse: parseRecord });
  spreadSnapshots(directory);
  await removeUnfinished(directory, records);
  return new OverlaySnapshotter(directory, records);
}

class OverlaySnapshotter implements Snapshotter {
  readonly #directory: string;
  readonly #records: JsonStore<SnapshotRecord>;
  #nextId: number;
  /** Names that a running call makes or removes: nobody else may. */
  readonly #reserved = new Set<string>();
  /** How many snapshots, being made or there, stand on a name. */
  readonly #children = new Map<string, number>();

  constructor(directory: string, records: JsonStore<SnapshotRecord>) {
    this.#directory = directory;
    this.#records = records;
    this.#nextId = 1 + Math.max(0, ...records.list().map(({ id }) => id));
    for (const { parent } of records.list()) this.#addChild(parent, 1);
  }

  async prepare(key: string, parent: string | null): Promise<Mount[]> {
    this.#reserveNew(key);
    try {
      this.#expectCommitted(parent);
      this.#addChild(parent, 1);
      const id = this.#nextId++;
      try {
        const record: SnapshotRecord = { keyOrName: key, parent, kind: 'active', createdAt: new Date().toISOString(), id };
        await mkdir(join(this.#directory, String(id)), { mode: 0o700 });
        await mkdir(this.#fs(id), { mode: 0o755 });
        if (parent === null) await chmod(this.#fs(id), 0o755);
        else {
          await mkdir(join(this.#directory, String(id), 'work'), { mode: 0o700 });
          await copyOwnership(this.#fs(this.#find(parent).id), this.#fs(id));
        }
        await this.#records.put(key, record);
        return this.#mountsOf(record);
      } catch (error) {
        this.#addChild(parent, -1);
        await this.#removeFiles(id);
        throw error;
      }
    } finally {
      this.#reserved.delete(key);
    }
  }

  async mounts(key: string): Promise<Mount[]> {
    return this.#mountsOf(this.#findActive(key));
  }

  async commit(name: string, key: string, options: CommitOptions = {}): Promise<void> {
    const record = this.#findActive(key);
    this.#reserveNew(name);
    try {
      const parent = options.parent ?? record.parent;
      const rebased = parent !== record.parent;
      if (rebased && record.parent !== null) throw new ConflictError(`snapshot ${key} stands on ${record.parent} and cannot be moved to ${parent}`);
      if (rebased) {
        this.#expectCommitted(parent);
        this.#addChild(parent, 1);
      }
      try {
        // Everything below the name must be on the disk before the name is.
        await syncFileSystem(this.#fs(record.id));
        await this.#records.put(name, { ...record, keyOrName: name, parent, kind: 'committed' });
      } catch (error) {
        if (rebased) this.#addChild(parent, -1);
        throw error;
      }
      await this.#records.delete(key);
      await rm(join(this.#directory, String(record.id), 'work'), { recursive: true, force: true });
    } finally {
      this.#reserved.delete(name);
    }
  }

  async remove(keyOrName: string): Promise<void> {
    const record = this.#find(keyOrName);
    if (this.#reserved.has(keyOrName)) throw new ConflictError(`snapshot ${keyOrName} is being made or removed`);
    if (this.#children.has(keyOrName)) throw new ConflictError(`snapshot ${keyOrName} is the parent of another`);
    this.#reserved.add(keyOrName);
    try {
      // A layer's record must not come back without its files. A container's own is removed at the next start, because its container is gone.
      await this.#records.delete(keyOrName, { sync: record.kind === 'committed' });
      this.#addChild(record.parent, -1);
      await this.#removeFiles(record.id);
    } finally {
      this.#reserved.delete(keyOrName);
    }
  }

  async stat(keyOrName: string): Promise<SnapshotInfo> {
    return infoOf(this.#find(keyOrName));
  }

  async usage(keyOrName: string): Promise<{ bytes: number; inodes: number }> {
    return diskUsage(this.#fs(this.#find(keyOrName).id));
  }

  async list(): Promise<SnapshotInfo[]> {
    return this.#records.list().map(infoOf);
  }

  async upperdir(keyOrName: string): Promise<string> {
    return this.#fs(this.#find(keyOrName).id);
  }

  #mountsOf(record: SnapshotRecord): Mount[] {
    const upper = this.#fs(record.id);
    if (record.parent === null) return [{ type: 'bind', source: upper, options: ['rw'] }];
    const lower: string[] = [];
    for (let name: string | null = record.parent; name !== null; ) {
      const parent: SnapshotRecord = this.#find(name);
      lower.push(this.#fs(parent.id));
      name = parent.parent;
    }
    // Redirects and metadata copies would put more into the upperdir than a diff can read (and an image could bring its own).
    const options = ['index=off', 'redirect_dir=nofollow', 'metacopy=off'];
    options.push(`lowerdir=${lower.join(':')}`, `upperdir=${upper}`, `workdir=${join(this.#directory, String(record.id), 'work')}`);
    return [{ type: 'overlay', source: 'overlay', options }];
  }

  #fs(id: number): string {
    return join(this.#directory, String(id), 'fs');
  }

  #find(keyOrName: string): SnapshotRecord {
    const record = this.#records.get(keyOrName);
    if (record === undefined) throw new NotFoundError(`No such snapshot: ${keyOrName}`);
    return record;
  }

  #findActive(key: string): SnapshotRecord {
    const record = this.#find(key);
    if (record.kind !== 'active') throw new ConflictError(`snapshot ${key} is committed, not active`);
    return record;
  }

  #expectCommitted(parent: string | null): void {
    if (parent === null) return;
    if (this.#records.get(parent)?.kind !== 'committed' || this.#reserved.has(parent)) throw new NotFoundError(`No such committed snapshot: ${parent}`);
  }

  #reserveNew(keyOrName: string): void {
    if (this.#records.has(keyOrName) || this.#reserved.has(keyOrName)) throw new ConflictError(`snapshot ${keyOrName} already exists`);
    this.#reserved.add(keyOrName);
  }

  #addChild(parent: string | null, count: 1 | -1): void {
    if (parent === null) return;
    const children = (this.#children.get(parent) ?? 0) + count;
    if (children === 0) this.#children.delete(parent);
    else this.#children.set(parent, children);
  }

  async #removeFiles(id: number): Promise<void> {
    await rm(join(this.#directory, String(id)), { recursive: true, force: true });
  }
}

/** The merged root folder shows the upperdir's own owner and mode, so those start as the parent's. */
async function copyOwnership(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await stat(from);
  await chown(to, uid, gid);
  await chmod(to, mode & 0o7777);
}

/** Folders without a record, and the active record of a commit that had written the committed one. */
async function removeUnfinished(directory: string, records: JsonStore<SnapshotRecord>): Promise<void> {
  const committed = new Set(records.list().flatMap(({ id, kind }) => (kind === 'committed' ? [id] : [])));
  for (const record of records.list()) {
    if (record.kind === 'active' && committed.has(record.id)) await records.delete(record.keyOrName);
  }
  const known = new Set(records.list().map(({ id }) => String(id)));
  const stale = (await readdir(directory)).filter((name) => /^[0-9]+$/.test(name) && !known.has(name));
  for (const name of stale) await rm(join(directory, name), { recursive: true, force: true });
  if (stale.length > 0) process.stderr.write(`slipway: removed ${stale.length} folders of ${directory} that no snapshot has\n`);
}

function infoOf({ keyOrName, parent, kind, createdAt }: SnapshotRecord): SnapshotInfo {
  return { keyOrName, parent, kind, createdAt };
}

function parseRecord(value: unknown): SnapshotRecord {
  const record = value as Partial<SnapshotRecord>;
  if (!Number.isSafeInteger(record.id) || typeof record.keyOrName !== 'string' || (record.kind !== 'active' && record.kind !== 'committed')) {
    throw new Error('not a snapshot record');
  }
  return record as SnapshotRecord;
}
