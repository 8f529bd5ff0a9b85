import type { EventSink } from '../containers/collaborators.ts';
import { InvalidParameterError } from '../errors.ts';
import { findImage } from './reference/find-image.ts';
import { imageEvent } from './store/image-event.ts';
import type { ImageStore } from './store/image-store.ts';
import { familiarString, parseReference, withDefaultTag } from './reference/reference.ts';

/** See `ImageService.tag`. */
export async function tagImage(store: ImageStore, events: EventSink, source: string, target: string): Promise<void> {
  const reference = withDefaultTag(parseReference(target));
  if (reference.digest !== null) throw new InvalidParameterError('refusing to create a tag with a digest reference');
  const image = await store.exclusively(async () => {
    const found = findImage(store, source);
    await store.images.put(found.id, { ...found, lastTagTime: new Date().toISOString() });
    await store.setReference(reference, found.id);
    return found;
  });
  imageEvent(events, 'tag', image, { name: familiarString(reference) });
}
