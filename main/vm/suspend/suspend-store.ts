import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RealAccelerator, VmSettings } from '../driver.ts';

interface FileFacts {
  size: number;
  mtimeMs: number;
  inode: number;
}

/** `about.json`: what a suspended VM needs to go on, and what it must find unchanged. */
export interface SuspendedVm {
  /** See `Hypervisor.snapshotIdentity`. */
  identity: string;
  /** Those that it was started with: changed ones hold from the next real start on. */
  settings: Pick<VmSettings, 'memoryMiB' | 'cpus' | 'diskGiB'>;
  accelerator: RealAccelerator;
  /** RFC 3339. */
  since: string;
  /** Containers that ran. */
  containers: number;
}

interface About extends SuspendedVm {
  state: FileFacts;
  disk: FileFacts;
}

/**
 * A VM that was suspended, below `home/suspended`. Its memory knows what is on the data disk, so the two belong together: the record holds for the
 * disk as it was left, and is gone before the VM runs on, because a second resume of the same memory would destroy the disk's file system.
 *
 * The record is what counts. A state without one is half written or used up, and is removed.
 */
export class SuspendStore {
  readonly #folder: string;
  readonly #dataDisk: string;
  readonly state: string;
  readonly #about: string;

  constructor(folder: string, dataDisk: string) {
    this.#folder = folder;
    this.#dataDisk = dataDisk;
    this.state = join(folder, 'state');
    this.#about = join(folder, 'about.json');
  }

  /** The VM that can be resumed; null when there is none, or what is there does not fit together any more. */
  async find(): Promise<SuspendedVm | null> {
    let about: About;
    try {
      about = JSON.parse(await readFile(this.#about, 'utf8')) as About;
    } catch {
      return null;
    }
    return same(about.state, await facts(this.state)) && same(about.disk, await facts(this.#dataDisk)) ? about : null;
  }

  /** Room for a state; what was there is gone. */
  async clear(): Promise<void> {
    await this.consume();
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { mode: 0o700 });
  }

  /** Makes what lies in {@link state} the suspended VM. Its bytes, and those of the data disk, are on the disk before anything says so. */
  async commit(vm: SuspendedVm): Promise<void> {
    for (const path of [this.state, this.#dataDisk]) await sync(path, 'r+');
    const about = { ...vm, state: await facts(this.state), disk: await facts(this.#dataDisk) };
    const part = `${this.#about}.part`;
    await writeFile(part, JSON.stringify(about), { mode: 0o600 });
    await sync(part, 'r+');
    await rename(part, this.#about);
    await sync(this.#folder, 'r');
  }

  /** The VM is about to run on: from now on there is nothing to resume, whatever happens. */
  async consume(): Promise<void> {
    const removed = await rm(this.#about).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
    if (removed) await sync(this.#folder, 'r');
  }

  /** Throws all of it away. */
  async discard(): Promise<void> {
    await this.consume();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function facts(path: string): Promise<FileFacts | null> {
  const found = await stat(path).catch(() => null);
  return found === null ? null : { size: found.size, mtimeMs: found.mtimeMs, inode: found.ino };
}

function same(wanted: FileFacts | null | undefined, found: FileFacts | null): boolean {
  return wanted != null && found !== null && wanted.size === found.size && wanted.mtimeMs === found.mtimeMs && wanted.inode === found.inode;
}

async function sync(path: string, flags: string): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
