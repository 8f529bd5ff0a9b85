import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { ImageSummary } from '../../contract/engine-api/image.ts';
import type { DiskUsageResponse } from '../../contract/engine-api/system.ts';
import type { Volume } from '../../contract/engine-api/volume.ts';
import { InvalidParameterError } from '../errors.ts';

export interface DiskUsageSources {
  /** With shared sizes and numbers of containers. */
  images(): Promise<readonly Readonly<ImageSummary>[]>;
  layersSize(): number;
  /** With sizes. */
  containers(): Promise<ContainerSummary[]>;
  volumes(): Promise<Volume[]>;
}

const kinds = ['container', 'image', 'volume', 'build-cache'];

/**
 * `GET /system/df` in the shape of API 1.51.
 * @param types of objects to count; null for all
 * @throws InvalidParameterError for another type
 */
export async function diskUsage(sources: DiskUsageSources, types: string[] | null): Promise<DiskUsageResponse> {
  for (const type of types ?? []) if (!kinds.includes(type)) throw new InvalidParameterError(`unknown object type: ${type}`);
  const wants = (kind: string) => types === null || types.includes(kind);
  const [images, containers, volumes] = await Promise.all([
    wants('image') ? sources.images() : null,
    wants('container') ? sources.containers() : null,
    wants('volume') ? sources.volumes() : null,
  ]);
  // Nothing is built here, so there is never a cache: null is what moby sends then.
  return { LayersSize: images === null ? 0 : sources.layersSize(), Images: images === null ? null : [...images], Containers: containers, Volumes: volumes, BuildCache: null };
}
