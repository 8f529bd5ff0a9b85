import type { ImageSummary } from '../../contract/engine-api/image.ts';
import type { ContentStore } from '../content/content-store.ts';
import type { Digest } from '../content/digest.ts';
import { booleanFilter, createdNanoseconds, expectFilters, hasLabels, untilFilter } from './filters.ts';
import type { ImageListOptions, ImageUser, ListImageUsers } from './image-service.ts';
import { manifestSummaries } from './manifest-summary.ts';
import { chainIds } from './model/chain-id.ts';
import { findImage } from './reference/find-image.ts';
import { matchesPath } from './reference/path-match.ts';
import type { Reference } from './reference/reference.ts';
import { familiarName, familiarString } from './reference/reference.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';

export interface ListCollaborators {
  store: ImageStore;
  content: ContentStore;
  listUsers: ListImageUsers;
}

/** Rows by the image they show; each is good for as long as the image's record, the array of its names and the number of its containers are the same. */
const rows = new WeakMap<StoredImage, { references: readonly Reference[]; row: Readonly<ImageSummary> }>();

/** The whole list without filters, with and without `all`; good for as long as images, names and containers are the same. */
const lists = new WeakMap<ImageStore, Map<boolean, { changes: number; users: readonly ImageUser[]; listed: readonly Readonly<ImageSummary>[] }>>();

/**
 * Rows of `GET /images/json`, newest first. A list that says what it said before is the same array.
 * @throws InvalidParameterError for a filter that is none; NotFoundError for an image that `before` or `since` names
 */
export async function listImages(from: ListCollaborators, options: ImageListOptions = {}): Promise<readonly Readonly<ImageSummary>[]> {
  const { store, listUsers } = from;
  if (options.sharedSize === true || options.manifests === true || Object.keys(options.filters ?? {}).length > 0) return makeList(from, options);
  let known = lists.get(store);
  if (known === undefined) lists.set(store, (known = new Map()));
  const all = options.all === true;
  const last = known.get(all);
  const users = listUsers();
  const changes = store.changes.value;
  if (last?.changes === changes && last.users === users) return last.listed;
  const listed = await makeList(from, options);
  known.set(all, { changes, users, listed });
  return listed;
}

/** A row that says what it said before is the same object, and is never changed. */
async function makeList(from: ListCollaborators, options: ImageListOptions): Promise<Readonly<ImageSummary>[]> {
  const { store } = from;
  const { filters = {} } = options;
  const keep = keeper(store, options);
  const patterns = filters['reference'];
  const shared = options.sharedSize === true ? sharedLayers(store) : undefined;
  const users = countUsers(from.listUsers);
  const listed: Readonly<ImageSummary>[] = [];
  for (const image of store.images.list()) {
    const references = patterns === undefined ? store.referencesOf(image.id) : store.referencesOf(image.id).filter((reference) => isNamed(reference, patterns));
    if (!keep(image, references)) continue;
    const containers = users.get(image.id) ?? 0;
    const row = patterns === undefined ? knownRow(image, references, containers) : summaryOf(image, references, containers);
    const shownSize = shared === undefined ? {} : { SharedSize: sharedSize(store, image, shared) };
    const manifests = options.manifests === true ? { Manifests: await manifestSummaries(from, image) } : {};
    listed.push(shared === undefined && options.manifests !== true ? row : { ...row, ...shownSize, ...manifests });
  }
  return listed.sort((a, b) => b.Created - a.Created);
}

/** Tags and digests as `RepoTags` and `RepoDigests` show them. */
export function repoNames(references: readonly Reference[]): { RepoTags: string[]; RepoDigests: string[] } {
  return {
    RepoTags: references.filter(({ tag }) => tag !== null).map(familiarString),
    RepoDigests: references.filter(({ digest }) => digest !== null).map(familiarString),
  };
}

/** Unix seconds; 0 when the config does not say. */
export function createdSeconds(image: StoredImage): number {
  const nanoseconds = createdNanoseconds(image);
  return nanoseconds === undefined ? 0 : Math.floor(Number(nanoseconds / 1_000_000n) / 1000);
}

function knownRow(image: StoredImage, references: readonly Reference[], containers: number): Readonly<ImageSummary> {
  const known = rows.get(image);
  if (known?.references === references && known.row.Containers === containers) return known.row;
  const row = summaryOf(image, references, containers);
  rows.set(image, { references, row });
  return row;
}

function summaryOf(image: StoredImage, references: readonly Reference[], containers: number): ImageSummary {
  return {
    Containers: containers,
    Created: createdSeconds(image),
    Id: image.id,
    Labels: image.config.config.Labels ?? null,
    ParentId: image.parent ?? '',
    ...repoNames(references),
    SharedSize: -1,
    Size: image.size,
  };
}

/** How many images stand on each layer. */
function sharedLayers(store: ImageStore): Map<Digest, number> {
  const counts = new Map<Digest, number>();
  for (const { config } of store.images.list()) for (const chainId of chainIds(config.diffIds)) counts.set(chainId, (counts.get(chainId) ?? 0) + 1);
  return counts;
}

/** Bytes of the layers that another image stands on as well. */
function sharedSize(store: ImageStore, { config }: StoredImage, counts: Map<Digest, number>): number {
  const chain = chainIds(config.diffIds);
  return config.diffIds.reduce((sum, diffId, index) => ((counts.get(chain[index] as Digest) ?? 0) > 1 ? sum + (store.layers.get(diffId)?.size ?? 0) : sum), 0);
}

/** Bytes of the layers of all images, each counted once. */
export function layersSize(store: ImageStore): number {
  const sizes = new Map<string, number>();
  for (const { config } of store.images.list()) {
    const chain = chainIds(config.diffIds);
    for (const [index, diffId] of config.diffIds.entries()) sizes.set(chain[index] as string, store.layers.get(diffId)?.size ?? 0);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function countUsers(listUsers: ListImageUsers): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { imageId } of listUsers()) counts.set(imageId, (counts.get(imageId) ?? 0) + 1);
  return counts;
}

type Keep = (image: StoredImage, shown: readonly Reference[]) => boolean;

/** Source: moby `daemon/images/images.go`. */
function keeper(store: ImageStore, { all = false, filters = {} }: ImageListOptions): Keep {
  expectFilters(filters, ['dangling', 'label', 'before', 'since', 'reference', 'until']);
  const dangling = booleanFilter(filters, 'dangling');
  const labels = filters['label'] ?? [];
  const before = (filters['before'] ?? []).map((name) => createdNanoseconds(findImage(store, name)));
  const since = (filters['since'] ?? []).map((name) => createdNanoseconds(findImage(store, name)));
  const until = untilFilter(filters);
  if (until !== undefined) before.push(until);
  const parents = new Set(all ? [] : store.images.list().map(({ parent }) => parent));
  return (image, shown) => {
    if (labels.length > 0 && !hasLabels(image, labels)) return false;
    if (before.length > 0 || since.length > 0) {
      const created = createdNanoseconds(image);
      if (created === undefined) return false;
      if (!before.every((limit) => limit !== undefined && created < limit) || !since.every((limit) => limit === undefined || created > limit)) return false;
    }
    // A digest is a name, but only a tag keeps an image from dangling.
    if (shown.length > 0) return dangling !== true || shown.every(({ tag }) => tag === null);
    return dangling !== false && filters['reference'] === undefined && !parents.has(image.id);
  };
}

function isNamed(reference: Reference, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesPath(pattern, familiarString(reference)) || matchesPath(pattern, familiarName(reference)));
}
