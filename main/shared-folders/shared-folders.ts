import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { guestPath, hostPath } from './guest-path.ts';
import { NotSharedError } from './not-shared.ts';
import { Shares, usualSharedFolders } from './shares.ts';
import type { ThreadOrder, ThreadStart } from './thread.ts';

/** The VM's port for files, and the key that belongs to this start of it. */
export interface FilePort {
  path: string;
  key: Uint8Array;
}

/** When no container asked for a folder: a VM that was resumed may have some already. */
const startAfterMs = 3000;

/** The folders that containers may be given: says which, and serves them to the VM. */
export class SharedFolders {
  readonly #options: { home: string; log(line: string): void };
  readonly #shares: Shares;
  #entries: string[] = usualSharedFolders();
  #worker: Worker | null = null;
  #port: FilePort | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param options.home SLIPWAY_HOME, which is never shared */
  constructor(options: { home: string; log(line: string): void }) {
    this.#options = options;
    this.#shares = new Shares([options.home]);
    this.#shares.replace(this.#entries);
  }

  /** @param entries of the settings; without them the usual ones */
  share(entries: readonly string[] = usualSharedFolders()): void {
    if (entries.join('\0') === this.#entries.join('\0')) return;
    this.#entries = [...entries];
    this.#shares.replace(entries);
    this.#tell({ type: 'share', entries: this.#entries });
  }

  /** A VM began to run. @returns the way to let go of it */
  connect(port: FilePort): () => void {
    this.#port = port;
    if (this.#worker !== null) this.#tell({ type: 'connect', ...port });
    else {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#start(), startAfterMs);
      this.#timer.unref();
    }
    return () => {
      if (this.#port !== port) return;
      this.#port = null;
      clearTimeout(this.#timer);
      this.#tell({ type: 'disconnect' });
    };
  }

  /**
   * Where a path of this computer is in the VM, below the mount of shared folders.
   * @param create make a folder where nothing is
   * @throws NotSharedError for the one who asked
   */
  async find(path: string, create: boolean): Promise<string> {
    const wanted = hostPath(guestPath(path));
    if (!isAbsolute(wanted) || wanted.includes('\0')) throw new NotSharedError(`invalid mount path: '${path}' mount path must be absolute`);
    const { real, isThere } = await realPath(wanted);
    const place = this.#shares.placeOf(guestPath(real));
    if (place.kind !== 'shared') {
      throw new NotSharedError(
        `cannot mount ${path}: it is not shared with containers. Add it, or a folder around it, to the shared folders in Slipway's settings ` +
          `("sharedFolders" in ${join(this.#options.home, 'settings.json')}), and try again`,
      );
    }
    if (!isThere) {
      if (!create) throw new NotSharedError(`invalid mount config for type "bind": bind source path does not exist: ${path}`);
      if (place.share.readOnly) throw new NotSharedError(`error while creating mount source path '${path}': ${place.share.hostPath} is shared for reading only`);
      await mkdir(real, { recursive: true, mode: 0o755 }).catch((error: unknown) => {
        throw new NotSharedError(`error while creating mount source path '${path}': ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    this.#start();
    return guestPath(real);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = null;
    if (worker === null) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage({ type: 'close' } satisfies ThreadOrder);
    await ended;
  }

  #tell(order: ThreadOrder): void {
    this.#worker?.postMessage(order);
  }

  #start(): void {
    if (this.#worker !== null || this.#port === null) return;
    clearTimeout(this.#timer);
    const { home, log } = this.#options;
    const start: ThreadStart = { withheld: [home], entries: this.#entries, ownersFile: join(home, 'file-owners.json'), sessionFile: join(home, 'file-session.json') };
    const worker = new Worker(threadFile(), { workerData: start });
    this.#worker = worker;
    worker.on('message', (line: string) => log(line));
    worker.on('error', (error) => log(`shared folders: ${error.stack ?? error.message}`));
    worker.once('exit', () => {
      if (this.#worker !== worker) return;
      // Never for ever: what containers have open is lost, what they open next works.
      this.#worker = null;
      this.#timer = setTimeout(() => this.#start(), startAfterMs);
      this.#timer.unref();
    });
    worker.unref();
    this.#tell({ type: 'connect', ...this.#port });
  }
}

/** Links resolved as far as it is there. */
async function realPath(path: string): Promise<{ real: string; isThere: boolean }> {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return { real: join(await realpath(at), ...missing), isThere: missing.length === 0 };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(at) === at) throw new NotSharedError(`cannot mount ${path}: ${error instanceof Error ? error.message : String(error)}`);
      missing.unshift(basename(at));
    }
  }
}

/** Beside the bundle of the desktop app, or the source. */
function threadFile(): string {
  const bundle = join(import.meta.dirname, 'shared-folders.cjs');
  return existsSync(bundle) ? bundle : join(import.meta.dirname, 'thread.ts');
}
