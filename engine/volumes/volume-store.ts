import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConflictError, InvalidParameterError, NotFoundError } from '../errors.ts';
import { durableWrite, syncDirectory } from '../lib/files/durable-write.ts';
import { syncFileSystem } from '../lib/syscalls/files.ts';
import { nowTimestamp } from '../lib/time/timestamp.ts';
import { JsonStore } from '../store/json-store.ts';
import { takeOverFormerVolumes } from './former-layout.ts';
import { unmountAll } from './mount-table.ts';
import { parseVolumeRecord, type VolumeRecord } from './volume-record.ts';

/** Marks volumes that nobody named. Source: moby volume/service, since 23.0. */
const anonymousLabel = 'com.docker.volume.anonymous';

/** Beside `_data`, between the last file of a restore and its record. */
const recordFile = 'restored.json';

/** Files that belong to no volume yet. */
export interface StagedVolume {
  /** Where they go. */
  path: string;
  /** Makes the volume. @throws ConflictError when its name was taken meanwhile */
  commit(name: string, details: { labels: Record<string, string> }): Promise<VolumeRecord>;
  discard(): Promise<void>;
}

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

  /** Takes over the volumes of earlier builds, and removes folders that a crash left without a record. */
  static async open(folders: { records: string; data: string; former: string }, log: (line: string) => void): Promise<VolumeStore> {
    const records = await JsonStore.open<VolumeRecord>(folders.records, { parse: parseVolumeRecord });
    const store = new VolumeStore(records, folders.data);
    const takeOver = takeOverFormerVolumes({ ...folders, records, log });
    while ((await takeOver.next()).done !== true) continue;
    await mkdir(store.#data, { recursive: true, mode: 0o711 });
    for (const name of await readdir(store.#data)) {
      // Only what its removal had renamed is certainly unwanted; data without a record may be all that is left of one.
      if (name.startsWith('.removed-') || name.startsWith('.restoring-')) await store.#erase(join(store.#data, name));
      else if (!records.has(name) && (await store.#finishRestore(name))) continue;
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

  /** A folder for the files of a volume that gets its name when they are whole. */
  async stage(): Promise<StagedVolume> {
    const folder = join(this.#data, `.restoring-${randomBytes(8).toString('hex')}`);
    await mkdir(join(folder, '_data'), { recursive: true, mode: 0o755 });
    return {
      path: join(folder, '_data'),
      discard: () => this.#erase(folder),
      commit: async (name, { labels }) => {
        const kept = Object.fromEntries(Object.entries(labels).filter(([label]) => label !== anonymousLabel));
        const record: VolumeRecord = { name, created: nowTimestamp(), labels: kept, options: {}, anonymous: false };
        // From here on the next start finishes what a crash leaves: the record lies beside the files.
        await durableWrite(join(folder, recordFile), JSON.stringify(record));
        await syncFileSystem(folder);
        try {
          await rename(folder, this.folderOf(name));
        } catch (error) {
          if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
          throw new ConflictError(`restore ${name}: there are files of a volume of that name: choose another name`, { cause: error });
        }
        await syncDirectory(this.#data);
        await this.#records.put(name, record);
        await rm(join(this.folderOf(name), recordFile));
        return record;
      },
    };
  }

  /** @returns whether the folder is of a restore that a crash cut off after its last file */
  async #finishRestore(name: string): Promise<boolean> {
    const path = join(this.folderOf(name), recordFile);
    try {
      const record = parseVolumeRecord(JSON.parse(await readFile(path, 'utf8')));
      if (record.name !== name) return false;
      await this.#records.put(name, record);
    } catch {
      return false;
    }
    await rm(path);
    return true;
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
