import type { ContentStore } from '../../content/content-store.ts';
import type { Digest } from '../../content/digest.ts';
import { digestOf } from '../../content/digest.ts';
import { InternalError } from '../../errors.ts';
import type { ImageStore, StoredImage, StoredLayer } from '../store/image-store.ts';
import { parseManifest } from './manifest.ts';

/** An image as one manifest that stands for it elsewhere, and the blobs that it names. */
export interface OwnManifest {
  bytes: Buffer;
  digest: Digest;
  mediaType: string;
  /** From the bottom up, as their blobs lie in the content store. */
  layers: StoredLayer[];
}

/** How layers are called in a manifest of our own making. */
export interface MediaTypes {
  manifest: string;
  config: string;
  layer: Record<'none' | 'gzip' | 'zstd', string>;
}

export const ociTypes: MediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: {
    none: 'application/vnd.oci.image.layer.v1.tar',
    gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
    zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  },
};

/** What every registry and every docker since 1.10 understands. Source: distribution `manifest/schema2`. */
export const dockerTypes: MediaTypes = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: {
    none: 'application/vnd.docker.image.rootfs.diff.tar',
    gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    zstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
  },
};

interface Stores {
  store: ImageStore;
  content: ContentStore;
}

/** Records of an image's layers, from the bottom up. @throws InternalError for one whose blob is gone */
export function layersOf({ store, content }: Stores, image: StoredImage): StoredLayer[] {
  return image.config.diffIds.map((diffId) => {
    const layer = store.layers.get(diffId);
    if (layer === undefined || !content.has(layer.blob)) throw new InternalError(`the layer ${diffId} of ${image.id} is not in the store; pull or load the image again`);
    return layer;
  });
}

/**
 * The manifest that the image came with, byte for byte, so that its digest stays the same; undefined when it came without
 * one, or when the store has its layers in other blobs.
 */
export async function givenManifest(stores: Stores, image: StoredImage): Promise<OwnManifest | undefined> {
  const layers = layersOf(stores, image);
  for (const digest of image.manifests) {
    if (!stores.content.has(digest)) continue;
    const bytes = await stores.content.readWhole(digest);
    const manifest = parseManifest(bytes);
    if (manifest.kind !== 'manifest' || manifest.config.digest !== image.id || manifest.layers.length !== layers.length) continue;
    if (manifest.layers.every((layer, index) => layer.digest === layers[index]?.blob)) return { bytes, digest, mediaType: manifest.mediaType, layers };
  }
  return undefined;
}

/** A manifest of these layers, which may lie in other blobs than the store's, but in none that a manifest has no name for. @param sizeOf bytes of a blob */
export function makeManifest(image: StoredImage, layers: StoredLayer[], types: MediaTypes, sizeOf: (digest: Digest) => number): OwnManifest {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: { mediaType: types.config, size: sizeOf(image.id), digest: image.id },
      layers: layers.map(({ blob, compression }) => ({ mediaType: types.layer[compression as keyof MediaTypes['layer']], size: sizeOf(blob), digest: blob })),
    }),
  );
  return { bytes, digest: digestOf(bytes), mediaType: types.manifest, layers };
}
