import { pipeline, Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { constants, createZstdCompress } from 'node:zlib';
import type { ImageRunConfig } from '../../contract/engine-api/image.ts';
import type { ContentStore } from '../content/content-store.ts';
import type { Digest } from '../content/digest.ts';
import { EngineError, InternalError, InvalidParameterError, messageOf } from '../errors.ts';
import { nowTimestamp } from '../lib/time/timestamp.ts';
import type { LayerInstaller, LayerInTheMaking, WantedLayer } from './layers/layer-installer.ts';
import { chainIds } from './model/chain-id.ts';
import { parseImageConfig } from './model/image-config.ts';
import type { ImageHistoryEntry } from './model/image-config.ts';
import type { Platform } from './model/platform.ts';
import { machinePlatform } from './model/platform.ts';
import { findImage } from './reference/find-image.ts';
import type { Reference } from './reference/reference.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';
import { recordImage } from './store/record-image.ts';

export interface CreateCollaborators {
  content: ContentStore;
  store: ImageStore;
  layers: LayerInstaller;
}

/** An image to be made here: what one layer adds to another image, or a first layer. */
export interface NewImage {
  /** The image below, by id or name; null for none. */
  parent: string | null;
  /** Uncompressed tar of the layer on top, with whiteouts (OCI image-spec `layer.md`); null for a change of the config alone. */
  layer: Readable | null;
  /** Final: nothing of the parent's config is merged in. */
  config: ImageRunConfig;
  author?: string;
  comment?: string;
  /** What made it, as history shows: `/bin/sh -c …`. */
  createdBy?: string;
  /** Without a parent: its own, or the machine's. */
  platform?: Platform;
  /** Further members of the config's JSON, such as `container` and `container_config`. */
  extra?: Record<string, unknown>;
  /** Names for it; each is taken from the image that had it. */
  references?: readonly Reference[];
  signal?: AbortSignal;
}

/** Fewer, larger pieces: each costs a round trip to another thread. */
const CHUNK = 256 * 1024;

/** Digest of a tar without entries: two blocks of zeros. Docker takes such a layer for none. */
const EMPTY_LAYER = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

/**
 * Makes an image and gives it its names. The caller holds off the garbage collector meanwhile.
 * @throws NotFoundError for the parent; InvalidParameterError for what is no layer; InternalError when the disk is full
 */
export async function createImage(to: CreateCollaborators, image: NewImage): Promise<StoredImage> {
  const { store, content } = to;
  const parent = image.parent === null ? null : findImage(store, image.parent);
  const diffId = image.layer === null ? null : await addLayer(to, image.layer, parent, image.signal);
  const diffIds = [...(parent?.config.diffIds ?? []), ...(diffId === null ? [] : [diffId])];
  const bytes = configBytes(image, parent, diffIds, diffId === null);
  const id = await content.put(bytes);
  const config = parseImageConfig(bytes);
  const size = config.diffIds.reduce((sum, layer) => sum + (store.layers.get(layer)?.size ?? 0), 0);
  const recorded = await recordImage(store, { id, config, manifests: [], size, parent: parent?.id ?? null }, image.references ?? []);
  return recorded.image;
}

/** Stores and installs the layer in one pass. @returns its diffID; null for an empty one */
async function addLayer(to: CreateCollaborators, layer: Readable, parent: StoredImage | null, signal?: AbortSignal): Promise<Digest | null> {
  let making: LayerInTheMaking;
  try {
    making = await to.layers.make();
  } catch (error) {
    layer.destroy();
    throw error;
  }
  try {
    const { diffId, blob } = await storeLayer(to.content, layer, making, signal);
    if (diffId === EMPTY_LAYER) return null;
    await making.adopt(layersOf(to.store, parent, { diffId, blob }), 'zstd', signal);
    return diffId;
  } finally {
    await making.discard();
  }
}

/**
 * The layer as a blob, while it is unpacked elsewhere. Compressed: plain it would take as much of the disk again as its files do, for as long as
 * nobody pushes it. zstd at its fastest costs less time than the bytes that it saves take to a disk.
 */
async function storeLayer(content: ContentStore, layer: Readable, making: LayerInTheMaking, signal?: AbortSignal): Promise<{ diffId: Digest; blob: Digest }> {
  const ingest = await content.openIngest();
  const zstd = createZstdCompress({ chunkSize: CHUNK, params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  const unpacked = new Transform({
    transform(chunk: Buffer, _, done) {
      making.write(chunk).then(() => done(null, chunk), done);
    },
  });
  const onAbort = () => layer.destroy(signal?.reason as Error);
  signal?.addEventListener('abort', onAbort);
  try {
    signal?.throwIfAborted();
    // Whoever reads the compressed stream gets the errors.
    pipeline(layer, unpacked, zstd, () => undefined);
    for await (const chunk of zstd) {
      await ingest.write(chunk as Buffer).catch((error: unknown) => {
        throw new InternalError(`cannot store the layer: ${messageOf(error)}`, { cause: error });
      });
    }
    const { diffId } = await making.end();
    return { diffId, blob: (await ingest.commit()).digest };
  } catch (error) {
    layer.destroy();
    zstd.destroy();
    await ingest.discard();
    if (signal?.aborted === true) throw signal.reason;
    if (error instanceof EngineError) throw error;
    throw new InvalidParameterError(`the layer cannot be read: ${messageOf(error)}`, { cause: error });
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function layersOf(store: ImageStore, parent: StoredImage | null, top: { diffId: Digest; blob: Digest }): WantedLayer[] {
  const diffIds = [...(parent?.config.diffIds ?? []), top.diffId];
  const chain = chainIds(diffIds);
  return diffIds.map((diffId, index): WantedLayer => {
    const isTop = index === diffIds.length - 1;
    const blob = isTop ? top.blob : (store.layers.get(diffId)?.blob ?? diffId);
    return { diffId, chainId: chain[index] as Digest, blob, ...(isTop ? { isOwn: true } : {}), fetch: async () => {} };
  });
}

function configBytes(image: NewImage, parent: StoredImage | null, diffIds: Digest[], isEmptyLayer: boolean): Buffer {
  const created = nowTimestamp();
  const { os, architecture, variant } = parent?.config ?? image.platform ?? machinePlatform();
  const entry: ImageHistoryEntry = {
    created,
    ...(image.author ? { author: image.author } : {}),
    ...(image.createdBy ? { created_by: image.createdBy } : {}),
    ...(image.comment ? { comment: image.comment } : {}),
    ...(isEmptyLayer ? { empty_layer: true } : {}),
  };
  const json = {
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(image.author ? { author: image.author } : {}),
    ...(image.comment ? { comment: image.comment } : {}),
    ...image.extra,
    config: image.config,
    created,
    history: [...(parent?.config.history ?? []), entry],
    os,
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
  return Buffer.from(JSON.stringify(json));
}
