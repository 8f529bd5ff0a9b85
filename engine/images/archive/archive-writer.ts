import type { ContentStore } from '../../content/content-store.ts';
import type { Digest } from '../../content/digest.ts';
import { hexOf } from '../../content/digest.ts';
import { InternalError } from '../../errors.ts';
import { decompress } from '../../lib/compression/decompress.ts';
import type { TarHeader } from '../../lib/tar/tar-header.ts';
import { plainEntry } from '../../lib/tar/tar-header.ts';
import { encodeTarEntry, tarEnd, tarPadding } from '../../lib/tar/tar-writer.ts';
import { givenManifest, layersOf, makeManifest, ociTypes } from '../model/own-manifest.ts';
import type { OwnManifest } from '../model/own-manifest.ts';
import type { Reference } from '../reference/reference.ts';
import { canonicalString, familiarName, familiarString } from '../reference/reference.ts';
import type { ImageStore, StoredImage, StoredLayer } from '../store/image-store.ts';
import { layoutPath } from './archive-spool.ts';

export interface SavedImage {
  image: StoredImage;
  /** Tags to write; an image that was asked for by its id has none. */
  references: Reference[];
}

interface Stores {
  store: ImageStore;
  content: ContentStore;
}

/**
 * An archive that is both a docker archive and an OCI layout, as docker writes it since 25. Layers lie in it as they lie in
 * the store, gzip included: their digests and the image's manifest stay as they were. Other compressions are undone, for
 * dockers before 23. Sources: moby `image/spec/spec.md`; OCI image-spec `image-layout.md`.
 */
export async function* writeArchive(stores: Stores, images: readonly SavedImage[]): AsyncGenerator<Buffer, void, void> {
  const written = new Set<Digest>();
  const saved: { image: SavedImage; manifest: OwnManifest }[] = [];
  yield entry({ name: 'blobs/', type: 'directory', mode: 0o755 });
  yield entry({ name: 'blobs/sha256/', type: 'directory', mode: 0o755 });
  for (const image of images) {
    const plain = await plainLayers(stores, image.image);
    for (const [index, layer] of plain.entries()) {
      if (written.has(layer.blob)) continue;
      written.add(layer.blob);
      yield* layerEntry(stores, layer, layersOf(stores, image.image)[index] as StoredLayer);
    }
    const sizeOf = (digest: Digest) => plain.find(({ blob }) => blob === digest)?.tarSize ?? stores.content.size(digest);
    const given = plain.every(({ compression }, index) => compression === layersOf(stores, image.image)[index]?.compression) ? await givenManifest(stores, image.image) : undefined;
    const manifest = given ?? makeManifest(image.image, plain, ociTypes, (digest) => (stores.content.has(digest) ? stores.content.size(digest) : sizeOf(digest)));
    saved.push({ image, manifest });
    for (const [digest, bytes] of [
      [image.image.id, await stores.content.readWhole(image.image.id)],
      [manifest.digest, manifest.bytes],
    ] as const) {
      if (written.has(digest)) continue;
      written.add(digest);
      yield* bytesEntry(layoutPath(digest), bytes);
    }
  }
  yield* jsonEntry('index.json', { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: saved.flatMap(indexRows) });
  yield* jsonEntry('manifest.json', saved.map(dockerRow));
  yield* bytesEntry('oci-layout', Buffer.from('{"imageLayoutVersion": "1.0.0"}'));
  const repositories = repositoriesOf(saved);
  if (Object.keys(repositories).length > 0) yield* jsonEntry('repositories', repositories);
  yield tarEnd();
}

/** The layers as the archive has them: what is neither plain nor gzip in the store is a plain tar there, named by its diffID. */
async function plainLayers(stores: Stores, image: StoredImage): Promise<StoredLayer[]> {
  const layers: StoredLayer[] = [];
  for (const layer of layersOf(stores, image)) {
    if (layer.compression === 'none' || layer.compression === 'gzip') layers.push(layer);
    else layers.push({ ...layer, blob: layer.diffId, compression: 'none', tarSize: layer.tarSize ?? (await tarSizeOf(stores.content, layer.blob)) });
  }
  return layers;
}

async function* layerEntry({ content }: Stores, layer: StoredLayer, stored: StoredLayer): AsyncGenerator<Buffer, void, void> {
  const isUndone = layer.compression !== stored.compression;
  const size = isUndone ? (layer.tarSize ?? 0) : content.size(layer.blob);
  yield entry({ name: layoutPath(layer.blob), type: 'file', mode: 0o644, size });
  let written = 0;
  for await (const chunk of isUndone ? undone(content, stored.blob) : content.read(stored.blob)) {
    written += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (written !== size) throw new InternalError(`blob ${stored.blob} in the store has ${written} bytes instead of ${size}; remove the image and pull it again`);
  yield tarPadding(size);
}

async function* undone(content: ContentStore, blob: Digest): AsyncGenerator<Buffer, void, void> {
  yield* (await decompress(content.read(blob))).stream as AsyncIterable<Buffer>;
}

async function tarSizeOf(content: ContentStore, blob: Digest): Promise<number> {
  let size = 0;
  for await (const chunk of undone(content, blob)) size += chunk.length;
  return size;
}

function indexRows({ image, manifest }: { image: SavedImage; manifest: OwnManifest }): object[] {
  const { os, architecture, variant } = image.image.config;
  const descriptor = {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.length,
    platform: { architecture, os, ...(variant === undefined ? {} : { variant }) },
  };
  if (image.references.length === 0) return [descriptor];
  return image.references.map((reference) => ({
    ...descriptor,
    annotations: { 'io.containerd.image.name': canonicalString(reference), 'org.opencontainers.image.ref.name': reference.tag ?? '' },
  }));
}

function dockerRow({ image, manifest }: { image: SavedImage; manifest: OwnManifest }): object {
  return {
    Config: layoutPath(image.image.id),
    RepoTags: image.references.length === 0 ? null : image.references.map(familiarString),
    Layers: manifest.layers.map(({ blob }) => layoutPath(blob)),
  };
}

/** What dockers before 1.10 read: the top layer of each name. */
function repositoriesOf(saved: readonly { image: SavedImage; manifest: OwnManifest }[]): Record<string, Record<string, string>> {
  const repositories: Record<string, Record<string, string>> = {};
  for (const { image, manifest } of saved) {
    const top = manifest.layers.at(-1)?.diffId;
    for (const reference of top === undefined ? [] : image.references) {
      (repositories[familiarName(reference)] ??= {})[reference.tag ?? ''] = hexOf(top as Digest);
    }
  }
  return repositories;
}

function jsonEntry(name: string, value: unknown): Generator<Buffer, void, void> {
  return bytesEntry(name, Buffer.from(`${JSON.stringify(value)}\n`));
}

function* bytesEntry(name: string, bytes: Buffer): Generator<Buffer, void, void> {
  yield entry({ name, type: 'file', mode: 0o644, size: bytes.length });
  yield bytes;
  yield tarPadding(bytes.length);
}

function entry(header: Pick<TarHeader, 'name' | 'type' | 'mode'> & { size?: number }): Buffer {
  return encodeTarEntry({ ...plainEntry, ...header, xattrs: {} });
}
