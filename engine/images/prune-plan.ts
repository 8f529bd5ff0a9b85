import type { ContentStore } from '../content/content-store.ts';
import type { ListImageUsers } from './image-service.ts';
import { chainIds } from './model/chain-id.ts';
import { repoNames } from './list.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';

export interface PrunePlanOptions {
  /** Only images without a tag. */
  dangling: boolean;
  /** Containers that are thought away. */
  without?: ReadonlySet<string>;
}

/** What `POST /images/prune` would do now. */
export interface PrunePlan {
  /** What the prune will answer as `SpaceReclaimed`: the layers, unpacked. */
  bytes: number;
  /** Blobs as they came from the registry, which go as well. */
  blobBytes: number;
  images: { id: string; names: string[]; bytes: number }[];
}

/** Plays the prune of `prune.ts` through on the records alone. */
export function planPrune(from: { store: ImageStore; content: ContentStore; listUsers: ListImageUsers }, { dangling, without = new Set() }: PrunePlanOptions): PrunePlan {
  const { store, content } = from;
  const all = store.images.list();
  const byId = new Map(all.map((image) => [image.id as string, image]));
  const used = new Set(from.listUsers().filter(({ containerId }) => !without.has(containerId)).map(({ imageId }) => imageId));
  const alive = new Set(all.map(({ id }) => id as string));
  const children = new Map<string, number>();
  const layerUsers = new Map<string, number>();
  const sizes = new Map<string, number>();
  for (const { parent, config } of all) {
    if (parent !== null) children.set(parent, (children.get(parent) ?? 0) + 1);
    for (const [index, chainId] of chainIds(config.diffIds).entries()) {
      layerUsers.set(chainId, (layerUsers.get(chainId) ?? 0) + 1);
      sizes.set(chainId, store.layers.get(config.diffIds[index]!)?.size ?? 0);
    }
  }
  const images: PrunePlan['images'] = [];
  const remove = (image: StoredImage): void => {
    alive.delete(image.id);
    let bytes = 0;
    for (const chainId of chainIds(image.config.diffIds)) {
      const left = layerUsers.get(chainId)! - 1;
      layerUsers.set(chainId, left);
      if (left === 0) bytes += sizes.get(chainId)!;
    }
    const { RepoTags, RepoDigests } = repoNames(store.referencesOf(image.id));
    images.push({ id: image.id, names: RepoTags.length > 0 ? RepoTags : RepoDigests, bytes });
    if (image.parent === null) return;
    const left = (children.get(image.parent) ?? 1) - 1;
    children.set(image.parent, left);
    const parent = byId.get(image.parent);
    // A nameless image goes with the last that was made on it.
    if (parent !== undefined && alive.has(parent.id) && left === 0 && store.referencesOf(parent.id).length === 0 && !used.has(parent.id)) remove(parent);
  };
  for (const image of all) {
    if (!alive.has(image.id) || (children.get(image.id) ?? 0) > 0 || used.has(image.id)) continue;
    if (dangling && store.referencesOf(image.id).some(({ tag }) => tag !== null)) continue;
    remove(image);
  }
  const kept = blobsOf(store, all.filter(({ id }) => alive.has(id)));
  const before = blobsOf(store, all);
  const blobBytes = content.list().reduce((sum, digest) => (before.has(digest) && !kept.has(digest) ? sum + content.size(digest) : sum), 0);
  return { bytes: images.reduce((sum, image) => sum + image.bytes, 0), blobBytes, images };
}

/** What the garbage collector keeps for these images. */
function blobsOf(store: ImageStore, images: readonly StoredImage[]): Set<string> {
  const blobs = new Set<string>();
  for (const { id, manifests, config } of images) {
    for (const digest of [id, ...manifests]) blobs.add(digest);
    for (const diffId of config.diffIds) {
      const layer = store.layers.get(diffId);
      if (layer !== undefined) blobs.add(layer.blob);
    }
  }
  return blobs;
}

/** Bytes of all blobs of images. */
export function blobsSize({ store, content }: { store: ImageStore; content: ContentStore }): number {
  const blobs = blobsOf(store, store.images.list());
  return content.list().reduce((sum, digest) => (blobs.has(digest) ? sum + content.size(digest) : sum), 0);
}
