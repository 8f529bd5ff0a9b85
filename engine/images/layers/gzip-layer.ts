import { addAbortSignal, pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { ContentStore } from '../../content/content-store.ts';
import { InternalError, messageOf } from '../../errors.ts';
import { decompress } from '../../lib/compression/decompress.ts';
import { SharedTasks } from '../../lib/tasks/shared-tasks.ts';
import type { ImageStore, StoredLayer } from '../store/image-store.ts';

/** Two thirds of the default level's time for a few hundredths more of its size. */
const LEVEL = 4;

const running = new SharedTasks<never, StoredLayer>();

/** Whether a layer can travel as it is. zstd that came from elsewhere is somebody's choice, and may be in a manifest. */
export function needsGzip({ compression, isOwn }: StoredLayer): boolean {
  return compression !== 'gzip' && (compression !== 'zstd' || isOwn === true);
}

/**
 * A layer compressed for the way to a registry, as each of them takes it. The new blob takes the old one's place in the
 * store, so that the next push finds the same digest; the old one is garbage from then on.
 */
export function gzipLayer(to: { content: ContentStore; store: ImageStore }, layer: StoredLayer, signal?: AbortSignal): Promise<StoredLayer> {
  return running.join(layer.blob, (_, taskSignal) => compress(to, layer, taskSignal), () => {}, signal);
}

async function compress({ content, store }: { content: ContentStore; store: ImageStore }, layer: StoredLayer, signal: AbortSignal): Promise<StoredLayer> {
  const known = store.layers.get(layer.diffId);
  if (known !== undefined && known.compression === 'gzip' && content.has(known.blob)) return known;
  const gzip = createGzip({ level: LEVEL, chunkSize: 256 * 1024 });
  const ingest = await content.openIngest();
  try {
    // Whoever reads the compressed stream gets the errors.
    pipeline((await decompress(addAbortSignal(signal, content.read(layer.blob)))).stream, gzip, () => undefined);
    for await (const chunk of gzip) {
      await ingest.write(chunk as Buffer).catch((error: unknown) => {
        throw new InternalError(`cannot store the compressed layer: ${messageOf(error)}`, { cause: error });
      });
    }
    const { digest } = await ingest.commit();
    const compressed: StoredLayer = { ...layer, blob: digest, compression: 'gzip' };
    await store.layers.put(layer.diffId, compressed);
    return compressed;
  } catch (error) {
    gzip.destroy();
    await ingest.discard();
    throw signal.aborted ? signal.reason : error;
  }
}
