import { chmod, chown, stat } from 'node:fs/promises';
import type { ContentStore } from '../../content/content-store.ts';
import type { Digest } from '../../content/digest.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { Compression } from '../../lib/compression/decompress.ts';
import { SharedTasks } from '../../lib/tasks/shared-tasks.ts';
import { Slots } from '../../lib/tasks/slots.ts';
import type { AppliedLayer } from '../../snapshots/apply-layer.ts';
import { LayerUnpacker } from '../../snapshots/unpack/layer-unpacker.ts';
import type { Snapshotter } from '../../snapshots/snapshotter.ts';
import type { ImageStore } from '../store/image-store.ts';
import type { LayerEvent } from './progress.ts';
import { throttled } from './progress.ts';

/** A layer that is wanted: what it must become, and how its blob gets into the content store. */
export interface WantedLayer {
  diffId: Digest;
  chainId: Digest;
  blob: Digest;
  /** See {@link StoredLayer.isOwn}. */
  isOwn?: true;
  /** Brings the blob into the content store; returns at once when it is there. */
  fetch: (emit: (event: LayerEvent) => void, signal: AbortSignal) => Promise<void>;
}

export interface LayerCollaborators {
  content: ContentStore;
  snapshotter: Snapshotter;
  store: ImageStore;
}

/** A layer that is being made here. The caller discards it in any case: what was adopted stays. */
export interface LayerInTheMaking {
  /** Resolves when there is room for the next piece of the uncompressed tar. @throws as {@link LayerUnpacker.unpack} */
  write(bytes: Uint8Array): Promise<void>;
  end(): Promise<AppliedLayer>;
  /** Puts it on the layers below it: the last of `layers` is this one. @param compression of the blob that was made of the same bytes */
  adopt(layers: readonly WantedLayer[], compression: Compression, signal?: AbortSignal): Promise<void>;
  discard(): Promise<void>;
}

/** Key of a snapshot that a layer is being unpacked into. One that is found later belongs to a dead engine. */
export const UNPACK_PREFIX = 'unpack-';

/** moby's default of max-concurrent-downloads. */
const DOWNLOADS = 3;
/** Unpacking is bound by the processor: each has a thread that decompresses and one that writes. */
const UNPACKS = 2;

/**
 * Makes committed snapshots of layers. A layer that several images want at the same time is fetched and unpacked once;
 * the layers of an image are unpacked side by side and stacked in order.
 */
export class LayerInstaller {
  readonly #to: LayerCollaborators;
  readonly #tasks = new SharedTasks<LayerEvent, void>();
  readonly #downloads = new Slots(DOWNLOADS);
  readonly #unpacks = new Slots(UNPACKS);
  readonly #unpacker = new LayerUnpacker();
  #nextKey = 1;

  constructor(collaborators: LayerCollaborators) {
    this.#to = collaborators;
  }

