import { ConflictError, messageOf, NotFoundError } from '../../errors.ts';
import { cancelRestart } from '../restarts/cancel-restart.ts';
import { announce } from '../container-events.ts';
import { isRunning } from '../container.ts';
import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { killAndWait } from './kill.ts';
import { removeLink } from '../links/remove-link.ts';
import { sharedMemoryOf } from '../files/shared-memory.ts';

type RemoveNeeds = Pick<ContainerDependencies, 'store' | 'snapshots' | 'mounter' | 'tasks' | 'network' | 'volumes' | 'events' | 'log'>;

export interface RemoveOptions {
  /** Kill it first when it runs. */
  force: boolean;
  /** Remove its anonymous volumes with it. */
  removeVolumes: boolean;
  /** Only the link of this name. */
  link: boolean;
}

/** `docker rm`. @throws ConflictError when it runs (without force) or is being removed already */
export async function removeContainer(needs: RemoveNeeds, reference: string, options: RemoveOptions): Promise<void> {
  if (options.link) return removeLink(needs, reference);
  const container = needs.store.resolve(reference);
  const { state } = container;
  if (state.status === 'removing') throw new ConflictError(`removal of container ${container.name} is already in progress`);
  if (isRunning(state) || state.status === 'restarting') {
    if (!options.force) throw new ConflictError(stillRunning(container));
    await cancelRestart(needs, container);
    await killAndWait(needs, container);
  }
  await container.lock.run(async () => {
    if (needs.store.get(container.id) === undefined) throw new NotFoundError(`No such container: ${reference}`);
    if (isRunning(container.state)) throw new ConflictError(stillRunning(container));
    await removeLocked(needs, container, options);
  });
}

function stillRunning(container: Container): string {
  const { status } = container.state;
  const advice = status === 'paused' ? ' and must be unpaused first' : ': stop the container before removing or force remove';
  return `cannot remove container "/${container.name}": container is ${status}${advice}`;
}

/** The removal itself, of a container that does not run. The caller holds its lock. */
export async function removeLocked(needs: RemoveNeeds, container: Container, options: { removeVolumes: boolean }): Promise<void> {
  const { store, snapshots, mounter, tasks, network, volumes } = needs;
  const { id, state } = container;
  const times = {
    exitCode: 'exitCode' in state ? state.exitCode : 0,
    startedAt: 'startedAt' in state ? state.startedAt : '',
    finishedAt: ('finishedAt' in state && state.finishedAt) || '',
  };
  try {
    // On disk as well: a removal that a crash interrupts is finished at the next start.
    await store.note(container, { state: { status: 'removing', ...times } });
    for (const attach of container.pendingAttaches) attach.cancel();
    if (container.hasLeftovers) {
      await tasks.delete(id, { force: true });
      await network.release(id);
      await mounter.unmount(store.rootfsOf(id));
      await mounter.unmount(sharedMemoryOf(store, id));
      await volumes.unprepare({ containerId: id, mounts: container.record.mounts, directory: store.directoryOf(id) });
    }
    await mounter.evict(store.rootfsOf(id));
    await snapshots.remove(id).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
    });
    await volumes.release(id, container.record.mounts, options.removeVolumes);
    await store.remove(container);
  } catch (error) {
    const message = messageOf(error);
    await store.note(container, { state: { status: 'dead', error: message, ...times } });
    container.tell({ kind: 'removed', error: message });
    throw error;
  }
  announce(needs.events, container, 'destroy');
  container.tell({ kind: 'removed' });
}
