import type { BigIntStats } from 'node:fs';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Owner {
  uid: number;
  gid: number;
}

/** Above it the oldest go. */
const mostKept = 200_000;
const writeAfterMs = 1000;

/**
 * Whom files in shared folders belong to as containers see it. Everything here belongs to the person, and in a container to whoever looks, so that a server
 * that runs as nobody in particular reads and writes as the person would; only what a container gave to somebody (`chown`) stays theirs, which databases
 * insist on. This computer's own owners never change.
 *
 * Kept by inode and birth, which a rename does not change and no other file has.
 */
export class Owners {
  readonly #path: string | undefined;
  readonly #log: (line: string) => void;
  readonly #known = new Map<string, Owner>();
  #timer: NodeJS.Timeout | undefined;

  /** @param path of the file that keeps them; absent: only in memory */
  constructor(path: string | undefined, log: (line: string) => void) {
    this.#path = path;
    this.#log = log;
    if (path === undefined) return;
    try {
      for (const [key, uid, gid] of JSON.parse(readFileSync(path, 'utf8')) as [string, number, number][]) this.#known.set(key, { uid, gid });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log(`shared folders: owners that containers gave to files are not known any more: ${String(error)}`);
    }
  }

  of(stats: BigIntStats): Owner | undefined {
    return this.#known.size === 0 ? undefined : this.#known.get(keyOf(stats));
  }

  give(stats: BigIntStats, owner: Owner): void {
    this.#known.set(keyOf(stats), owner);
    if (this.#known.size > mostKept) this.#known.delete(this.#known.keys().next().value!);
    this.#changed();
  }

  /** The file is gone. */
  forget(stats: BigIntStats): void {
    if (this.#known.size > 0 && this.#known.delete(keyOf(stats))) this.#changed();
  }

  /** Writes what is not written yet. */
  flush(): void {
    if (this.#timer === undefined || this.#path === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#path}.part`, JSON.stringify(Array.from(this.#known, ([key, { uid, gid }]) => [key, uid, gid])), { mode: 0o600, flush: true });
      renameSync(`${this.#path}.part`, this.#path);
    } catch (error) {
      this.#log(`shared folders: owners that containers gave to files could not be written: ${String(error)}`);
    }
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => this.flush(), writeAfterMs);
  }
}

const keyOf = (stats: BigIntStats) => `${stats.ino}:${stats.birthtimeNs}`;
