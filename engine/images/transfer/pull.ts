import type { EventSink } from '../../containers/collaborators.ts';
import type { ContentStore } from '../../content/content-store.ts';
import type { Digest } from '../../content/digest.ts';
import { shortId } from '../../content/digest.ts';
import { InternalError, InvalidParameterError, NotFoundError, UnauthorizedError } from '../../errors.ts';
import { fetchBlob } from '../../registry/fetch-blob.ts';
import type { Registries } from '../../registry/registries.ts';
import type { FetchedManifest } from '../../registry/registry-client.ts';
import type { RegistryClient } from '../../registry/registry-client.ts';
import { RegistryError } from '../../registry/registry-error.ts';
import { chainIds } from '../model/chain-id.ts';
import type { GarbageCollector } from '../store/garbage-collector.ts';
import { imageEvent } from '../store/image-event.ts';
import type { ProgressListener, PullOptions } from '../image-service.ts';
import type { ImageConfig } from '../model/image-config.ts';
import { parseImageConfig } from '../model/image-config.ts';
import type { ImageStore, StoredImage } from '../store/image-store.ts';
import type { LayerInstaller, WantedLayer } from '../layers/layer-installer.ts';
import type { Descriptor, ImageManifest } from '../model/manifest.ts';
import { parseManifest } from '../model/manifest.ts';
import type { Platform } from '../model/platform.ts';
import { choosePlatform, formatPlatform, machinePlatform, parsePlatform } from '../model/platform.ts';
import type { LayerEvent } from '../layers/progress.ts';
import { layerMessage, throttled } from '../layers/progress.ts';
import type { CompleteImage } from '../store/record-image.ts';
import { recordImage } from '../store/record-image.ts';
import type { Reference } from '../reference/reference.ts';
import { canonicalString, familiarName, familiarString, parseReference, withDefaultTag } from '../reference/reference.ts';
import { platformMismatch } from '../inspect.ts';

export interface PullCollaborators {
  content: ContentStore;
  store: ImageStore;
  layers: LayerInstaller;
  events: EventSink;
  registries: Registries;
  garbage: GarbageCollector;
  log: (line: string) => void;
}

/** The image's manifest, and the blobs on the way to it: itself, and the index it was chosen from. */
interface ChosenManifest {
  /** What the reference names; shown as the image's digest. */
  digest: Digest;
  blobs: FetchedManifest[];
  manifest: ImageManifest;
}

/** Pulls one image, or all tags of a repository; see `ImageService.pull`. From a mirror where one has it. */
export async function pullImage(to: PullCollaborators, text: string, options: PullOptions, onProgress: ProgressListener): Promise<void> {
  const asked = parseReference(text);
  const isWhole = options.allTags === true && asked.tag === null && asked.digest === null;
  const platform = options.platform === undefined || options.platform === '' ? undefined : parsePlatform(options.platform);
  const pulled = await to.registries.read(asked, { credentials: options.auth, signal: options.signal, isFinal: isDiskFull, log: to.log }, (client) => {
    const context: PullContext = { to, client, platform, signal: options.signal, onProgress };
    return isWhole ? pullTags(context, asked) : pullOne(context, withDefaultTag(asked));
  });
  const reference = isWhole ? asked : withDefaultTag(asked);
  onProgress({ status: `Status: ${pulled.isNew ? 'Downloaded newer image' : 'Image is up to date'} for ${familiarString(reference)}` });
  for (const warning of pulled.warnings) onProgress({ status: `WARNING: ${warning}` });
  imageEvent(to.events, 'pull', pulled.image, { id: familiarString(reference), name: familiarName(reference) });
}

interface PullContext {
  to: PullCollaborators;
  client: RegistryClient;
  platform: Platform | undefined;
  signal: AbortSignal | undefined;
  onProgress: ProgressListener;
}

interface Pulled {
  image: StoredImage;
  /** The name meant nothing or another image before. */
  isNew: boolean;
  warnings: string[];
}

/** One after the other, as moby. What is not for this platform is passed over, unless nothing else is there. */
async function pullTags(context: PullContext, repository: Reference): Promise<Pulled> {
  const tags = await context.client.tags(context.signal).catch((error: unknown) => {
    throw inTheUsersWords(error, repository);
  });
  const warnings: string[] = [];
  let last: Pulled | undefined;
  let passedOver: unknown = new NotFoundError(`the repository ${familiarName(repository)} has no tags`);
  for (const tag of tags) {
    const reference = { ...repository, tag };
    try {
      const pulled = await pullOne(context, reference);
      last = { ...pulled, isNew: pulled.isNew || last?.isNew === true };
      warnings.push(...pulled.warnings);
    } catch (error) {
      if (!(error instanceof NoMatchError)) throw error;
      passedOver = error;
      warnings.push(`${familiarString(reference)} is passed over: ${error.message}`);
    }
  }
  if (last === undefined) throw passedOver;
  return { ...last, warnings };
}

/**
 * In order: manifest, config, all layers side by side, then the record of the image, and its names last: a name never points
 * at less than a whole image.
 */
