import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { ImageSummary } from '../../contract/engine-api/image.ts';
import type { Volume } from '../../contract/engine-api/volume.ts';
import { InvalidParameterError } from '../errors.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';

export interface DiskUsageSources {
  images(): Promise<ImageSummary[]>;
  containers(): Promise<ContainerSummary[]>;
  volumes(): Promise<Volume[]>;
  snapshots: Pick<Snapshotter, 'list' | 'usage'>;
}

const kinds = ['container', 'image', 'volume', 'build-cache'];

/** `GET /system/df`. @param types of objects to count; all when empty. @throws InvalidParameterError for another type */
export async function diskUsage(sources: DiskUsageSources, types: string[]): Promise<Record<string, unknown>> {
  for (const type of types) if (!kinds.includes(type)) throw new InvalidParameterError(`unknown object type: ${type}`);
  const wants = (kind: string) => types.length === 0 || types.includes(kind);
  const [images, layers, containers, volumes] = await Promise.all([
    wants('image') ? sources.images() : null,
    wants('image') ? layersSize(sources.snapshots) : 0,
    wants('container') ? sources.containers() : null,
    wants('volume') ? sources.volumes() : null,
  ]);
  return { LayersSize: layers, Images: images, Containers: containers, Volumes: volumes, BuildCache: wants('build-cache') ? [] : null };
}

/** Bytes of all layers, each counted once. */
async function layersSize(snapshots: DiskUsageSources['snapshots']): Promise<number> {
  let bytes = 0;
  for (const { keyOrName, kind } of await snapshots.list()) if (kind === 'committed') bytes += (await snapshots.usage(keyOrName)).bytes;
  return bytes;
}
