import type { EventSink } from '../containers/collaborators.ts';
import { shortId } from '../content/digest.ts';
import { ConflictError } from '../errors.ts';
import type { ListImageUsers, RemoveOptions, RemoveRow } from './image-service.ts';
import { chainIds } from './model/chain-id.ts';
import { findImage, isIdOf } from './reference/find-image.ts';
import type { Reference } from './reference/reference.ts';
import { familiarString, parseReference, repositoryOf, withDefaultTag } from './reference/reference.ts';
import type { GarbageCollector } from './store/garbage-collector.ts';
import { imageEvent } from './store/image-event.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';

export interface RemoveCollaborators {
  store: ImageStore;
  events: EventSink;
  garbage: GarbageCollector;
  listUsers: ListImageUsers;
}

/** Why an image stays. */
interface Conflict {
  /** Force does not help. */
  isHard: boolean;
  /** By a container. */
  isUsed: boolean;
  reason: string;
}

interface Tolerated {
  /** Names of the image. */
  references?: boolean;
  /** Containers that do not run. */
  stopped?: boolean;
}

/**
 * See `ImageService.remove`. A name removes that name, and the image with its last one; an id removes all names when they
 * are of one repository. Source, conflicts included: moby `daemon/images/image_delete.go`.
 */
export async function removeImage(from: RemoveCollaborators, text: string, options: RemoveOptions): Promise<RemoveRow[]> {
  const rows = await from.store.exclusively(() => removeNames(from, text, options));
  if (rows.some((row) => 'Deleted' in row)) await from.garbage.collect();
  return rows;
}

/** {@link removeImage} without the collection of what is free then, inside `store.exclusively`. */
export async function removeNames(from: RemoveCollaborators, text: string, { force = false, noprune = false }: RemoveOptions): Promise<RemoveRow[]> {
  const { store } = from;
  const image = findImage(store, text);
  const rows: RemoveRow[] = [];
  const isId = isIdOf(image, text);
  if (isId) {
    if (isOneRepository(store.referencesOf(image.id))) {
      expectNoConflict(from, image, { references: true, stopped: force });
      for (const reference of store.referencesOf(image.id)) await untag(from, image, reference, rows);
    }
  } else {
    if (!force && isOneRepository(store.referencesOf(image.id))) expectNoUserOfLastName(from, image, text);
    const reference = withDefaultTag(parseReference(text));
    await untag(from, image, reference, rows);
    if (reference.digest === null) await untagOrphanedDigests(from, image, reference, rows);
    if (store.referencesOf(image.id).length > 0) return rows;
  }
  await deleteImage(from, image, { force, prune: !noprune, isQuiet: !isId }, rows);
  return rows;
}

async function untag({ store, events }: RemoveCollaborators, image: StoredImage, reference: Reference, rows: RemoveRow[]): Promise<void> {
  const removed = reference.digest === null ? reference : { ...reference, tag: null };
  await store.removeReference(removed);
  rows.push({ Untagged: familiarString(removed) });
  imageEvent(events, 'untag', image);
}

/** A digest alone keeps no image once the last tag of its repository has gone. */
async function untagOrphanedDigests({ store }: RemoveCollaborators, image: StoredImage, removed: Reference, rows: RemoveRow[]): Promise<void> {
  const ofRepository = store.referencesOf(image.id).filter((reference) => repositoryOf(reference) === repositoryOf(removed));
  if (ofRepository.some(({ tag }) => tag !== null)) return;
  for (const reference of ofRepository) {
    await store.removeReference(reference);
    rows.push({ Untagged: familiarString(reference) });
  }
}

/** @param how quiet: a name was removed, and the image goes if it can */
async function deleteImage(from: RemoveCollaborators, image: StoredImage, how: { force: boolean; prune: boolean; isQuiet: boolean }, rows: RemoveRow[]): Promise<void> {
  const { store, events } = from;
  const conflict = conflictOf(from, image, { references: how.force, stopped: how.force });
  if (conflict !== undefined) {
    const isDangling = store.referencesOf(image.id).length === 0 && store.childrenOf(image.id).length === 0;
    if (how.isQuiet && (!isDangling || conflict.isUsed)) return;
    throw conflictError(image, conflict);
  }
  for (const reference of store.referencesOf(image.id)) await untag(from, image, reference, rows);
  await store.images.delete(image.id);
  imageEvent(events, 'delete', image);
  rows.push({ Deleted: image.id }, ...freedLayers(from, image));
  const parent = image.parent === null ? undefined : store.images.get(image.parent);
  if (how.prune && parent !== undefined) await deleteImage(from, parent, { force: false, prune: true, isQuiet: true }, rows);
}

/** A layer stays while another image or a container stands on it. */
function freedLayers({ store, listUsers }: RemoveCollaborators, image: StoredImage): RemoveRow[] {
  if (listUsers().some(({ imageId }) => imageId === image.id)) return [];
  const kept = new Set(store.images.list().flatMap(({ config }) => chainIds(config.diffIds)));
  const chain = [...chainIds(image.config.diffIds)].reverse();
  return chain.filter((chainId) => !kept.has(chainId)).map((chainId) => ({ Deleted: chainId }));
}

/** At most one tag, and every digest of the same repository. */
function isOneRepository(references: readonly Reference[]): boolean {
  if (references.length <= 1) return references.length === 1;
  const tags = references.filter(({ digest }) => digest === null);
  if (tags.length > 1) return false;
  return new Set(references.map(repositoryOf)).size === 1;
}

function expectNoUserOfLastName({ listUsers }: RemoveCollaborators, image: StoredImage, text: string): void {
  const user = listUsers().find(({ imageId }) => imageId === image.id);
  if (user === undefined) return;
  throw new ConflictError(
    `conflict: unable to remove repository reference "${text}" (must force) - container ${shortId(user.containerId)} is using its referenced image ${shortId(image.id)}`,
  );
}

function expectNoConflict(from: RemoveCollaborators, image: StoredImage, tolerated: Tolerated): void {
  const conflict = conflictOf(from, image, tolerated);
  if (conflict !== undefined) throw conflictError(image, conflict);
}

function conflictOf({ store, listUsers }: RemoveCollaborators, image: StoredImage, tolerated: Tolerated): Conflict | undefined {
  if (store.childrenOf(image.id).length > 0) return { isHard: true, isUsed: false, reason: 'image has dependent child images' };
  const users = listUsers().filter(({ imageId }) => imageId === image.id);
  const running = users.find((user) => user.running);
  if (running !== undefined) return { isHard: true, isUsed: true, reason: `image is being used by running container ${shortId(running.containerId)}` };
  if (tolerated.references !== true && store.referencesOf(image.id).length > 0) {
    return { isHard: false, isUsed: false, reason: 'image is referenced in multiple repositories' };
  }
  const stopped = users[0];
  if (tolerated.stopped === true || stopped === undefined) return undefined;
  return { isHard: false, isUsed: true, reason: `image is being used by stopped container ${shortId(stopped.containerId)}` };
}

function conflictError(image: StoredImage, { isHard, reason }: Conflict): ConflictError {
  return new ConflictError(`conflict: unable to delete ${shortId(image.id)} (${isHard ? 'cannot be forced' : 'must be forced'}) - ${reason}`);
}
