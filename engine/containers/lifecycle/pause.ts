import { ConflictError } from '../../errors.ts';
import { announce } from '../container-events.ts';
import type { ContainerDependencies } from '../dependencies.ts';

type PauseNeeds = Pick<ContainerDependencies, 'store' | 'tasks' | 'events' | 'health'>;

/**
 * `docker pause`: freezes every process.
 * @param reason `commit` for a pause that nobody asked for: should this engine die, the next one ends it.
 * @throws ConflictError when it does not run or is paused already
 */
export async function pauseContainer(needs: PauseNeeds, reference: string, reason?: 'commit'): Promise<void> {
  const container = needs.store.resolve(reference);
  await container.lock.run(async () => {
    const { state } = container;
    if (state.status === 'paused') throw new ConflictError(`Container ${container.id} is already paused`);
    if (state.status === 'restarting') throw new ConflictError(`Container ${container.id} is restarting, wait until the container is running`);
    if (state.status !== 'running') throw new ConflictError(`Container ${container.id} is not running`);
    const alive = reason === undefined ? state : { ...state, pausing: reason };
    if (reason !== undefined) await needs.store.note(container, { state: alive });
    await needs.tasks.pause(container.id);
    await needs.store.note(container, { ...needs.health.unwatch(container), state: { ...alive, status: 'paused' } });
    announce(needs.events, container, 'pause');
  });
}

/** `docker unpause`. @throws ConflictError when it is not paused */
export async function unpauseContainer(needs: PauseNeeds, reference: string): Promise<void> {
  const container = needs.store.resolve(reference);
  await container.lock.run(async () => {
    const { state } = container;
    if (state.status !== 'paused') throw new ConflictError(`Container ${container.id} is not paused`);
    await needs.tasks.resume(container.id);
    await needs.store.note(container, { state: { status: 'running', pid: state.pid, startedAt: state.startedAt, finishedAt: state.finishedAt } });
    needs.health.watch(container);
    announce(needs.events, container, 'unpause');
  });
}
