import type { EventSink } from '../containers/collaborators.ts';
import { InvalidParameterError } from '../errors.ts';
import { findImage } from './find-image.ts';
import { imageEvent } from './image-event.ts';
import type { ImageStore } from './image-store.ts';
import { familiarString, parseReference, withDefaultTag } from './reference.ts';

/** See `ImageService.tag`. */
export async function tagImage(store: ImageStore, events: EventSink, source: string, target: string): Promise<void> {
  const image = findImage(store, source);
  const reference = withDefaultTag(parseReference(target));
  if (reference.digest !== null) throw new InvalidParameterError('refusing to create a tag with a digest reference');
  await store.setReference(reference, image.id);
  await store.images.put(image.id, { ...image, lastTagTime: new Date().toISOString() });
  imageEvent(events, 'tag', image, { name: familiarString(reference) });
}
