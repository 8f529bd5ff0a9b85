import { setTimeout as delay } from 'node:timers/promises';
import type { EventSink } from '../../containers/collaborators.ts';
import type { ContentStore } from '../../content/content-store.ts';
import type { Digest } from '../../content/digest.ts';
import { shortId } from '../../content/digest.ts';
import { EngineError, NotFoundError } from '../../errors.ts';
import { Slots } from '../../lib/tasks/slots.ts';
import type { Registries } from '../../registry/registries.ts';
import type { RegistryClient } from '../../registry/registry-client.ts';
import { isFinal } from '../../registry/registry-error.ts';
import { countedReader } from '../archive/counted-reader.ts';
import type { ProgressListener, PushOptions } from '../image-service.ts';
import { expectPlatform } from '../inspect.ts';
import { gzipLayer, needsGzip } from '../layers/gzip-layer.ts';
import { progressMessage, throttled } from '../layers/progress.ts';
import type { OwnManifest } from '../model/own-manifest.ts';
import { dockerTypes, givenManifest, layersOf, makeManifest } from '../model/own-manifest.ts';
import type { Reference } from '../reference/reference.ts';
import { familiarName, familiarString, parseReference, repositoryOf } from '../reference/reference.ts';
import type { GarbageCollector } from '../store/garbage-collector.ts';
import { imageEvent } from '../store/image-event.ts';
import type { ImageStore, StoredImage, StoredLayer } from '../store/image-store.ts';

export interface PushCollaborators {
  content: ContentStore;
  store: ImageStore;
  events: EventSink;
  registries: Registries;
  garbage: GarbageCollector;
}

/** moby's default of max-concurrent-uploads. */
const UPLOADS = 5;
const MAX_ATTEMPTS = 5;

/**
 * Pushes one tag, or all tags of a repository; see `ImageService.push`. In order: layers side by side, config, manifest.
 * Source: moby `distribution/push_v2.go`, whose lines these are.
 */
export async function pushImage(from: PushCollaborators, text: string, options: PushOptions, onProgress: ProgressListener): Promise<void> {
  const { store } = from;
  const reference = parseReference(text);
  onProgress({ status: `The push refers to repository [${repositoryOf(reference)}]` });
  const known = store.referencesIn(repositoryOf(reference));
  if (known.length === 0) throw new NotFoundError(`An image does not exist locally with the tag: ${familiarName(reference)}`);
  if (reference.digest !== null) throw new NotFoundError('cannot push a digest reference');
  const wanted = known.filter(({ reference: { tag } }) => tag !== null && (reference.tag === null || tag === reference.tag));
  if (wanted.length === 0) {
    throw new NotFoundError(reference.tag === null ? `no tags to push for ${familiarName(reference)}` : `tag does not exist: ${familiarString(reference)}`);
  }
  const done = new Map<Digest, Promise<void>>();
  for (const { reference: tagged, imageId } of wanted) {
    const image = store.images.get(imageId);
    if (image === undefined) throw new NotFoundError(`tag does not exist: ${familiarString(tagged)}`);
    if (options.platform !== undefined) expectPlatform(image, options.platform, familiarString(tagged));
    await pushTag(from, tagged, image, done, options, onProgress);
  }
}