  async isInstalled({ chainId, diffId }: Pick<WantedLayer, 'chainId' | 'diffId'>): Promise<boolean> {
    const layer = this.#to.store.layers.get(diffId);
    if (layer === undefined || !this.#to.content.has(layer.blob)) return false;
    try {
      return (await this.#to.snapshotter.stat(chainId)).kind === 'committed';
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }

  /** Installs `layers[index]` and all below it; `listener` hears of this one. */
  install(layers: readonly WantedLayer[], index: number, listener: (event: LayerEvent) => void, signal?: AbortSignal): Promise<void> {
    const layer = layers[index] as WantedLayer;
    return this.#tasks.join(layer.chainId, (emit, taskSignal) => this.#install(layers, index, emit, taskSignal), listener, signal);
  }

  /** Its snapshot is made of the very bytes that its blob and its digest are made of, so it need not be read again. */
  async make(): Promise<LayerInTheMaking> {
    const { snapshotter } = this.#to;
    const key = `${UNPACK_PREFIX}${this.#nextKey++}`;
    await snapshotter.prepare(key, null);
    const incoming = this.#unpacker.receive(await snapshotter.upperdir(key));
    return {
      write: (bytes) => incoming.write(bytes),
      end: () => incoming.end(),
      adopt: async (layers, compression, signal) => this.#adopt(key, { ...(await incoming.end()), compression }, layers, signal),
      async discard() {
        await incoming.abort();
        await snapshotter.remove(key).catch(ignoreMissing);
      },
    };
  }

  async #adopt(key: string, applied: AppliedLayer, layers: readonly WantedLayer[], signal?: AbortSignal): Promise<void> {
    const { content, store } = this.#to;
    const layer = layers.at(-1) as WantedLayer;
    const below = layers.length - 2;
    if (below >= 0) await this.install(layers, below, () => {}, signal);
    if (await this.isInstalled(layer)) return;
    const known = store.layers.get(layer.diffId);
    if (known === undefined || !content.has(known.blob)) await this.#record(layer, layer.blob, applied);
    await this.#stack(key, layer.chainId, layers[below]?.chainId ?? null, applied);
  }

  async #record({ diffId, isOwn }: WantedLayer, blob: Digest, { compression, size, tarSize }: AppliedLayer): Promise<void> {
    await this.#to.store.layers.put(diffId, { diffId, blob, compression, size, tarSize, ...(isOwn === undefined ? {} : { isOwn }) });
  }

  async #install(layers: readonly WantedLayer[], index: number, emit: (event: LayerEvent) => void, signal: AbortSignal): Promise<void> {
    const layer = layers[index] as WantedLayer;
    if (await this.isInstalled(layer)) {
      emit({ kind: 'exists' });
      return;
    }
    // Joined on this task's own behalf: whoever else waits for the lower layer may give up.
    const below = index === 0 ? Promise.resolve() : this.install(layers, index - 1, () => {}, signal);
    below.catch(() => undefined);
    const blob = await this.#obtain(layer, emit, signal);
    const key = `${UNPACK_PREFIX}${this.#nextKey++}`;
    try {
      const applied = await this.#unpacks.use(() => this.#unpack(key, blob, layer.diffId, emit, signal), signal);
      await this.#record(layer, blob, applied);
      await below;
      await this.#stack(key, layer.chainId, layers[index - 1]?.chainId ?? null, applied);
    } catch (error) {
      await this.#to.snapshotter.remove(key).catch(() => undefined);
      throw error;
    }
    emit({ kind: 'complete' });
  }

  /** The layer's blob, or another that is known to unpack to the same. */
  async #obtain(layer: WantedLayer, emit: (event: LayerEvent) => void, signal: AbortSignal): Promise<Digest> {
    const { content, store } = this.#to;
    const known = store.layers.get(layer.diffId);
    if (known !== undefined && content.has(known.blob)) return known.blob;
    if (!content.has(layer.blob)) {
      if (this.#downloads.areTaken) emit({ kind: 'waiting' });
      await this.#downloads.use(() => layer.fetch(emit, signal), signal);
    }
    emit({ kind: 'downloaded' });
    return layer.blob;
  }

  async #unpack(key: string, blob: Digest, diffId: Digest, emit: (event: LayerEvent) => void, signal: AbortSignal): Promise<AppliedLayer> {
    const { content, snapshotter } = this.#to;
    await snapshotter.prepare(key, null);
    const total = content.size(blob);
    const report = throttled((current) => emit({ kind: 'extracting', current, total }));
    const onProgress = (bytes: number) => report(bytes, total);
    const applied = await this.#unpacker.unpack(content.path(blob), await snapshotter.upperdir(key), { diffId, signal, onProgress });
    report(total, total);
    return applied;
  }

  async #stack(key: string, chainId: Digest, parent: Digest | null, applied: AppliedLayer): Promise<void> {
    const { snapshotter } = this.#to;
    if (parent !== null && !applied.hasRoot) await copyRootAttributes(await snapshotter.upperdir(parent), await snapshotter.upperdir(key));
    try {
      await snapshotter.commit(chainId, key, { parent });
    } catch (error) {
      // The snapshot was there and only the record of its blob was missing.
      if (!(error instanceof ConflictError)) throw error;
      await snapshotter.remove(key);
    }
  }
}

/** An adopted one has another name, and a discarded one is gone. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof NotFoundError)) throw error;
}

/** A layer that does not mention the root folder leaves it as it was. */
async function copyRootAttributes(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await stat(from);
  await chown(to, uid, gid);
  await chmod(to, mode & 0o7777);
}
