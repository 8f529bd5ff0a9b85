import type { EventSink } from '../containers/collaborators.ts';
import { InvalidParameterError } from '../errors.ts';
import { findImage } from './reference/find-image.ts';
import type { Reference } from './reference/reference.ts';
import { familiarName, familiarString, parseReference, withDefaultTag } from './reference/reference.ts';
import { imageEvent } from './store/image-event.ts';
import type { ImageStore } from './store/image-store.ts';

/** See `ImageService.tag`. */
export async function tagImage(store: ImageStore, events: EventSink, source: string, target: string): Promise<void> {
  const reference = parseTarget(target);
  const image = await store.exclusively(async () => {
    const found = findImage(store, source);
    await store.images.put(found.id, { ...found, lastTagTime: new Date().toISOString() });
    await store.setReference(reference, found.id);
    return found;
  });
  imageEvent(events, 'tag', image, { name: familiarString(reference) });
}

/** A name that an image can be given here. @throws InvalidParameterError in moby's words */
export function parseTarget(text: string): Reference {
  const reference = withDefaultTag(parseReference(text));
  if (reference.digest !== null) throw new InvalidParameterError('cannot import digest reference');
  // `sha256:…` would be taken for an id.
  if (familiarName(reference) === 'sha256') throw new InvalidParameterError('refusing to create an ambiguous tag using digest algorithm as name');
  return reference;
}
