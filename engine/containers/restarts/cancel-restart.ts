import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';

/** Gives up a restart that a policy has planned: the container is exited from then on. Does nothing in other states. */
export async function cancelRestart(needs: Pick<ContainerDependencies, 'store'>, container: Container): Promise<void> {
  await container.lock.run(async () => {
    const { state } = container;
    if (state.status !== 'restarting') return;
    clearTimeout(container.restartTimer);
    container.restartTimer = undefined;
    await needs.store.note(container, { manuallyStopped: true, state: { ...state, status: 'exited' } });
    container.tell({ kind: 'exit', exitCode: state.exitCode, error: state.error });
  });
}
