import { messageOf } from '../../errors.ts';
import { isRunning } from '../container.ts';
import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { exitOf, stopSignalOf } from './kill.ts';
import { SIGKILL } from '../config/signals.ts';
import { within } from './stop.ts';

/** Longest patience with a container, in seconds: the machine is to go off. */
const patience = 8;

/**
 * Ends every container because the machine goes off. Their exit codes are kept, and nobody counts them as stopped by
 * hand: what a policy wants to run runs again after the next start.
 */
export async function stopAllContainers(needs: Pick<ContainerDependencies, 'store' | 'tasks' | 'log'>): Promise<void> {
  needs.store.shuttingDown = true;
  const running = needs.store.list().filter(({ state }) => isRunning(state));
  const results = await Promise.allSettled(running.map((container) => stopOne(needs, container)));
  for (const result of results) if (result.status === 'rejected') needs.log(`stop before power-off: ${messageOf(result.reason)}`);
}

async function stopOne(needs: Pick<ContainerDependencies, 'tasks'>, container: Container): Promise<void> {
  const exited = exitOf(container);
  try {
    await needs.tasks.kill(container.id, stopSignalOf(container));
    if (container.state.status === 'paused') await needs.tasks.resume(container.id);
    if (await within(exited.promise, Math.min(container.record.config.StopTimeout ?? patience, patience))) return;
    await needs.tasks.kill(container.id, SIGKILL);
    await within(exited.promise, patience);
  } finally {
    exited.cancel();
  }
}
