import type { Readable } from 'node:stream';
import { askInView, readInView } from '../lib/confined/confined-threads.ts';
import type { TreeChange } from '../lib/confined/protocol.ts';
import type { Snapshotter } from './snapshotter.ts';

/**
 * What a snapshot changes on its parent, as an uncompressed layer (OCI image-spec `layer.md`). Somebody may be writing to
 * it meanwhile: the layer is whole all the same, though of no one moment. The caller destroys the stream.
 * @throws NotFoundError
 */
export async function diffLayer(snapshots: Snapshotter, key: string): Promise<Readable> {
  const view = { root: await snapshots.upperdir(key), mounts: [], readOnly: true };
  return (await readInView(view, { kind: 'tree', form: 'layer' })).stream;
}

/** The paths that a snapshot adds to, changes in or removes from its parent. @throws NotFoundError */
export async function layerChanges(snapshots: Snapshotter, key: string): Promise<TreeChange[]> {
  const lower: string[] = [];
  for (let { parent } = await snapshots.stat(key); parent !== null; parent = (await snapshots.stat(parent)).parent) lower.push(await snapshots.upperdir(parent));
  return askInView<TreeChange[]>({ root: await snapshots.upperdir(key), mounts: [], readOnly: true }, { kind: 'changes', lower });
}
