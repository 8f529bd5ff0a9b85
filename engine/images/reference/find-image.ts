import { isDigest } from '../../content/digest.ts';
import type { Digest } from '../../content/digest.ts';
import { NotFoundError } from '../../errors.ts';
import type { ImageStore, StoredImage } from '../store/image-store.ts';
import { familiarString, parseReference, withDefaultTag } from './reference.ts';

/**
 * Finds an image as the user names it: full id with or without `sha256:`, reference, or the beginning of an id, in this order
 * (moby `daemon/images/image.go` GetImage).
 * @throws NotFoundError `No such image: nope:latest`; InvalidParameterError for what is neither
 */
export function findImage(store: ImageStore, text: string): StoredImage {
  const id = /^[0-9a-f]{64}$/.test(text) ? `sha256:${text}` : text;
  if (isDigest(id)) {
    const image = store.images.get(id);
    if (image === undefined) throw new NotFoundError(`No such image: ${id}`);
    return image;
  }
  const reference = withDefaultTag(parseReference(text));
  const found = store.imageOf(reference) ?? findByPrefix(store, text);
  const image = found === undefined ? undefined : store.images.get(found);
  if (image === undefined) throw new NotFoundError(`No such image: ${familiarString(reference)}`);
  return image;
}

/** Whether the user named the image by its id rather than by a name. */
export function isIdOf(image: StoredImage, text: string): boolean {
  return image.id.startsWith(text) || image.id.slice('sha256:'.length).startsWith(text);
}

/** Undefined when nothing or more than one image begins so. */
function findByPrefix(store: ImageStore, text: string): Digest | undefined {
  const prefix = text.startsWith('sha256:') ? text : `sha256:${text}`;
  if (!/^sha256:[0-9a-f]+$/.test(prefix)) return undefined;
  const found = store.images.list().filter(({ id }) => id.startsWith(prefix));
  return found.length === 1 ? found[0]?.id : undefined;
}
