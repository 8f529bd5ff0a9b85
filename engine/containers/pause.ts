import { ConflictError } from '../errors.ts';
import { announce } from './container-events.ts';
import type { ContainerDependencies } from './dependencies.ts';

type PauseNeeds = Pick<ContainerDependencies, 'store' | 'tasks' | 'events' | 'health'>;

/** `docker pause`: freezes every process. @throws ConflictError when it does not run or is paused already */
export async function pauseContainer(needs: PauseNeeds, reference: string): Promise<void> {
  const container = needs.store.resolve(reference);
  await container.lock.run(async () => {
    const { state } = container;
    if (state.status === 'paused') throw new ConflictError(`Container ${container.id} is already paused`);
    if (state.status === 'restarting') throw new ConflictError(`Container ${container.id} is restarting, wait until the container is running`);
    if (state.status !== 'running') throw new ConflictError(`Container ${container.id} is not running`);
    await needs.tasks.pause(container.id);
    await needs.store.update(container, { ...needs.health.unwatch(container), state: { ...state, status: 'paused' } }, { sync: false });
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
    await needs.store.update(container, { state: { ...state, status: 'running' } }, { sync: false });
    needs.health.watch(container);
    announce(needs.events, container, 'unpause');
  });
}
