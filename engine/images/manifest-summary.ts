import type { ManifestSummary } from '../../contract/engine-api/image.ts';
import type { ContentStore } from '../content/content-store.ts';
import type { Digest } from '../content/digest.ts';
import type { ListImageUsers } from './image-service.ts';
import type { Descriptor } from './model/manifest.ts';
import { isAttestation, parseManifest } from './model/manifest.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';

interface Collaborators {
  store: ImageStore;
  content: ContentStore;
  listUsers: ListImageUsers;
}

/**
 * `Manifests` of an image in list and inspect: every entry of the indexes it was pulled or loaded from, with what of it is
 * here; its own manifest alone where there was no index, nothing for an image that has no manifest.
 */
export async function manifestSummaries(from: Collaborators, image: StoredImage): Promise<ManifestSummary[]> {
  const entries = new Map<Digest, Descriptor>();
  const own: { digest: Digest; mediaType: string; size: number }[] = [];
  for (const digest of image.manifests) {
    if (!from.content.has(digest)) continue;
    const bytes = await from.content.readWhole(digest);
    const manifest = parseManifest(bytes);
    if (manifest.kind === 'index') for (const entry of manifest.manifests) entries.set(entry.digest, entry);
    else own.push({ digest, mediaType: manifest.mediaType, size: bytes.length });
  }
  for (const { digest, mediaType, size } of own) {
    if (!entries.has(digest)) entries.set(digest, { digest, mediaType, size, annotations: {} });
  }
  return Promise.all([...entries.values()].map((entry) => summaryOf(from, image, entry)));
}

async function summaryOf(from: Collaborators, image: StoredImage, entry: Descriptor): Promise<ManifestSummary> {
  const { mediaType, digest, size, platform, annotations } = entry;
  const descriptor = { mediaType, digest, size, ...(platform === undefined ? {} : { platform }), ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
  const base = { ID: digest, Descriptor: descriptor };
  if (isAttestation(entry)) {
    const For = annotations['vnd.docker.reference.digest'] ?? '';
    return { ...base, Available: false, Size: { Content: 0, Total: 0 }, Kind: 'attestation', AttestationData: { For } };
  }
  const local = await localImage(from, image, digest);
  const unpacked = local?.image.size ?? 0;
  const content = local?.content ?? 0;
  const { os, architecture, variant } = local?.image.config ?? { os: '', architecture: '', ...platform };
  return {
    ...base,
    Available: local !== undefined,
    Size: { Content: content, Total: content + unpacked },
    Kind: 'image',
    ImageData: {
      Platform: { architecture, os, ...(variant === undefined ? {} : { variant }) },
      Containers: local === undefined ? [] : from.listUsers().flatMap((user) => (user.imageId === local.image.id ? [user.containerId] : [])),
      Size: { Unpacked: unpacked },
    },
  };
}

/** The image that a manifest describes, when it is here, and the bytes of its blobs. */
async function localImage({ store, content }: Collaborators, image: StoredImage, digest: Digest): Promise<{ image: StoredImage; content: number } | undefined> {
  if (!content.has(digest)) return undefined;
  const manifest = parseManifest(await content.readWhole(digest));
  if (manifest.kind === 'index') return undefined;
  const found = manifest.config.digest === image.id ? image : store.images.get(manifest.config.digest);
  if (found === undefined) return undefined;
  const blobs = new Set([digest, found.id, ...found.config.diffIds.flatMap((diffId) => store.layers.get(diffId)?.blob ?? [])]);
  return { image: found, content: [...blobs].reduce((sum, blob) => sum + (content.has(blob) ? content.size(blob) : 0), 0) };
}
