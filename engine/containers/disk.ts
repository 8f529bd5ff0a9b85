import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Container } from './container.ts';
import { isRunning } from './container.ts';
import type { ContainerDependencies } from './dependencies.ts';
import { writableSize } from './inspect.ts';

/** What one container takes on the disk, apart from its image and its volumes. */
export interface ContainerDisk {
  id: string;
  name: string;
  image: string;
  state: Container['state']['status'];
  /** Its own files, as `docker ps -s` counts them. */
  bytes: number;
  /** Its log with all rotated parts. */
  logBytes: number;
  /** Whether `docker container prune` removes it. */
  canGo: boolean;
}

export async function containersDisk(needs: Pick<ContainerDependencies, 'store' | 'snapshots'>): Promise<ContainerDisk[]> {
  const found: ContainerDisk[] = [];
  // One after the other: each is a walk through a tree, and the disk is one.
  for (const container of needs.store.list()) {
    const { id, record, state } = container;
    if (state.status === 'removing' || state.status === 'dead') continue;
    const bytes = await writableSize(needs, container).catch(() => 0);
    const driver = record.hostConfig.LogConfig?.Type;
    const logBytes = driver === 'none' ? 0 : await logSize(needs.store.logPathOf(id, driver));
    found.push({ id, name: record.name, image: record.config.Image ?? record.image.id, state: state.status, bytes, logBytes, canGo: isPrunable(container) });
  }
  return found;
}

export function isPrunable({ state }: Container): boolean {
  return !isRunning(state) && state.status !== 'restarting';
}

async function logSize(path: string): Promise<number> {
  let bytes = 0;
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) if (name.startsWith(basename(path))) bytes += await stat(join(dirname(path), name)).then(({ size }) => size, () => 0);
  return bytes;
}