async function pullOne({ to, client, platform, signal, onProgress }: PullContext, reference: Reference): Promise<Pulled> {
  const chosen = await fetchManifest(client, reference, platform ?? machinePlatform(), signal).catch((error: unknown) => {
    throw inTheUsersWords(error, reference);
  });
  onProgress({ status: `Pulling from ${reference.path}`, id: reference.digest ?? reference.tag ?? '' });
  const complete = await pullContent(to, client, chosen, { signal, onProgress }).catch((error: unknown) => {
    // The layers that are complete make the next try shorter, but they must not keep a full disk full.
    if (isDiskFull(error)) void to.garbage.collect();
    throw error;
  });
  const byDigest: Reference = { ...reference, tag: null, digest: chosen.digest };
  const named = reference.digest === null ? reference : byDigest;
  const { image, moved } = await recordImage(to.store, complete, [...new Set([byDigest, named])]);
  const isNew = moved.some((move) => move.reference === named);
  onProgress({ status: `Digest: ${chosen.digest}` });
  // An image of one platform alone is what it is; whoever asked for another one is told.
  const isOther = platform !== undefined && choosePlatform([{ platform: complete.config }], platform) === undefined;
  return { image, isNew, warnings: isOther ? [platformMismatch(canonicalString(reference), platform, complete.config)] : [] };
}

/** An index without what was asked for. */
class NoMatchError extends NotFoundError {}

async function fetchManifest(client: RegistryClient, reference: Reference, platform: Platform, signal?: AbortSignal): Promise<ChosenManifest> {
  const top = await client.manifest(reference.digest ?? reference.tag ?? 'latest', signal);
  const parsed = parseManifest(top.bytes);
  if (parsed.kind === 'manifest') return { digest: top.digest, blobs: [top], manifest: parsed };
  const descriptor = choosePlatform(parsed.manifests, platform);
  if (descriptor === undefined) throw new NoMatchError(`no matching manifest for ${formatPlatform(platform)} in the manifest list entries`);
  const chosen = await client.manifest(descriptor.digest, signal);
  const manifest = parseManifest(chosen.bytes);
  if (manifest.kind !== 'manifest') throw new InvalidParameterError(`the index ${top.digest} leads to another index, not to an image`);
  return { digest: top.digest, blobs: [top, chosen], manifest };
}

async function pullContent(
  to: PullCollaborators,
  client: RegistryClient,
  chosen: ChosenManifest,
  options: { signal: AbortSignal | undefined; onProgress: ProgressListener },
): Promise<CompleteImage> {
  const { signal, onProgress } = options;
  const { content, store } = to;
  const { config: configDescriptor, layers } = chosen.manifest;
  const manifests: Digest[] = [];
  for (const { bytes } of chosen.blobs) manifests.push(await content.put(bytes));
  const present = store.images.get(configDescriptor.digest);
  if (present !== undefined) return { ...present, manifests };
  await fetchBlob(client, content, configDescriptor, { signal });
  const config = parseImageConfig(await content.readWhole(configDescriptor.digest));
  await installAll(to.layers, wantedLayers(client, content, config, layers), layers, signal, onProgress);
  const size = config.diffIds.reduce((sum, diffId) => sum + (store.layers.get(diffId)?.size ?? 0), 0);
  return { id: configDescriptor.digest, config, manifests, size };
}

function wantedLayers(client: RegistryClient, content: ContentStore, config: ImageConfig, layers: readonly Descriptor[]): WantedLayer[] {
  if (config.diffIds.length !== layers.length) {
    throw new InvalidParameterError(`invalid image: the manifest has ${layers.length} layers and the config ${config.diffIds.length}`);
  }
  const chain = chainIds(config.diffIds);
  return layers.map((descriptor, index) => ({
    diffId: config.diffIds[index] as Digest,
    chainId: chain[index] as Digest,
    blob: descriptor.digest,
    fetch: (emit, signal) => {
      const onProgress = throttled((current, total) => emit({ kind: 'downloading', current, total }));
      return fetchBlob(client, content, descriptor, { signal, onProgress: (received) => onProgress(received, descriptor.size), onVerify: () => emit({ kind: 'verifying' }) });
    },
  }));
}

async function installAll(
  installer: LayerInstaller,
  wanted: readonly WantedLayer[],
  descriptors: readonly Descriptor[],
  signal: AbortSignal | undefined,
  onProgress: ProgressListener,
): Promise<void> {
  // The first layer that fails ends the others.
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const id = (index: number) => shortId((descriptors[index] as Descriptor).digest);
  const missing: number[] = [];
  for (const [index, layer] of wanted.entries()) {
    if (await installer.isInstalled(layer)) onProgress(layerMessage(id(index), { kind: 'exists' }));
    else {
      onProgress({ status: 'Pulling fs layer', progressDetail: {}, id: id(index) });
      missing.push(index);
    }
  }
  const installs = missing.map((index) => installer.install(wanted, index, (event: LayerEvent) => onProgress(layerMessage(id(index), event)), either));
  try {
    await Promise.all(installs);
  } catch (error) {
    failed.abort(error);
    // Nothing may write any more once the caller hears of the failure.
    await Promise.allSettled(installs);
    throw error;
  }
}

/** Source: moby `distribution/errors.go` translatePullError. */
function inTheUsersWords(error: unknown, reference: Reference): unknown {
  const options = { cause: error };
  // A 401 would have the docker CLI ask for a name and a password, and wait for them where nobody is.
  if (error instanceof UnauthorizedError) return new InternalError(error.message, options);
  if (!(error instanceof RegistryError)) return error;
  switch (error.code) {
    case 'MANIFEST_UNKNOWN':
      return new NotFoundError(`manifest for ${familiarString(reference)} not found: ${error.message}`, options);
    case 'NAME_UNKNOWN':
      return new NotFoundError(`repository ${familiarName(reference)} not found: ${error.message}`, options);
    case 'DENIED':
    case 'UNAUTHORIZED':
      return new NotFoundError(`pull access denied for ${familiarName(reference)}, repository does not exist or may require 'docker login': ${error.message}`, options);
    default:
      return error;
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && (/ENOSPC|No space left on device|free on the disk/.test(error.message) || isDiskFull(error.cause));
}
