import type { Digest } from '../../content/digest.ts';
import type { ImageStore, StoredImage } from './image-store.ts';
import type { Reference } from '../reference/reference.ts';

/** An image whose blobs and layers are all there. */
export type CompleteImage = Omit<StoredImage, 'lastTagTime' | 'parent'> & Partial<Pick<StoredImage, 'parent'>>;

export interface RecordedImage {
  image: StoredImage;
  /** References that named nothing or another image before; `before` is that image. */
  moved: { reference: Reference; before: Digest | undefined }[];
}

/** Makes an image known and gives it names, in this order: a name never points at less than a whole image. */
export function recordImage(store: ImageStore, complete: CompleteImage, references: readonly Reference[]): Promise<RecordedImage> {
  return store.exclusively(async () => {
    const present = store.images.get(complete.id);
    const moved = references.map((reference) => ({ reference, before: store.imageOf(reference) })).filter(({ before }) => before !== complete.id);
    const isTagged = moved.some(({ reference }) => reference.digest === null);
    const image: StoredImage = {
      ...complete,
      // An image that was made here and is then pulled or loaded stays a child of its parent.
      parent: complete.parent ?? present?.parent ?? null,
      // Another index, or a load after a pull, may lead to the same image.
      manifests: [...new Set([...(present?.manifests ?? []), ...complete.manifests])],
      lastTagTime: isTagged ? new Date().toISOString() : (present?.lastTagTime ?? null),
    };
    if (present === undefined || isTagged || image.manifests.length > present.manifests.length) await store.images.put(image.id, image);
    for (const { reference } of moved) await store.setReference(reference, image.id);
    return { image, moved };
  });
}
