import { execFile } from 'node:child_process';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** After as many failures with the same VM nothing is tried any more: something about it cannot be restored here. */
const mostFailures = 2;

interface FileFacts {
  size: number;
  mtimeMs: number;
}

/** `about.json`. Without `files` there is nothing to restore. */
interface About {
  identity: string;
  failures: number;
  files?: { ram: FileFacts; state: FileFacts };
}

/** What to do at a start: restore, make a snapshot after a cold boot, or boot cold and leave it at that. */
export type SnapshotPlan = 'restore' | 'make' | 'none';

/**
 * The snapshot of a VM that is ready to go on, below `home/snapshot`: its memory (`ram`, sparse) and the state of its devices (`state`).
 *
 * The two are a template: no VM ever runs on them, because QEMU punches holes into the file of a VM's memory when the guest gives memory back, even
 * where it maps the file privately. Each start takes a copy of the memory; `next` is one that the start before made while nobody waited. It is not
 * synced, so it counts for the boot of this computer in which it was made.
 *
 * A start holds the instance's lock, so nobody else is at work in here.
 */
export class SnapshotStore {
  readonly #folder: string;
  readonly ram: string;
  readonly state: string;
  readonly #about: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.ram = join(folder, 'ram');
    this.state = join(folder, 'state');
    this.#about = join(folder, 'about.json');
  }

  /** @param identity everything that a snapshot depends on; one of another VM is of no use. */
  async plan(identity: string): Promise<SnapshotPlan> {
    const about = await this.#read();
    if (about?.identity !== identity) return 'make';
    if (about.files !== undefined && same(about.files.ram, await facts(this.ram)) && same(about.files.state, await facts(this.state))) return 'restore';
    return about.failures >= mostFailures ? 'none' : 'make';
  }

  /** Room for a new snapshot; what was there is gone. */
  async clear(): Promise<void> {
    const about = await this.#read();
    if (about?.files !== undefined) await this.#write({ identity: about.identity, failures: about.failures });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#removeBut('about.json');
  }

  /** Makes what lies in {@link ram} and {@link state} the snapshot. Its bytes are on the disk before anything says so. */
  async commit(identity: string): Promise<void> {
    for (const path of [this.ram, this.state]) await sync(path);
    const [ram, state] = [await facts(this.ram), await facts(this.state)];
    if (ram === null || state === null) return;
    const about = await this.#read();
    await this.#write({ identity, failures: about?.identity === identity ? about.failures : 0, files: { ram, state } });
  }

  /** It could not be made or restored: thrown away, and counted. */
  async fail(identity: string): Promise<void> {
    const about = await this.#read();
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#write({ identity, failures: (about?.identity === identity ? about.failures : 0) + 1 });
    await this.#removeBut('about.json');
  }

  /** Puts a copy of the memory at `path`, the one that lies ready or a new one. @throws Error when there is no room for it. */
  async copyRam(path: string): Promise<void> {
    await rm(path, { force: true });
    await rename(await this.#next(), path).catch(() => copySparse(this.ram, path));
  }

  /** Lays a copy ready for the next start. */
  async prepareNext(): Promise<void> {
    await this.#removeBut('about.json', 'ram', 'state');
    const part = join(this.#folder, 'part');
    await copySparse(this.ram, part);
    await rename(part, await this.#next());
  }

  async #next(): Promise<string> {
    return join(this.#folder, `next-${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()}`);
  }

  async #removeBut(...kept: string[]): Promise<void> {
    for (const name of await readdir(this.#folder)) if (!kept.includes(name)) await rm(join(this.#folder, name), { force: true });
  }

  async #read(): Promise<About | null> {
    try {
      const about = JSON.parse(await readFile(this.#about, 'utf8')) as About;
      return typeof about.identity === 'string' && typeof about.failures === 'number' ? about : null;
    } catch {
      return null;
    }
  }

  async #write(about: About): Promise<void> {
    const part = `${this.#about}.part`;
    await writeFile(part, JSON.stringify(about), { mode: 0o600 });
    await sync(part);
    await rename(part, this.#about);
  }
}

/** By reference where the file system can, else the pieces that hold something: a guest's memory is mostly holes. */
async function copySparse(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await run('cp', ['--reflink=auto', '--sparse=always', '--', from, to]);
}

async function facts(path: string): Promise<FileFacts | null> {
  const found = await stat(path).catch(() => null);
  return found === null ? null : { size: found.size, mtimeMs: found.mtimeMs };
}

function same(wanted: FileFacts, found: FileFacts | null): boolean {
  return found !== null && found.size === wanted.size && found.mtimeMs === wanted.mtimeMs;
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
