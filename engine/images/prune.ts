import type { ImagePruneReport } from '../../contract/engine-api/image.ts';
import { ConflictError } from '../errors.ts';
import type { ImageFilters } from './filters.ts';
import { booleanFilter, createdNanoseconds, expectFilters, hasLabels, untilFilter } from './filters.ts';
import type { RemoveRow } from './image-service.ts';
import { chainIds } from './model/chain-id.ts';
import { familiarString } from './reference/reference.ts';
import type { RemoveCollaborators } from './remove.ts';
import { removeNames } from './remove.ts';
import type { StoredImage } from './store/image-store.ts';

export interface PruneOptions {
  /** dangling (true by default), label, label!, until. @throws InvalidParameterError for others */
  filters?: ImageFilters;
  /** What is removed by then stays removed. */
  signal?: AbortSignal;
}

/**
 * Removes images that no container uses: those without a tag, or with `dangling=false` all. Source: moby
 * `daemon/images/image_prune.go`.
 * @throws ConflictError while another one runs: see {@link Pruning}
 */
async function prune(from: RemoveCollaborators, { filters = {}, signal }: PruneOptions): Promise<ImagePruneReport> {
  const { store } = from;
  expectFilters(filters, ['dangling', 'label', 'label!', 'until']);
  const danglingOnly = booleanFilter(filters, 'dangling') ?? true;
  const until = untilFilter(filters);
  const isChosen = (image: StoredImage) => {
    const created = createdNanoseconds(image);
    if (until !== undefined && (created === undefined || created > until)) return false;
    if (!hasLabels(image, filters['label'] ?? [])) return false;
    const excluded = filters['label!'];
    return excluded === undefined || !hasLabels(image, excluded);
  };
  const sizes = layerSizes(store.images.list(), (diffId) => store.layers.get(diffId)?.size ?? 0);
  const ImagesDeleted: RemoveRow[] = [];
  for (const image of store.images.list().filter(isChosen)) {
    if (signal?.aborted === true) break;
    ImagesDeleted.push(...(await store.exclusively(() => removeUnused(from, image, danglingOnly))));
  }
  if (ImagesDeleted.length > 0) await from.garbage.collect();
  const SpaceReclaimed = ImagesDeleted.reduce((sum, row) => sum + ('Deleted' in row ? (sizes.get(row.Deleted) ?? 0) : 0), 0);
  from.events.publish('image', 'prune', '', { reclaimed: String(SpaceReclaimed) });
  return { ImagesDeleted: ImagesDeleted.length === 0 ? null : ImagesDeleted, SpaceReclaimed };
}

/** All or nothing of one image; nothing when something stands on it or a container uses it. */
async function removeUnused(from: RemoveCollaborators, image: StoredImage, danglingOnly: boolean): Promise<RemoveRow[]> {
  const { store, listUsers } = from;
  // Its last child may have taken it along.
  if (!store.images.has(image.id) || store.childrenOf(image.id).length > 0) return [];
  const references = store.referencesOf(image.id);
  if (danglingOnly && references.some(({ tag }) => tag !== null)) return [];
  if (listUsers().some(({ imageId }) => imageId === image.id)) return [];
  if (references.length === 0) return removeNames(from, image.id, {});
  const rows: RemoveRow[] = [];
  for (const reference of references) {
    if (store.imageOf(reference) === image.id) rows.push(...(await removeNames(from, familiarString(reference), {})));
  }
  return rows;
}

function layerSizes(images: readonly StoredImage[], sizeOf: (diffId: StoredImage['id']) => number): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { config } of images) {
    const chain = chainIds(config.diffIds);
    for (const [index, diffId] of config.diffIds.entries()) sizes.set(chain[index] as string, sizeOf(diffId));
  }
  return sizes;
}

/** One prune at a time. */
export class Pruning {
  #isRunning = false;

  /** See {@link prune}. */
  async run(from: RemoveCollaborators, options: PruneOptions): Promise<ImagePruneReport> {
    if (this.#isRunning) throw new ConflictError('a prune operation is already running');
    this.#isRunning = true;
    try {
      return await prune(from, options);
    } finally {
      this.#isRunning = false;
    }
  }
}