async function pushTag(from: PushCollaborators, reference: Reference, image: StoredImage, done: Map<Digest, Promise<void>>, options: PushOptions, onProgress: ProgressListener): Promise<void> {
  const { content, store } = from;
  const { signal } = options;
  const sources = mountSources(store, reference);
  const layers = layersOf(from, image);
  using client = from.registries.client(reference, {
    credentials: options.auth,
    actions: 'push,pull',
    mountFrom: [...new Set(layers.flatMap(({ blob }) => sources(blob) ?? []))],
  });
  // A registry that does not answer is not asked for every layer.
  await client.connect(signal);
  for (const { diffId } of layers) onProgress({ status: 'Preparing', progressDetail: {}, id: shortId(diffId) });
  const given = await givenManifest(from, image);
  const slots = new Slots(UPLOADS);
  // The first that fails ends the others.
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const pushes = layers.map(async (layer) => {
    const id = shortId(layer.diffId);
    if (slots.areTaken) onProgress({ status: 'Waiting', progressDetail: {}, id });
    return slots.use(async () => {
      const packed = given === undefined && needsGzip(layer) ? await gzipLayer(from, layer, either) : layer;
      const push = done.get(packed.blob) ?? pushLayer(client, content, packed, sources(packed.blob), either, onProgress);
      done.set(packed.blob, push);
      await push;
      return packed;
    }, either);
  });
  let packed: StoredLayer[];
  try {
    packed = await Promise.all(pushes);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(pushes);
    throw error;
  }
  const manifest = given ?? makeManifest(image, packed, dockerTypes, (digest) => content.size(digest));
  await pushBlob(client, content, image.id, undefined, signal);
  await client.putManifest(reference.tag ?? 'latest', manifest, signal);
  await remember(from, reference, image, manifest);
  const { digest, bytes } = manifest;
  onProgress({ status: `${reference.tag}: digest: ${digest} size: ${bytes.length}` });
  onProgress({ progressDetail: {}, aux: { Tag: reference.tag, Digest: digest, Size: bytes.length } });
  imageEvent(from.events, 'push', image, { id: familiarString(reference), name: familiarName(reference) });
}

/** The digest is a name of the image from now on, as after a pull. */
async function remember({ content, store }: PushCollaborators, reference: Reference, image: StoredImage, manifest: OwnManifest): Promise<void> {
  const digest = await content.put(manifest.bytes);
  await store.exclusively(async () => {
    const present = store.images.get(image.id);
    if (present === undefined) return;
    if (!present.manifests.includes(digest)) await store.images.put(image.id, { ...present, manifests: [...present.manifests, digest] });
    await store.setReference({ ...reference, tag: null, digest }, image.id);
  });
}

async function pushLayer(client: RegistryClient, content: ContentStore, layer: StoredLayer, from: string | undefined, signal: AbortSignal, onProgress: ProgressListener): Promise<void> {
  const id = shortId(layer.diffId);
  const say = (status: string) => onProgress({ status, progressDetail: {}, id });
  const total = content.size(layer.blob);
  const report = throttled((current) => onProgress(progressMessage('Pushing', id, { current, total })));
  const outcome = await pushBlob(client, content, layer.blob, from, signal, {
    onProgress: (current) => report(current, total),
    onRetry: (seconds) => say(`Retrying in ${seconds} second${seconds === 1 ? '' : 's'}`),
  });
  if (outcome === 'exists') say('Layer already exists');
  else if (outcome === 'mounted') say(`Mounted from ${from}`);
  else {
    onProgress(progressMessage('Pushing', id, { current: total, total }));
    say('Pushed');
  }
}

interface BlobListener {
  onProgress: (sent: number) => void;
  onRetry: (seconds: number) => void;
}

/** A connection that breaks is tried again from the beginning; what the registry says against it is final. */
async function pushBlob(
  client: RegistryClient,
  content: ContentStore,
  digest: Digest,
  mountFrom: string | undefined,
  signal: AbortSignal | undefined,
  listener?: BlobListener,
): Promise<'exists' | 'mounted' | 'pushed'> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (await client.hasBlob(digest, signal)) return 'exists';
      const location = await client.mountOrStart(digest, mountFrom, signal);
      if (location === null) return 'mounted';
      const open = () => countedReader(content.read(digest), (sent) => listener?.onProgress(sent));
      await client.upload(location, { digest, size: content.size(digest), open }, signal);
      return 'pushed';
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      if (!(error instanceof EngineError) || isFinal(error) || attempt === MAX_ATTEMPTS) throw error;
      const seconds = 2 ** (attempt - 1);
      listener?.onRetry(seconds);
      await delay(seconds * 1000, undefined, { signal });
    }
  }
}

/** Another repository of the same registry that is known to have a blob: an image of it has a digest there. */
function mountSources(store: ImageStore, target: Reference): (blob: Digest) => string | undefined {
  const sources = new Map<Digest, string>();
  for (const image of store.images.list()) {
    const path = store.referencesOf(image.id).find(({ domain, path: other, digest }) => digest !== null && domain === target.domain && other !== target.path)?.path;
    if (path === undefined) continue;
    for (const diffId of image.config.diffIds) {
      const blob = store.layers.get(diffId)?.blob;
      if (blob !== undefined) sources.set(blob, path);
    }
  }
  return (blob) => sources.get(blob);
}
