import { InternalError, messageOf } from '../errors.ts';
import { Mutex } from '../lib/tasks/mutex.ts';
import { mount, MountFlag } from '../lib/syscalls/files.ts';
import { readMountTable, unmountAll } from './mount-table.ts';
import { isMounted, volumeMount } from './volume-options.ts';
import type { VolumeRecord } from './volume-record.ts';
import type { VolumeStore } from './volume-store.ts';

/**
 * Volumes that are mounts of something else (`--opt type=nfs …`): mounted for the first container that runs with one,
 * unmounted after the last.
 */
export class VolumeMounter {
  readonly #store: VolumeStore;
  readonly #running = new Map<string, Set<string>>();
  readonly #turns = new Map<string, Mutex>();

  constructor(store: VolumeStore) {
    this.#store = store;
  }

  /** @throws InternalError in moby's words when it cannot be mounted */
  async mount(record: VolumeRecord, containerId: string): Promise<void> {
    if (!isMounted(record.options)) return;
    await this.#turn(record.name, async () => {
      const users = this.#running.get(record.name) ?? new Set<string>();
      if (users.size === 0) await this.#mountNow(record);
      this.#running.set(record.name, users.add(containerId));
    });
  }

  /** A container that was found running when the engine started. */
  adopt(names: readonly string[], containerId: string): void {
    for (const name of names) {
      if (isMounted(this.#store.find(name)?.options ?? {})) this.#running.set(name, (this.#running.get(name) ?? new Set<string>()).add(containerId));
    }
  }

  /** The container's run has ended. Idempotent. */
  async unmount(containerId: string): Promise<void> {
    const used = [...this.#running].filter(([, users]) => users.has(containerId));
    for (const [name, users] of used) {
      await this.#turn(name, () => {
        users.delete(containerId);
        if (users.size > 0) return;
        this.#running.delete(name);
        unmountAll(this.#store.pathOf(name));
      });
    }
  }

  /** What an engine left that was killed: mounted, and nobody runs with it. @returns how many */
  async unmountUnused(): Promise<number> {
    const used = new Set([...this.#running.keys()].map((name) => this.#store.pathOf(name)));
    const stale = (await readMountTable()).filter(({ target }) => target.startsWith(`${this.#store.dataDirectory}/`) && !used.has(target));
    for (const { target } of stale.reverse()) unmountAll(target);
    return stale.length;
  }

  async #mountNow(record: VolumeRecord): Promise<void> {
    const target = this.#store.pathOf(record.name);
    const { device, type = '', o = '' } = record.options;
    try {
      const asked = await volumeMount(record.options);
      // Never twice: one below would stay.
      unmountAll(target);
      mount({ source: asked.source, target, type: asked.type, flags: asked.flags, data: asked.data });
      try {
        if (asked.remount !== 0) mount({ source: asked.source, target, flags: asked.flags | asked.remount | MountFlag.remount });
        if (asked.propagation !== 0) mount({ target, flags: asked.propagation });
      } catch (error) {
        unmountAll(target);
        throw error;
      }
    } catch (error) {
      const data = o.replace(/password=[^,]*/g, 'password=********');
      throw new InternalError(`error while mounting volume '${target}': failed to mount local volume: mount ${device}:${target}, type: ${type}, data: ${data}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  async #turn(name: string, work: () => Promise<void> | void): Promise<void> {
    const turn = this.#turns.get(name) ?? new Mutex();
    this.#turns.set(name, turn);
    await turn.run(async () => work());
  }
}

/** The kernel's word alone: the rest is in the message already. */
function reasonOf(error: unknown): string {
  const words = /: (E[A-Z]+), (.*?)(?: \(|$)/.exec(messageOf(error));
  return words === null ? messageOf(error) : words[2]!;
}
