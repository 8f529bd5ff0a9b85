import type { ImageSummary } from '../../contract/engine-api/image.ts';
import type { Digest } from '../content/digest.ts';
import { InvalidParameterError } from '../errors.ts';
import { chainIds } from './model/chain-id.ts';
import { findImage } from './reference/find-image.ts';
import type { ImageListOptions } from './image-service.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';
import { matchesPath } from './reference/path-match.ts';
import type { Reference } from './reference/reference.ts';
import { familiarName, familiarString } from './reference/reference.ts';

type Keep = (image: StoredImage, references: Reference[]) => boolean;

/** Rows of `GET /images/json`, newest first. */
export function listImages(store: ImageStore, options: ImageListOptions = {}): ImageSummary[] {
  const filters = Object.entries(options.filters ?? {}).map(([key, values]) => filterOf(store, key, values));
  const wantedNames = options.filters?.['reference'] ?? [];
  const rows: ImageSummary[] = [];
  for (const image of store.images.list()) {
    const references = store.referencesOf(image.id);
    if (!filters.every((keep) => keep(image, references))) continue;
    // With a reference filter a row shows the names that match, not all.
    const shown = wantedNames.length === 0 ? references : references.filter((reference) => isNamed(reference, wantedNames));
    rows.push({ ...summaryOf(image, shown), SharedSize: options.sharedSize === true ? sharedSize(store, image) : -1 });
  }
  return rows.sort((a, b) => b.Created - a.Created);
}

/** Tags and digests as `RepoTags` and `RepoDigests` show them. */
export function repoNames(references: readonly Reference[]): { RepoTags: string[]; RepoDigests: string[] } {
  return {
    RepoTags: references.filter(({ tag }) => tag !== null).map(familiarString),
    RepoDigests: references.filter(({ digest }) => digest !== null).map(familiarString),
  };
}

/** Unix seconds; 0 when the config does not say. */
export function createdSeconds({ config }: StoredImage): number {
  const milliseconds = Date.parse(config.created);
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}

function summaryOf(image: StoredImage, references: readonly Reference[]): ImageSummary {
  return {
    Id: image.id,
    ParentId: '',
    ...repoNames(references),
    Created: createdSeconds(image),
    Size: image.size,
    SharedSize: -1,
    Labels: image.config.config.Labels ?? null,
    Containers: -1,
  };
}

/** Bytes of the layers that another image stands on as well. */
function sharedSize(store: ImageStore, image: StoredImage): number {
  const others = new Set(store.images.list().flatMap(({ id, config }) => (id === image.id ? [] : chainIds(config.diffIds))));
  const chain = chainIds(image.config.diffIds);
  return image.config.diffIds.reduce((sum, diffId, index) => (others.has(chain[index] as Digest) ? sum + (store.layers.get(diffId)?.size ?? 0) : sum), 0);
}

/** Source: moby `daemon/images/images.go`, acceptedImageFilterTags. */
function filterOf(store: ImageStore, key: string, values: readonly string[]): Keep {
  switch (key) {
    case 'reference':
      return (_, references) => values.length === 0 || references.some((reference) => isNamed(reference, values));
    case 'dangling': {
      const wanted = values.map((value) => boolean(key, value));
      return (_, references) => wanted.every((dangling) => dangling === (references.length === 0));
    }
    case 'label':
      return ({ config }) => values.every((value) => hasLabel(config.config.Labels ?? {}, value));
    case 'before': {
      const limits = values.map((value) => createdSeconds(findImage(store, value)));
      return (image) => limits.every((limit) => createdSeconds(image) < limit);
    }
    case 'since': {
      const limits = values.map((value) => createdSeconds(findImage(store, value)));
      return (image) => limits.every((limit) => createdSeconds(image) > limit);
    }
    case 'until': {
      const limits = values.map((value) => moment(key, value));
      return (image) => limits.every((limit) => createdSeconds(image) < limit);
    }
    default:
      throw new InvalidParameterError(`invalid filter '${key}'`);
  }
}

function isNamed(reference: Reference, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesPath(pattern, familiarString(reference)) || matchesPath(pattern, familiarName(reference)));
}

function hasLabel(labels: Record<string, string>, wanted: string): boolean {
  const equals = wanted.indexOf('=');
  if (equals === -1) return Object.hasOwn(labels, wanted);
  return labels[wanted.slice(0, equals)] === wanted.slice(equals + 1);
}

function boolean(key: string, value: string): boolean {
  if (['1', 't', 'true', 'T', 'TRUE', 'True'].includes(value)) return true;
  if (['0', 'f', 'false', 'F', 'FALSE', 'False'].includes(value)) return false;
  throw new InvalidParameterError(`invalid filter '${key}=[${value}]'`);
}

/** Unix seconds of a timestamp, or of a duration (`10m`, `1h30m`) before now. */
function moment(key: string, value: string): number {
  if (/^[0-9]+(\.[0-9]+)?$/.test(value)) return Number(value);
  const units: Record<string, number> = { h: 3600, m: 60, s: 1 };
  if (/^([0-9]+[hms])+$/.test(value)) {
    const seconds = [...value.matchAll(/([0-9]+)([hms])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
    return Date.now() / 1000 - seconds;
  }
  const milliseconds = Date.parse(value);
  if (Number.isNaN(milliseconds)) throw new InvalidParameterError(`invalid filter '${key}=[${value}]': give a time or a duration such as 10m`);
  return milliseconds / 1000;
}
