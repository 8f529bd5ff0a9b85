import type { ImageSummary } from '../../../contract/engine-api/image.ts';
import { shortId, splitReference } from '../../format/engine/reference.ts';
import { compareNames } from '../../i18n/intl.ts';
import type { ContainerView } from '../../format/engine/container.ts';

/** One name of one image; an image without a name is one row too. */
export interface ImageRow {
  key: string;
  /** What the engine is asked for: the reference, or the ID of an image without one. */
  reference: string;
  name: string;
  tag: string;
  id: string;
  size: number;
  /** Of layers that other images stand on as well; removing this image frees only the rest. Undefined where the engine does not say. */
  shared: number | undefined;
  created: number;
  /** How many names the image has. */
  names: number;
  users: ContainerView[];
  isTagged: boolean;
}

export function imageRows(images: readonly ImageSummary[], containers: readonly ContainerView[]): ImageRow[] {
  const users = new Map<string, ContainerView[]>();
  for (const container of containers) users.set(container.imageId, [...(users.get(container.imageId) ?? []), container]);
  return images.flatMap((image): ImageRow[] => {
    const tags = (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
    const shared = { id: shortId(image.Id), size: image.Size, shared: image.SharedSize < 0 ? undefined : image.SharedSize, created: image.Created, names: tags.length, users: users.get(image.Id) ?? [] };
    if (tags.length === 0) {
      const name = image.RepoDigests?.[0]?.split('@')[0] ?? '<none>';
      return [{ ...shared, key: image.Id, reference: image.Id, name, tag: ':<none>', isTagged: false }];
    }
    return tags.map((reference) => ({ ...shared, ...splitReference(reference), key: `${image.Id} ${reference}`, reference, isTagged: true }));
  });
}

/** Named images first, each by name: the order where nothing is sorted. */
export const byName = (a: ImageRow, b: ImageRow): number => Number(b.isTagged) - Number(a.isTagged) || compareNames(a.name, b.name) || compareNames(a.tag, b.tag);

export interface Removal {
  going: ImageRow[];
  /** The last name of an image that a container stands on: the engine keeps it. */
  held: ImageRow[];
  /** Bytes; what several images share goes only with the last of them, so that it may be more. */
  freed: number;
}

/** What removing these names takes away. An image that keeps another name stays, and takes its space. */
export function removalOf(rows: readonly ImageRow[]): Removal {
  const chosen = new Map<string, number>();
  for (const { id } of rows) chosen.set(id, (chosen.get(id) ?? 0) + 1);
  const isLast = (row: ImageRow): boolean => (chosen.get(row.id) ?? 0) >= row.names;
  const held = rows.filter((row) => isLast(row) && row.users.length > 0);
  const going = rows.filter((row) => !held.includes(row));
  const gone = new Map(going.filter(isLast).map((row) => [row.id, row.size - (row.shared ?? 0)]));
  return { going, held, freed: [...gone.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

export function matchesImage(row: ImageRow, filter: string): boolean {
  const text = `${row.name}${row.tag} ${row.id}`.toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word.replace(/^sha256:/, '')));
}
