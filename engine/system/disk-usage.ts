import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { ImageSummary } from '../../contract/engine-api/image.ts';
import type { Volume } from '../../contract/engine-api/volume.ts';
import { InvalidParameterError } from '../errors.ts';

export interface DiskUsageSources {
  images(): Promise<ImageSummary[]>;
  containers(): Promise<ContainerSummary[]>;
  volumes(): Promise<Volume[]>;
  /** Bytes of all layers, each counted once. */
  layersSize(): Promise<number>;
}

const kinds = ['container', 'image', 'volume', 'build-cache'];

/** `GET /system/df`. @param types of objects to count; all when empty. @throws InvalidParameterError for another type */
export async function diskUsage(sources: DiskUsageSources, types: string[]): Promise<Record<string, unknown>> {
  for (const type of types) if (!kinds.includes(type)) throw new InvalidParameterError(`unknown object type: ${type}`);
  const wants = (kind: string) => types.length === 0 || types.includes(kind);
  const [images, layersSize, containers, volumes] = await Promise.all([
    wants('image') ? sources.images() : null,
    wants('image') ? sources.layersSize() : 0,
    wants('container') ? sources.containers() : null,
    wants('volume') ? sources.volumes() : null,
  ]);
  return { LayersSize: layersSize, Images: images, Containers: containers, Volumes: volumes, BuildCache: wants('build-cache') ? [] : null };
}
