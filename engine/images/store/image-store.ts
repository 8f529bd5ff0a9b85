import { join } from 'node:path';
import type { Digest } from '../../content/digest.ts';
import { isDigest } from '../../content/digest.ts';
import type { Compression } from '../../lib/compression/decompress.ts';
import { ChangeCount } from '../../lib/tasks/change-count.ts';
import { Mutex } from '../../lib/tasks/mutex.ts';
import { JsonStore } from '../../store/json-store.ts';
import { chainIds } from '../model/chain-id.ts';
import type { ImageConfig } from '../model/image-config.ts';
import type { Reference } from '../reference/reference.ts';
import { canonicalString, parseReference, repositoryOf } from '../reference/reference.ts';

/** An image that is there in whole: its config, and every layer unpacked. */
export interface StoredImage {
  /** Digest of the config. */
  id: Digest;
  config: ImageConfig;
  /** Blobs of the manifest and of the index that led to it; empty for one that was loaded from a docker archive. */
  manifests: Digest[];
  /** Bytes of the files of all layers. */
  size: number;
  /** RFC 3339; null until it gets a tag. */
  lastTagTime: string | null;
  /** The image on which this one was made here by commit or build; null for what came from elsewhere. */
  parent: Digest | null;
}

/** A layer by its diffID: the blob it was unpacked from. */
export interface StoredLayer {
  diffId: Digest;
  blob: Digest;
  compression: Compression;
  /** Made by this engine, so that how it is compressed is nobody's but the engine's matter. */
  isOwn?: true;
  /** Bytes of its files. */
  size: number;
  /** Bytes of its tar, uncompressed; absent in records of older engines. */
  tarSize?: number;
}

/** A name of an image. Its key is the canonical string of a tag or a digest reference. */
export interface StoredReference {
  name: string;
  imageId: Digest;
}

/** What images there are, how they are called, and which blobs their layers came from. */
export class ImageStore {
  readonly images: JsonStore<StoredImage>;
  readonly layers: JsonStore<StoredLayer>;
  readonly #references: JsonStore<StoredReference>;
  readonly #byImage = new Map<Digest, Map<string, Reference>>();
  /** {@link referencesOf}'s answers; one of an image is dropped when its names change. */
  readonly #sorted = new Map<Digest, readonly Reference[]>();
  readonly #turns = new Mutex();
  /** Of images, layers and names: what was made of them before is good for as long as it stays. */
  readonly changes: ChangeCount;

  /** Use {@link ImageStore.open}. */
  constructor(images: JsonStore<StoredImage>, layers: JsonStore<StoredLayer>, references: JsonStore<StoredReference>, changes: ChangeCount) {
    this.changes = changes;
    this.images = images;
    this.layers = layers;
    this.#references = references;
    for (const { name, imageId } of references.list()) this.#index(imageId).set(name, parseReference(name));
  }

  static async open(directory: string): Promise<ImageStore> {
    const changes = new ChangeCount();
    return new ImageStore(
      await JsonStore.open(join(directory, 'images'), { parse: parseImage, changes }),
      await JsonStore.open(join(directory, 'layers'), { parse: parseLayer, changes }),
      await JsonStore.open(join(directory, 'references'), { parse: parseStoredReference, changes }),
      changes,
    );
  }

  /** Runs a change of images and names that reads before it writes: one after the other, so that no name outlives its image. */
  exclusively<T>(change: () => Promise<T>): Promise<T> {
    return this.#turns.run(change);
  }

  /** The image that a tag or digest reference names. With both, the digest counts, as with moby. */
  imageOf(reference: Reference): Digest | undefined {
    return this.#references.get(canonicalString(keyOf(reference)))?.imageId;
  }

  /** Sorted by name. The same array as before for as long as no name of the image has changed. */
  referencesOf(id: Digest): readonly Reference[] {
    let sorted = this.#sorted.get(id);
    if (sorted === undefined) {
      const references = this.#byImage.get(id) ?? new Map<string, Reference>();
      sorted = [...references].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
      this.#sorted.set(id, sorted);
    }
    return sorted;
  }

  /** Every name of a repository with its image, sorted by name. @param repository `docker.io/library/busybox` */
  referencesIn(repository: string): { reference: Reference; imageId: Digest }[] {
    const found = this.#references.list().map(({ name, imageId }) => ({ name, imageId, reference: parseReference(name) }));
    return found.filter(({ reference }) => repositoryOf(reference) === repository).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Images that were made on this one. */
  childrenOf(id: Digest): StoredImage[] {
    return this.images.list().filter(({ parent }) => parent === id);
  }

  /** Gives an image a name, taking it from the image that had it. */
  async setReference(reference: Reference, imageId: Digest): Promise<void> {
    const key = keyOf(reference);
    const name = canonicalString(key);
    const before = this.#references.get(name)?.imageId;
    if (before === imageId) return;
    await this.#references.put(name, { name, imageId });
    if (before !== undefined) this.#forget(before, name);
    this.#index(imageId).set(name, key);
    this.#sorted.delete(imageId);
    this.changes.increase();
  }

  async removeReference(reference: Reference): Promise<void> {
    const name = canonicalString(keyOf(reference));
    const imageId = this.#references.get(name)?.imageId;
    await this.#references.delete(name);
    if (imageId !== undefined) this.#forget(imageId, name);
  }

  /** Names whose image is not there. */
  danglingReferences(): Reference[] {
    return this.#references.list().flatMap(({ name, imageId }) => (this.images.has(imageId) ? [] : [parseReference(name)]));
  }

  #index(id: Digest): Map<string, Reference> {
    const references = this.#byImage.get(id) ?? new Map<string, Reference>();
    this.#byImage.set(id, references);
    return references;
  }

  #forget(id: Digest, name: string): void {
    const references = this.#byImage.get(id);
    references?.delete(name);
    this.#sorted.delete(id);
    this.changes.increase();
    if (references?.size === 0) this.#byImage.delete(id);
  }
}

/** Name of the committed snapshot with all layers of an image; null for an image without layers. */
export function topChainId(image: StoredImage): Digest | null {
  return chainIds(image.config.diffIds).at(-1) ?? null;
}

function keyOf(reference: Reference): Reference {
  return reference.digest === null ? reference : { ...reference, tag: null };
}

function parseImage(value: unknown): StoredImage {
  const image = value as Partial<StoredImage>;
  const isImage = isDigest(image.id) && Array.isArray(image.manifests) && typeof image.size === 'number' && Array.isArray(image.config?.diffIds);
  if (!isImage) throw new Error('not an image record');
  return { ...(image as StoredImage), parent: isDigest(image.parent) ? image.parent : null };
}

function parseLayer(value: unknown): StoredLayer {
  const layer = value as Partial<StoredLayer>;
  if (!isDigest(layer.diffId) || !isDigest(layer.blob) || typeof layer.size !== 'number') throw new Error('not a layer record');
  return layer as StoredLayer;
}

function parseStoredReference(value: unknown): StoredReference {
  const reference = value as Partial<StoredReference>;
  if (typeof reference.name !== 'string' || !isDigest(reference.imageId)) throw new Error('not a reference record');
  parseReference(reference.name);
  return reference as StoredReference;
}
