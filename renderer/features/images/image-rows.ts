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

export type ImageSort = 'image' | 'size' | 'created';

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

export function sortImages(rows: readonly ImageRow[], key: ImageSort, isDescending: boolean): ImageRow[] {
  const direction = isDescending ? -1 : 1;
  const compare = (a: ImageRow, b: ImageRow): number => (key === 'size' ? a.size - b.size : key === 'created' ? b.created - a.created : 0);
  return rows.toSorted(
    (a, b) => direction * (compare(a, b) || Number(b.isTagged) - Number(a.isTagged) || compareNames(a.name, b.name) || compareNames(a.tag, b.tag)),
  );
}

export function matchesImage(row: ImageRow, filter: string): boolean {
  const text = `${row.name}${row.tag} ${row.id}`.toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word.replace(/^sha256:/, '')));
}
