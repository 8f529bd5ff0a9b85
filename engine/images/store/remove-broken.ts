import type { ContentStore } from '../../content/content-store.ts';
import type { Snapshotter } from '../../snapshots/snapshotter.ts';
import { chainIds } from '../model/chain-id.ts';
import type { ImageStore } from './image-store.ts';
import { canonicalString } from '../reference/reference.ts';

/**
 * Forgets images of which a part is gone, and names of images that are gone: a record was damaged, or someone cleaned up
 * by hand. Better an image that must be pulled again than one that fails under a container.
 */
export async function removeBrokenImages(store: ImageStore, content: ContentStore, snapshotter: Snapshotter, log: (line: string) => void): Promise<void> {
  const committed = new Set((await snapshotter.list()).flatMap(({ keyOrName, kind }) => (kind === 'committed' ? [keyOrName] : [])));
  for (const image of store.images.list()) {
    const isWhole = content.has(image.id) && chainIds(image.config.diffIds).every((chainId) => committed.has(chainId));
    if (isWhole) continue;
    log(`image ${image.id} lacks its config or a layer and was removed; pull or load it again`);
    await store.images.delete(image.id);
  }
  for (const reference of store.danglingReferences()) {
    log(`${canonicalString(reference)} names an image that is not there; the name was removed`);
    await store.removeReference(reference);
  }
}
