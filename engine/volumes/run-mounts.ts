import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredMount } from '../containers/collaborators.ts';
import { mountSnapshot } from '../snapshots/mount.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';
import { unmountAll } from './mount-table.ts';
import { bindSubpath } from './subpath.ts';

/** Mounts that exist for one run of a container: images, and parts of images and volumes. They lie in its own folder. */

/** Key of the snapshot by which a container holds an image that it mounts. */
export function imageKey(containerId: string, index: number): string {
  return `${containerId}-image-${index}`;
}

/** Where the bind mount of the container's `index`th mount comes from; undefined when from its own source. */
export function runSource(mount: StoredMount, index: number, directory: string): string | undefined {
  const base = join(directory, 'mounts', String(index));
  if (mount.spec?.subpath !== undefined) return join(base, 'part');
  return mount.Type === 'image' ? join(base, 'image') : undefined;
}

export async function makeRunMounts(snapshots: Snapshotter, run: { containerId: string; mounts: StoredMount[]; directory: string }): Promise<void> {
  for (const [index, mount] of run.mounts.entries()) {
    if (runSource(mount, index, run.directory) === undefined) continue;
    const base = join(run.directory, 'mounts', String(index));
    let source = mount.Source;
    if (mount.Type === 'image') {
      source = join(base, 'image');
      mkdirSync(source, { recursive: true, mode: 0o700 });
      mountSnapshot(await snapshots.mounts(imageKey(run.containerId, index)), source);
    }
    if (mount.spec?.subpath !== undefined) bindSubpath(source, mount.spec.subpath, join(base, 'part'));
  }
}

/** Idempotent. */
export function removeRunMounts(run: { mounts: StoredMount[]; directory: string }): void {
  let any = false;
  for (const [index, mount] of run.mounts.entries()) {
    if (runSource(mount, index, run.directory) === undefined) continue;
    any = true;
    for (const name of ['part', 'image']) unmountAll(join(run.directory, 'mounts', String(index), name));
  }
  // Not recursively over what may still be mounted: nothing is, or the line before had thrown.
  if (any) rmSync(join(run.directory, 'mounts'), { recursive: true, force: true });
}
