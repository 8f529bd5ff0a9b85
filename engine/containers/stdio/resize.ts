import { ConflictError } from '../../errors.ts';
import { announce } from '../container-events.ts';
import { isRunning } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';

/** Sets the size of the container's terminal, in character cells. @throws ConflictError when it does not run */
export async function resizeContainer(
  needs: Pick<ContainerDependencies, 'store' | 'tasks' | 'events'>,
  reference: string,
  size: { rows: number; columns: number },
): Promise<void> {
  const container = needs.store.resolve(reference);
  if (!isRunning(container.state)) throw new ConflictError(`Container ${container.id} is not running`);
  await needs.tasks.resize(container.id, null, size);
  announce(needs.events, container, 'resize', { height: String(size.rows), width: String(size.columns) });
}
