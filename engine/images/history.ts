import type { HistoryRow } from './image-service.ts';
import { expectPlatform } from './inspect.ts';
import { createdSeconds, repoNames } from './list.ts';
import type { Platform } from './model/platform.ts';
import { findImage } from './reference/find-image.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';

/**
 * Rows of `GET /images/{name}/history`, the last step first. It has an id, and so have the steps below that are images of
 * their own here (by commit or build); the others are `<missing>`.
 * @throws NotFoundError
 */
export function imageHistory(store: ImageStore, reference: string, platform?: Platform): HistoryRow[] {
  const image = findImage(store, reference);
  if (platform !== undefined) expectPlatform(image, platform, reference);
  const { config } = image;
  // An image without a history still has its layers to show.
  const steps = config.history.length > 0 ? config.history : config.diffIds.map(() => ({ created: config.created }) as (typeof config.history)[number]);
  let layer = 0;
  const rows = steps.map((step): HistoryRow => {
    const diffId = step.empty_layer === true ? undefined : config.diffIds[layer++];
    const created = Date.parse(step.created ?? '');
    return {
      Comment: step.comment ?? '',
      Created: Number.isNaN(created) ? 0 : Math.floor(created / 1000),
      CreatedBy: step.created_by ?? '',
      Id: '<missing>',
      Size: diffId === undefined ? 0 : (store.layers.get(diffId)?.size ?? 0),
      Tags: null,
    };
  });
  if (rows.length === 0) rows.push({ Comment: config.comment, Created: createdSeconds(image), CreatedBy: '', Id: '', Size: 0, Tags: null });
  rows.reverse();
  let named: StoredImage | undefined = image;
  for (const row of rows) {
    if (named === undefined) break;
    const tags = repoNames(store.referencesOf(named.id)).RepoTags;
    row.Id = named.id;
    row.Tags = tags.length > 0 ? tags : null;
    named = named.parent === null ? undefined : store.images.get(named.parent);
  }
  return rows;
}
