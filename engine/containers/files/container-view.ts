import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConflictError, InternalError, InvalidParameterError, NotFoundError } from '../../errors.ts';
import { ConfinedError } from '../../lib/confined/confined-threads.ts';
import type { ExtractOptions, RootView, ViewMount } from '../../lib/confined/protocol.ts';
import { isRunning } from '../container.ts';
import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';

export type ViewNeeds = Pick<ContainerDependencies, 'store' | 'snapshots' | 'mounter' | 'volumes' | 'events'>;

/** Files that the engine writes for a container and binds over those of its image. */
const generatedFiles = ['hosts', 'hostname', 'resolv.conf'];

/** What came of entering a view, and the end of keeping the root file system mounted for it. */
export interface Opened<T> {
  value: T;
  release: () => Promise<void>;
}

/**
 * Lets `enter` begin a job on a container's files as its processes see them, volumes and binds included, whether it runs
 * or not; not its tmpfs, and not what it has mounted itself, as with moby. The job has a copy of all mounts once `enter`
 * has resolved; the root file system itself stays mounted until `release`.
 */
export async function openView<T>(needs: ViewNeeds, container: Container, enter: (view: RootView) => Promise<T>): Promise<Opened<T>> {
  const { store, volumes } = needs;
  return holdRootfs(needs, container, async (rootfs) => {
    const run = { containerId: container.id, mounts: container.record.mounts, rootfs, directory: store.directoryOf(container.id) };
    const work = () => enter({ root: rootfs, mounts: viewMounts(needs, container), readOnly: false });
    if (isRunning(container.state)) return work();
    // As for a run: what an image has in a new volume is there before the first start too.
    try {
      await volumes.prepare(run);
      return await work();
    } finally {
      await volumes.unprepare(run);
    }
  });
}

/** The root file system alone, as an image would have it: mounts of volumes are empty folders. */
export function openRootfs<T>(needs: ViewNeeds, container: Container, enter: (view: RootView) => Promise<T>): Promise<Opened<T>> {
  return holdRootfs(needs, container, (root) => enter({ root, mounts: [], readOnly: true }));
}

/** Holds the container's lock only until the view is entered: it may be started and stopped while its files are read. */
async function holdRootfs<T>(needs: ViewNeeds, container: Container, work: (rootfs: string) => Promise<T>): Promise<Opened<T>> {
  const { store, snapshots, mounter } = needs;
  const rootfs = store.rootfsOf(container.id);
  let held = false;
  const release = async () => {
    if (held) await mounter.letGo(rootfs);
    held = false;
  };
  return container.lock.run(async () => {
    const { status } = container.state;
    if (status === 'removing' || status === 'dead') throw new ConflictError(`container ${container.id} is marked for removal`);
    await mounter.hold(await snapshots.mounts(container.id), rootfs);
    held = true;
    try {
      return { value: await work(rootfs), release };
    } catch (error) {
      await release();
      throw error;
    }
  });
}

function viewMounts(needs: ViewNeeds, container: Container): ViewMount[] {
  const { mounts, hostConfig } = container.record;
  const asked = needs.volumes
    .toTaskMounts(mounts, hostConfig, needs.store.directoryOf(container.id))
    .filter(({ type }) => type === 'bind')
    .map(({ source, destination, options }): ViewMount => ({ source, destination, readOnly: options.includes('ro'), recursive: options.includes('rbind') }));
  const taken = new Set(asked.map(({ destination }) => destination));
  const directory = needs.store.directoryOf(container.id);
  const generated = generatedFiles
    .map((name): ViewMount => ({ source: join(directory, name), destination: `/etc/${name}`, readOnly: false, recursive: false }))
    .filter(({ source, destination }) => !taken.has(destination) && existsSync(source));
  const depth = ({ destination }: ViewMount) => destination.split('/').length;
  return [...asked, ...generated].sort((a, b) => depth(a) - depth(b));
}

/** Where an archive may not be extracted to, in moby's words. */
export function accessRules(container: Container): ExtractOptions['access'] {
  const { mounts, hostConfig } = container.record;
  return [
    { path: '/', refusal: hostConfig.ReadonlyRootfs === true ? 'container rootfs is marked read-only' : null },
    ...mounts.map((mount) => ({ path: mount.Destination, refusal: mount.RW ? null : 'mounted volume is marked read-only' })),
  ];
}

/** Turns what a confined thread says into the engine's kinds; `path` and `reference` as the client wrote them. */
export function translated(error: unknown, reference: string, path: string): unknown {
  if (!(error instanceof ConfinedError)) return error;
  if (error.code === 'ENOENT' && /^(lstat|chdir|scandir)/.test(error.message)) {
    return new NotFoundError(`Could not find the file ${path} in container ${reference}`, { cause: error });
  }
  if (error.code === 'refused') return new InvalidParameterError(error.message, { cause: error });
  return new InternalError(error.message, { cause: error });
}
