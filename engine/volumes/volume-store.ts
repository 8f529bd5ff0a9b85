import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidParameterError, NotFoundError } from '../errors.ts';
import { nowTimestamp } from '../lib/timestamp.ts';
import { JsonStore } from '../store/json-store.ts';
import { unmountAll } from './mount-table.ts';
import { parseVolumeRecord, type VolumeRecord } from './volume-record.ts';

/** Marks volumes that nobody named. Source: moby volume/service, since 23.0. */
const anonymousLabel = 'com.docker.volume.anonymous';

/**
 * Named folders: `<records>/<name>.json` and `<data>/<name>/_data`. The folder is made before the record and removed after
 * it, so that a record always has one.
 */
export class VolumeStore {
  readonly #records: JsonStore<VolumeRecord>;
  readonly #data: string;

  constructor(records: JsonStore<VolumeRecord>, data: string) {
    this.#records = records;
    this.#data = data;
  }

  /** Removes folders that a crash left without a record. */
  static async open(folders: { records: string; data: string }, log: (line: string) => void): Promise<VolumeStore> {
    const records = await JsonStore.open<VolumeRecord>(folders.records, { parse: parseVolumeRecord });
    const store = new VolumeStore(records, folders.data);
    await mkdir(store.#data, { recursive: true, mode: 0o711 });
    for (const name of await readdir(store.#data)) {
      // Only what its removal had renamed is certainly unwanted; data without a record may be all that is left of one.
      if (name.startsWith('.removed-')) await store.#erase(join(store.#data, name));
      else if (!records.has(name)) log(`${join(store.#data, name)} holds data of no known volume; create a volume named ${name} to have it back`);
    }
    return store;
  }

  list(): VolumeRecord[] {
    return this.#records.list();
  }

  find(name: string): VolumeRecord | undefined {
    return this.#records.get(name);
  }

  /** @throws NotFoundError `get nope: no such volume` */
  get(name: string): VolumeRecord {
    const record = this.#records.get(name);
    if (record === undefined) throw new NotFoundError(`get ${name}: no such volume`);
    return record;
  }

  /** Holds the folders of all volumes. */
  get dataDirectory(): string {
    return this.#data;
  }

  /** Where its files are. */
  pathOf(name: string): string {
    return join(this.folderOf(name), '_data');
  }

  /** Holds `_data`, and what the engine itself keeps beside it. */
  folderOf(name: string): string {
    return join(this.#data, name);
  }

  /**
   * Makes a volume, or answers the one that has the name already.
   * @param name empty for a generated one. @throws InvalidParameterError for names that cannot be folders.
   */
  async create(name: string, details: { labels?: Record<string, string>; options?: Record<string, string> }): Promise<{ record: VolumeRecord; isNew: boolean }> {
    const anonymous = name === '';
    const finalName = anonymous ? randomBytes(32).toString('hex') : checkName(name);
    const before = this.#records.get(finalName);
    if (before !== undefined) return { record: before, isNew: false };
    const labels = { ...details.labels, ...(anonymous ? { [anonymousLabel]: '' } : {}) };
    const record: VolumeRecord = { name: finalName, created: nowTimestamp(), labels, options: details.options ?? {}, anonymous };
    await mkdir(this.pathOf(finalName), { recursive: true, mode: 0o755 });
    await this.#records.put(finalName, record);
    return { record, isNew: true };
  }

  /** The data goes out of sight at once and from the disk before this returns. Idempotent. */
  async delete(name: string): Promise<void> {
    // What is mounted there belongs to somebody else.
    unmountAll(this.pathOf(name));
    await this.#records.delete(name);
    const removed = join(this.#data, `.removed-${randomBytes(8).toString('hex')}`);
    try {
      await rename(this.folderOf(name), removed);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    await this.#erase(removed);
  }

  /** @throws SyscallError when something is mounted there that cannot be taken away: it must not be emptied */
  async #erase(folder: string): Promise<void> {
    unmountAll(join(folder, '_data'));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Source: moby `volume/local` validateName. */
export function checkName(name: string): string {
  if (name.length === 1) throw new InvalidParameterError(`create ${name}: volume name is too short, names should be at least two alphanumeric characters`);
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) || name.length > 255) {
    throw new InvalidParameterError(
      `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  }
  return name;
}
