import type { TreeChange } from '../../lib/confined/protocol.ts';
import { layerChanges } from '../../snapshots/diff-layer.ts';
import type { ContainerDependencies } from '../dependencies.ts';

export interface FileChange {
  Path: string;
  /** 0 changed, 1 added, 2 deleted. */
  Kind: TreeChange['kind'];
}

/** `docker diff`; null when nothing changed, as moby answers. */
export async function containerChanges(needs: Pick<ContainerDependencies, 'store' | 'snapshots'>, reference: string): Promise<FileChange[] | null> {
  const container = needs.store.resolve(reference);
  const changes = await layerChanges(needs.snapshots, container.id);
  return changes.length === 0 ? null : changes.map(({ path, kind }) => ({ Path: path, Kind: kind }));
}
