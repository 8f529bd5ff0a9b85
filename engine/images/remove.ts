import type { EventSink } from '../containers/collaborators.ts';
import { shortId } from '../content/digest.ts';
import { ConflictError } from '../errors.ts';
import { chainIds } from './model/chain-id.ts';
import { findImage, isIdOf } from './reference/find-image.ts';
import type { GarbageCollector } from './store/garbage-collector.ts';
import { imageEvent } from './store/image-event.ts';
import type { ListImageUsers, RemoveOptions, RemoveRow } from './image-service.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';
import type { Reference } from './reference/reference.ts';
import { familiarString, parseReference, repositoryOf, withDefaultTag } from './reference/reference.ts';

export interface RemoveCollaborators {
  store: ImageStore;
  events: EventSink;
  garbage: GarbageCollector;
  listUsers: ListImageUsers;
}

/**
 * See `ImageService.remove`. A name removes that name, and the image with its last one; an id removes all names when they
 * are of one repository. Source, conflicts included: moby `daemon/images/image_delete.go`.
 */
export async function removeImage(from: RemoveCollaborators, text: string, { force = false }: RemoveOptions): Promise<RemoveRow[]> {
  const rows = await from.store.exclusively(() => removeNames(from, text, force));
  if (rows.some((row) => 'Deleted' in row)) await from.garbage.collect();
  return rows;
}

async function removeNames(from: RemoveCollaborators, text: string, force: boolean): Promise<RemoveRow[]> {
  const { store } = from;
  const image = findImage(store, text);
  const rows: RemoveRow[] = [];
  if (isIdOf(image, text)) {
    if (isOneRepository(store.referencesOf(image.id))) {
      expectUnused(from, image, force);
      for (const reference of store.referencesOf(image.id)) await untag(from, image, reference, rows);
    }
  } else {
    if (!force && isOneRepository(store.referencesOf(image.id))) expectNoUserOfLastName(from, image, text);
    const reference = withDefaultTag(parseReference(text));
    await untag(from, image, reference, rows);
    if (reference.digest === null) await untagOrphanedDigests(from, image, reference, rows);
    if (store.referencesOf(image.id).length > 0) return rows;
  }
  expectUnused(from, image, force);
  if (!force && store.referencesOf(image.id).length > 0) throw conflict(image, 'must be forced', 'image is referenced in multiple repositories');
  for (const reference of store.referencesOf(image.id)) await untag(from, image, reference, rows);
  await deleteImage(from, image, rows);
  return rows;
}

async function untag({ store, events }: RemoveCollaborators, image: StoredImage, reference: Reference, rows: RemoveRow[]): Promise<void> {
  const removed = reference.digest === null ? reference : { ...reference, tag: null };
  await store.removeReference(removed);
  rows.push({ Untagged: familiarString(removed) });
  imageEvent(events, 'untag', image);
}

/** A digest alone keeps no image once the last tag of its repository has gone. */
async function untagOrphanedDigests(from: RemoveCollaborators, image: StoredImage, removed: Reference, rows: RemoveRow[]): Promise<void> {
  const ofRepository = from.store.referencesOf(image.id).filter((reference) => repositoryOf(reference) === repositoryOf(removed));
  if (ofRepository.some(({ tag }) => tag !== null)) return;
  for (const reference of ofRepository) await untag(from, image, reference, rows);
}

async function deleteImage({ store, events, listUsers }: RemoveCollaborators, image: StoredImage, rows: RemoveRow[]): Promise<void> {
  await store.images.delete(image.id);
  rows.push({ Deleted: image.id });
  imageEvent(events, 'delete', image);
  // A layer stays while another image or a container stands on it.
  const kept = new Set(store.images.list().flatMap(({ config }) => chainIds(config.diffIds)));
  const isUsed = listUsers().some(({ imageId }) => imageId === image.id);
  if (!isUsed) for (const chainId of chainIds(image.config.diffIds).reverse()) if (!kept.has(chainId)) rows.push({ Deleted: chainId });
}

/** At most one tag, and every digest of the same repository. */
function isOneRepository(references: readonly Reference[]): boolean {
  if (references.length <= 1) return true;
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

/** Running containers forbid the removal, stopped ones unless it is forced. */
function expectUnused({ listUsers }: RemoveCollaborators, image: StoredImage, force: boolean): void {
  const users = listUsers().filter(({ imageId }) => imageId === image.id);
  const running = users.find((user) => user.running);
  if (running !== undefined) throw conflict(image, 'cannot be forced', `image is being used by running container ${shortId(running.containerId)}`);
  const stopped = users[0];
  if (stopped !== undefined && !force) throw conflict(image, 'must be forced', `image is being used by stopped container ${shortId(stopped.containerId)}`);
}

function conflict(image: StoredImage, remedy: string, reason: string): ConflictError {
  return new ConflictError(`conflict: unable to delete ${shortId(image.id)} (${remedy}) - ${reason}`);
}
