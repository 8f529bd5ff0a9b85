import { dirname, join } from 'node:path';
import type { ImageInspect } from '../../contract/engine-api/image.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';
import { chainIds } from './model/chain-id.ts';
import { findImage } from './reference/find-image.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';
import { repoNames } from './list.ts';

/** Go's zero time. */
const NEVER = '0001-01-01T00:00:00Z';

/** Body of `GET /images/{name}/json`. @throws NotFoundError */
export async function inspectImage(store: ImageStore, snapshotter: Snapshotter, reference: string): Promise<ImageInspect> {
  const image = findImage(store, reference);
  const { config } = image;
  return {
    Id: image.id,
    ...repoNames(store.referencesOf(image.id)),
    Parent: '',
    Comment: config.comment || (config.history.at(-1)?.comment ?? ''),
    Created: config.created || NEVER,
    DockerVersion: config.dockerVersion,
    Author: config.author,
    Config: config.config,
    Architecture: config.architecture,
    ...(config.variant === undefined ? {} : { Variant: config.variant }),
    Os: config.os,
    Size: image.size,
    GraphDriver: { Name: 'overlay2', Data: await overlayFolders(snapshotter, image) },
    RootFS: { Type: 'layers', Layers: config.diffIds },
    Metadata: { LastTagTime: image.lastTagTime ?? NEVER },
  };
}

async function overlayFolders(snapshotter: Snapshotter, { config }: StoredImage): Promise<Record<string, string>> {
  const folders: string[] = [];
  for (const chainId of chainIds(config.diffIds)) folders.unshift(await snapshotter.upperdir(chainId));
  const [upper, ...lower] = folders;
  if (upper === undefined) return {};
  return { ...(lower.length === 0 ? {} : { LowerDir: lower.join(':') }), UpperDir: upper, WorkDir: join(dirname(upper), 'work') };
}
