import type { EventSink } from '../../containers/collaborators.ts';
import type { ContentStore } from '../../content/content-store.ts';
import { NotFoundError } from '../../errors.ts';
import type { SavedImage } from '../archive/archive-writer.ts';
import { writeArchive } from '../archive/archive-writer.ts';
import { expectPlatform } from '../inspect.ts';
import type { Platform } from '../model/platform.ts';
import { findImage, isIdOf } from '../reference/find-image.ts';
import { parseReference, repositoryOf } from '../reference/reference.ts';
import type { GarbageCollector } from '../store/garbage-collector.ts';
import { imageEvent } from '../store/image-event.ts';
import type { ImageStore } from '../store/image-store.ts';

export interface SaveCollaborators {
  store: ImageStore;
  content: ContentStore;
  events: EventSink;
  garbage: GarbageCollector;
}

/**
 * One archive of many images; see `ImageService.save`. A name without a tag means all tags of the repository. Source: moby
 * `image/tarexport/save.go`.
 */
export async function* saveImages(from: SaveCollaborators, names: readonly string[], platform?: Platform): AsyncGenerator<Buffer, void, void> {
  // What is being written must not be removed under the writer.
  const held = await from.garbage.hold();
  try {
    const images = chosenImages(from.store, names);
    if (platform !== undefined) for (const { image, references } of images) expectPlatform(image, platform, references[0]?.path ?? image.id);
    yield* writeArchive(from, images);
    for (const { image } of images) imageEvent(from.events, 'save', image);
  } finally {
    held[Symbol.dispose]();
  }
}

/** @throws NotFoundError for a name or id that is not there */
function chosenImages(store: ImageStore, names: readonly string[]): SavedImage[] {
  const chosen = new Map<string, SavedImage>();
  const choose = (id: string): SavedImage => {
    const image = chosen.get(id) ?? { image: findImage(store, id), references: [] };
    chosen.set(id, image);
    return image;
  };
  for (const name of names) {
    // The beginning of a digest looks like a tag of a repository `sha256`.
    if (/^[0-9a-f]{64}$/.test(name) || /^sha256:[0-9a-f]+$/.test(name)) {
      choose(findImage(store, name).id);
      continue;
    }
    const reference = parseReference(name);
    if (reference.tag === null && reference.digest === null) {
      const tags = store.referencesIn(repositoryOf(reference)).filter(({ reference: { tag } }) => tag !== null);
      for (const { reference: tagged, imageId } of tags) add(choose(imageId), tagged);
      if (tags.length > 0) continue;
    }
    const id = store.imageOf(reference);
    if (id !== undefined) {
      const image = choose(id);
      if (reference.digest === null) add(image, reference);
    } else if (reference.tag !== null || reference.digest !== null) throw new NotFoundError('reference does not exist');
    else choose(byId(store, name).id);
  }
  return [...chosen.values()];
}

/** The beginning of an id; `findImage` would take a name as well. */
function byId(store: ImageStore, name: string): { id: string } {
  const missing = new NotFoundError(`No such image: ${name}`);
  if (!/^[0-9a-f]+$/.test(name)) throw missing;
  const image = findImage(store, name);
  if (!isIdOf(image, name)) throw missing;
  return image;
}

function add({ references }: SavedImage, reference: SavedImage['references'][number]): void {
  if (!references.some(({ domain, path, tag }) => domain === reference.domain && path === reference.path && tag === reference.tag)) references.push(reference);
}
