import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InternalError, messageOf } from '../errors.ts';
import { ChangeCount } from '../lib/tasks/change-count.ts';
import { durableWrite, syncDirectory } from '../lib/files/durable-write.ts';

export interface JsonStoreOptions<T> {
  /** Checks and, for older versions, migrates what was read. Throwing quarantines the file. */
  parse: (value: unknown, key: string) => T;
  /** Told about each file that could not be read; by default a line on stderr. */
  onCorrupt?: (corrupt: CorruptRecord) => void;
  /** Goes up with each change that readers can see. */
  changes?: ChangeCount;
}

export interface CorruptRecord {
  /** Where the file has been moved to. */
  path: string;
  reason: string;
}

/**
 * Objects on disk, one JSON file each, all of them in memory. Reads never touch the disk; a write is durable when its
 * promise resolves, and only then visible to readers. One process may have a directory open.
 *
 * A file that cannot be parsed (torn by a dying disk, edited by hand) is moved to `corrupt/` and reported: one bad
 * record must not keep the engine from starting.
 */
export class JsonStore<T> {
  readonly directory: string;
  /** What was found broken at open. */
  readonly corrupt: readonly CorruptRecord[];
  readonly #values: Map<string, T>;
  readonly #changes: ChangeCount;
  /** Last write of each key, so that writes of one key land in the order of the calls. */
  readonly #writes = new Map<string, Promise<void>>();

  /** Use {@link JsonStore.open}. */
  constructor(directory: string, values: Map<string, T>, corrupt: CorruptRecord[], changes = new ChangeCount()) {
    this.directory = directory;
    this.#changes = changes;
    this.#values = values;
    this.corrupt = corrupt;
  }

  /** Makes the directory when it is missing, loads every record, removes writes that a crash left unfinished. */
  static async open<T>(directory: string, options: JsonStoreOptions<T>): Promise<JsonStore<T>> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const values = new Map<string, T>();
    const corrupt: CorruptRecord[] = [];
    const onCorrupt = options.onCorrupt ?? reportCorrupt;
    let unfinished = 0;
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (!entry.isFile()) continue;
      if (entry.name.endsWith('.tmp')) {
        await rm(path, { force: true });
        unfinished += 1;
      }
      if (!entry.name.endsWith('.json')) continue;
      try {
        const record = parseRecord(await readFile(path, 'utf8'));
        if (fileNameOf(record.key) !== entry.name) throw new Error(`it holds the record of ${record.key}`);
        values.set(record.key, options.parse(record.value, record.key));
      } catch (error) {
        const quarantined = { path: await quarantine(directory, entry.name), reason: messageOf(error) };
        corrupt.push(quarantined);
        onCorrupt(quarantined);
      }
    }
    if (unfinished > 0) process.stderr.write(`slipway: removed ${unfinished} unfinished records of ${directory}\n`);
    return new JsonStore(directory, values, corrupt, options.changes);
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** In the order of insertion. */
  list(): T[] {
    return [...this.#values.values()];
  }

  entries(): [key: string, value: T][] {
    return [...this.#values.entries()];
  }

  get size(): number {
    return this.#values.size;
  }

  /**
   * Creates or replaces a record. The value is serialised before the call returns; keep it unchanged afterwards and put a
   * new object instead.
   * @param options `sync: false` for state that may fall back after a power cut (not after a crash of the engine).
   * @throws InternalError naming the record, e.g. on a full disk; the old record then stays.
   */
  put(key: string, value: T, options: { sync?: boolean } = {}): Promise<void> {
    const content = `${JSON.stringify({ key, value }, null, 1)}\n`;
    return this.#enqueue(key, 'save', async () => {
      await durableWrite(join(this.directory, fileNameOf(key)), content, options);
      this.#values.set(key, value);
      this.#changes.increase();
    });
  }

  /**
   * Idempotent.
   * @param options `value`: only while the record is this very one: a put that is under way counts, and what it puts stays.
   * `sync: false`: a power cut (not a crash of the engine) may bring the record back.
   */
  delete(key: string, { value, sync }: { value?: T; sync?: boolean } = {}): Promise<void> {
    return this.#enqueue(key, 'delete', async () => {
      if (!this.#values.has(key) || (value !== undefined && this.#values.get(key) !== value)) return;
      await rm(join(this.directory, fileNameOf(key)), { force: true });
      this.#values.delete(key);
      this.#changes.increase();
      if (sync !== false) await syncDirectory(this.directory);
    });
  }

  #enqueue(key: string, verb: string, write: () => Promise<void>): Promise<void> {
    const before = this.#writes.get(key) ?? Promise.resolve();
    const done = before
      .catch(() => {})
      .then(write)
      .catch((error: unknown) => {
        throw new InternalError(`cannot ${verb} ${key} in ${this.directory}: ${messageOf(error)}`, { cause: error });
      })
      .finally(() => {
        if (this.#writes.get(key) === done) this.#writes.delete(key);
      });
    this.#writes.set(key, done);
    return done;
  }
}

/** Keys are names and references; what a file name cannot hold is percent-encoded, what is too long is hashed. */
function fileNameOf(key: string): string {
  const encoded = encodeURIComponent(key).replace(/^\./, '%2E');
  return `${encoded.length <= 200 ? encoded : createHash('sha256').update(key).digest('hex')}.json`;
}

function parseRecord(text: string): { key: string; value: unknown } {
  const record: unknown = JSON.parse(text);
  if (typeof record !== 'object' || record === null || !('key' in record) || typeof record.key !== 'string' || !('value' in record)) {
    throw new Error('it is not a record: {"key", "value"} expected');
  }
  return { key: record.key, value: record.value };
}

async function quarantine(directory: string, name: string): Promise<string> {
  const folder = join(directory, 'corrupt');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.${new Date().toISOString().replaceAll(':', '')}`);
  await rename(join(directory, name), path);
  await syncDirectory(directory);
  return path;
}

function reportCorrupt(corrupt: CorruptRecord): void {
  process.stderr.write(`slipway: a record could not be read and was moved to ${corrupt.path}: ${corrupt.reason}\n`);
}
