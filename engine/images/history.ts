import { findImage } from './reference/find-image.ts';
import type { HistoryRow } from './image-service.ts';
import type { ImageStore } from './store/image-store.ts';
import { createdSeconds, repoNames } from './list.ts';

/** Rows of `GET /images/{name}/history`, the last step first. Only it has an id: the steps below are no images. */
export function imageHistory(store: ImageStore, reference: string): HistoryRow[] {
  const image = findImage(store, reference);
  const { config } = image;
  // An image without a history still has its layers to show.
  const steps = config.history.length > 0 ? config.history : config.diffIds.map(() => ({ created: config.created }) as (typeof config.history)[number]);
  let layer = 0;
  const rows = steps.map((step): HistoryRow => {
    const diffId = step.empty_layer === true ? undefined : config.diffIds[layer++];
    const created = Date.parse(step.created ?? '');
    return {
      Id: '<missing>',
      Created: Number.isNaN(created) ? 0 : Math.floor(created / 1000),
      CreatedBy: step.created_by ?? '',
      Tags: null,
      Size: diffId === undefined ? 0 : (store.layers.get(diffId)?.size ?? 0),
      Comment: step.comment ?? '',
    };
  });
  rows.reverse();
  const tags = repoNames(store.referencesOf(image.id)).RepoTags;
  const top = rows[0] ?? { Id: '', Created: createdSeconds(image), CreatedBy: '', Tags: null, Size: 0, Comment: config.comment };
  return [{ ...top, Id: image.id, Tags: tags.length > 0 ? tags : null }, ...rows.slice(1)];
}
