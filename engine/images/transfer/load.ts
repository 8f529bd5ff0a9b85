import type { Readable } from 'node:stream';
import type { EventSink } from '../../containers/collaborators.ts';
import type { ContentStore } from '../../content/content-store.ts';
import type { Digest } from '../../content/digest.ts';
import { shortId } from '../../content/digest.ts';
import type { ArchivedImage } from '../archive/archive-images.ts';
import { imagesOf } from '../archive/archive-images.ts';
import { ArchiveSpool } from '../archive/archive-spool.ts';
import { chainIds } from '../model/chain-id.ts';
import type { GarbageCollector } from '../store/garbage-collector.ts';
import { imageEvent } from '../store/image-event.ts';
import type { LoadOptions, ProgressListener } from '../image-service.ts';
import type { ImageStore } from '../store/image-store.ts';
import type { LayerInstaller, WantedLayer } from '../layers/layer-installer.ts';
import { progressMessage } from '../layers/progress.ts';
import type { CompleteImage } from '../store/record-image.ts';
import { recordImage } from '../store/record-image.ts';
import type { Reference } from '../reference/reference.ts';
import { familiarString } from '../reference/reference.ts';

export interface LoadCollaborators {
  content: ContentStore;
  store: ImageStore;
  layers: LayerInstaller;
  events: EventSink;
  garbage: GarbageCollector;
}

/** See `ImageService.load`. Answers the names, or ids, of what was loaded. */
export async function loadImages(to: LoadCollaborators, archive: Readable, options: LoadOptions, onProgress: ProgressListener): Promise<string[]> {
  const { signal, quiet = false, platform } = options;
  const loaded: string[] = [];
  try {
    const spool = await ArchiveSpool.read(archive, to.content, signal);
    for (const archived of await imagesOf(spool, platform)) {
      const complete = await install(to, archived, quiet ? () => {} : onProgress, signal);
      const { image, moved } = await recordImage(to.store, complete, archived.references);
      for (const { reference, before } of moved) if (before !== undefined) onProgress({ stream: renamed(reference, before) });
      imageEvent(to.events, 'load', image);
      const names = archived.references.map(familiarString);
      for (const line of names.length > 0 ? names.map((text) => `Loaded image: ${text}`) : [`Loaded image ID: ${image.id}`]) onProgress({ stream: `${line}\n` });
      loaded.push(...(names.length > 0 ? names : [image.id]));
    }
  } finally {
    // An archive holds more than its images need, and one that was refused has left blobs that nobody needs.
    void to.garbage.collect();
  }
  return loaded;
}

async function install(to: LoadCollaborators, archived: ArchivedImage, onProgress: ProgressListener, signal?: AbortSignal): Promise<CompleteImage> {
  const { store, layers } = to;
  const { id, config, manifests } = archived;
  const wanted = wantedLayers(archived);
  await Promise.all(
    wanted.map((layer, index) =>
      layers.install(
        wanted,
        index,
        (event) => {
          if (event.kind === 'extracting') onProgress(progressMessage('Loading layer', shortId(layer.diffId), event));
        },
        signal,
      ),
    ),
  );
  const size = config.diffIds.reduce((sum, diffId) => sum + (store.layers.get(diffId)?.size ?? 0), 0);
  return { id, config, manifests, size };
}

function wantedLayers({ config, layers }: ArchivedImage): WantedLayer[] {
  const chain = chainIds(config.diffIds);
  return layers.map((blob, index) => ({
    diffId: config.diffIds[index] as Digest,
    chainId: chain[index] as Digest,
    blob,
    fetch: async () => {},
  }));
}

function renamed(reference: Reference, before: Digest): string {
  return `The image ${familiarString(reference)} already exists, renaming the old one with ID ${before} to empty string\n`;
}
