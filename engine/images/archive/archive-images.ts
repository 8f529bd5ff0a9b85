import type { Digest } from '../../content/digest.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { ArchiveSpool } from './archive-spool.ts';
import { expectDigest, layoutBytes, layoutPath } from './archive-spool.ts';
import type { ImageConfig } from '../model/image-config.ts';
import { parseImageConfig } from '../model/image-config.ts';
import type { Descriptor } from '../model/manifest.ts';
import { isAttestation, parseDescriptor, parseManifest } from '../model/manifest.ts';
import type { Platform } from '../model/platform.ts';
import { choosePlatform, formatPlatform, machinePlatform } from '../model/platform.ts';
import type { Reference } from '../reference/reference.ts';
import { parseReference, withDefaultTag } from '../reference/reference.ts';

/** One image of an archive, its blobs in the content store. */
export interface ArchivedImage {
  id: Digest;
  config: ImageConfig;
  layers: Digest[];
  /** Blobs of manifest and index; empty in a docker archive. */
  manifests: Digest[];
  references: Reference[];
}

/**
 * What images an archive holds: `manifest.json` of `docker save` before the `index.json` of an OCI layout, since newer
 * dockers write both. Sources: moby `image/spec/spec.md`; OCI image-spec `image-layout.md`.
 * @param platform only images of it; by default those for this machine where there is a choice
 * @throws InvalidParameterError also when none is of the platform
 */
export async function imagesOf(spool: ArchiveSpool, platform?: Platform): Promise<ArchivedImage[]> {
  // An OCI layout has a choice where the list of a docker archive has settled on one.
  if (platform !== undefined && spool.has('index.json')) return layoutImages(spool, platform);
  if (spool.has('manifest.json')) return dockerImages(spool, platform);
  if (spool.has('index.json')) return layoutImages(spool, machinePlatform());
  throw new InvalidParameterError('invalid archive: neither an archive of docker save (manifest.json) nor an OCI layout (index.json)');
}

async function dockerImages(spool: ArchiveSpool, platform: Platform | undefined): Promise<ArchivedImage[]> {
  const images: ArchivedImage[] = [];
  let isPassedOver = false;
  for (const item of await manifestItems(spool)) {
    const config = parseImageConfig(await spool.bytes(item.Config));
    if (platform !== undefined && choosePlatform([{ platform: config }], platform) === undefined) {
      isPassedOver = true;
      continue;
    }
    const layers: Digest[] = [];
    for (const path of item.Layers) layers.push(await spool.blob(path));
    const references = item.RepoTags.map((name) => withDefaultTag(parseReference(name)));
    images.push(checked({ id: await spool.blob(item.Config), config, layers, manifests: [], references }));
  }
  if (platform !== undefined && isPassedOver && images.length === 0) throw noneFor(platform);
  return images;
}

interface ManifestItem {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}

async function manifestItems(spool: ArchiveSpool): Promise<ManifestItem[]> {
  const items = parseJson(await spool.bytes('manifest.json'), 'manifest.json');
  if (!Array.isArray(items)) throw new InvalidParameterError('invalid archive: manifest.json is no list');
  return items.map((item: unknown) => {
    const { Config, RepoTags, Layers } = (item ?? {}) as Record<string, unknown>;
    if (typeof Config !== 'string' || !isStrings(Layers ?? []) || !isStrings(RepoTags ?? [])) {
      throw new InvalidParameterError('invalid archive: manifest.json lacks Config, Layers or RepoTags');
    }
    return { Config, RepoTags: (RepoTags ?? []) as string[], Layers: (Layers ?? []) as string[] };
  });
}

async function layoutImages(spool: ArchiveSpool, platform: Platform): Promise<ArchivedImage[]> {
  const index = parseJson(await spool.bytes('index.json'), 'index.json') as { manifests?: unknown } | null;
  if (!Array.isArray(index?.manifests)) throw new InvalidParameterError('invalid archive: index.json has no manifests');
  const images: ArchivedImage[] = [];
  let passedOver: Descriptor | undefined;
  for (const value of index.manifests as unknown[]) {
    const descriptor = parseDescriptor(value, 'index.json');
    if (isAttestation(descriptor)) continue;
    const image = await layoutImage(spool, descriptor, platform);
    if (image === null) passedOver = descriptor;
    else images.push(image);
  }
  if (images.length === 0 && passedOver !== undefined) throw noneFor(platform);
  return images;
}

function noneFor(platform: Platform): InvalidParameterError {
  return new InvalidParameterError(`the archive holds no image for ${formatPlatform(platform)}`);
}

/** Null for an image of another platform. */
async function layoutImage(spool: ArchiveSpool, descriptor: Descriptor, platform: Platform): Promise<ArchivedImage | null> {
  const manifests: Digest[] = [descriptor.digest];
  let manifest = parseManifest(await layoutBytes(spool, descriptor.digest));
  if (manifest.kind === 'index') {
    const chosen = choosePlatform(manifest.manifests, platform);
    if (chosen === undefined || !spool.has(layoutPath(chosen.digest))) return null;
    manifests.push(chosen.digest);
    manifest = parseManifest(await layoutBytes(spool, chosen.digest));
    if (manifest.kind === 'index') throw new InvalidParameterError(`invalid archive: index ${descriptor.digest} leads to another index`);
  } else if (descriptor.platform !== undefined && choosePlatform([descriptor], platform) === undefined) return null;
  for (const digest of manifests) await spool.blob(layoutPath(digest));
  const config = parseImageConfig(await layoutBytes(spool, manifest.config.digest));
  await spool.blob(layoutPath(manifest.config.digest));
  const layers = manifest.layers.map(({ digest }) => digest);
  for (const digest of layers) await expectDigest(spool, layoutPath(digest), digest);
  return checked({ id: manifest.config.digest, config, layers, manifests, references: layoutReferences(descriptor) });
}

/** `ref.name` may be a tag alone, which names nothing without its repository. */
function layoutReferences({ annotations }: Descriptor): Reference[] {
  const name = annotations['io.containerd.image.name'] ?? annotations['org.opencontainers.image.ref.name'];
  if (typeof name !== 'string' || !/[/:]/.test(name)) return [];
  return [withDefaultTag(parseReference(name))];
}

function checked(image: ArchivedImage): ArchivedImage {
  if (image.layers.length !== image.config.diffIds.length) {
    throw new InvalidParameterError(`invalid archive: ${image.layers.length} layers, but the config of ${image.id} has ${image.config.diffIds.length}`);
  }
  return image;
}

function parseJson(bytes: Buffer, name: string): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw new InvalidParameterError(`invalid archive: ${name} is no JSON`, { cause: error });
  }
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
