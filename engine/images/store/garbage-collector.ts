import type { ContentStore } from '../../content/content-store.ts';
import { isDigest } from '../../content/digest.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { Snapshotter } from '../../snapshots/snapshotter.ts';
import { chainIds } from '../model/chain-id.ts';
import type { ImageStore } from './image-store.ts';
import { UNPACK_PREFIX } from '../layers/layer-installer.ts';

/**
 * Removes blobs, layers and snapshots that no image needs. What a pull or load has brought belongs to no image until its
 * end, so collection waits until none runs. A snapshot under a container stays, and goes when the container has gone.
 */
export class GarbageCollector {
  readonly #content: ContentStore;
  readonly #snapshotter: Snapshotter;
  readonly #store: ImageStore;
  readonly #log: (line: string) => void;
  #users = 0;
  #isWanted = false;
  #collecting: Promise<void> | null = null;

  constructor(content: ContentStore, snapshotter: Snapshotter, store: ImageStore, log: (line: string) => void) {
    this.#content = content;
    this.#snapshotter = snapshotter;
    this.#store = store;
    this.#log = log;
  }

  /** Runs `work`, during which nothing is collected. */
  async holdOff<T>(work: () => Promise<T>): Promise<T> {
    const held = await this.hold();
    try {
      return await work();
    } finally {
      held[Symbol.dispose]();
    }
  }

  /** Nothing is collected until the answer is disposed. */
  async hold(): Promise<Disposable> {
    while (this.#collecting !== null) await this.#collecting;
    this.#users += 1;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#users -= 1;
        if (this.#users === 0 && this.#isWanted) void this.#start();
      },
    };
  }

  /** Collects now, or as soon as the last pull has ended. Never throws: what could not be removed is tried the next time. */
  async collect(): Promise<void> {
    this.#isWanted = true;
    // What became garbage while a collection ran may have been missed by it.
    await this.#collecting;
    if (this.#users === 0 && this.#isWanted) await this.#start();
  }

  #start(): Promise<void> {
    this.#isWanted = false;
    this.#collecting ??= this.#sweep()
      .catch((error: unknown) => this.#log(`unused layers could not all be removed: ${String(error)}`))
      .finally(() => {
        this.#collecting = null;
      });
    return this.#collecting;
  }

  async #sweep(): Promise<void> {
    const images = this.#store.images.list();
    const diffIds = new Set(images.flatMap(({ config }) => config.diffIds));
    const chains = new Set<string>(images.flatMap(({ config }) => chainIds(config.diffIds)));
    await this.#sweepSnapshots(chains);
    for (const { diffId } of this.#store.layers.list()) if (!diffIds.has(diffId)) await this.#store.layers.delete(diffId);
    const blobs = new Set(images.flatMap(({ id, manifests }) => [id, ...manifests]).concat(this.#store.layers.list().map(({ blob }) => blob)));
    for (const digest of this.#content.list()) if (!blobs.has(digest)) await this.#content.delete(digest);
  }

  async #sweepSnapshots(chains: Set<string>): Promise<void> {
    const snapshots = await this.#snapshotter.list();
    const parents = new Set(snapshots.map(({ parent }) => parent));
    const isUnused = ({ keyOrName, kind }: (typeof snapshots)[number]) =>
      kind === 'committed' ? isDigest(keyOrName) && !chains.has(keyOrName) && !parents.has(keyOrName) : keyOrName.startsWith(UNPACK_PREFIX);
    const unused = snapshots.filter(isUnused);
    for (const { keyOrName } of unused) {
      try {
        await this.#snapshotter.remove(keyOrName);
      } catch (error) {
        // A container was made on it a moment ago.
        if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
        return;
      }
    }
    // Each removal may have bared the layer below.
    if (unused.length > 0) await this.#sweepSnapshots(chains);
  }
}
