import { ConflictError, InvalidParameterError, NotFoundError } from '../../errors.ts';
import { cancelRestart } from '../restarts/cancel-restart.ts';
import { announce } from '../container-events.ts';
import { isRunning } from '../container.ts';
import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { parseSentSignal, parseSignal, SIGKILL } from '../config/signals.ts';

type KillNeeds = Pick<ContainerDependencies, 'store' | 'tasks' | 'events'>;

/**
 * `docker kill`: sends a signal; for SIGKILL also waits for the end.
 * @param signalText number or name; empty for SIGKILL.
 */
export async function killContainer(needs: KillNeeds, reference: string, signalText: string): Promise<void> {
  const signal = signalText === '' ? SIGKILL : prefixed(reference, InvalidParameterError, () => parseSentSignal(signalText));
  const container = prefixed(reference, NotFoundError, () => needs.store.resolve(reference));
  if (container.state.status === 'restarting') {
    await cancelRestart(needs, container);
    return;
  }
  if (!isRunning(container.state)) {
    throw new ConflictError(`cannot kill container: ${reference}: container ${container.id} is not running`);
  }
  if (signal === SIGKILL) await killAndWait(needs, container);
  else await sendSignal(needs, container, signal);
}

/** Source: moby `postContainersKill`, which says of every failure what failed. */
function prefixed<T>(reference: string, kind: typeof InvalidParameterError | typeof NotFoundError, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof kind ? new kind(`cannot kill container: ${reference}: ${error.message}`, { cause: error }) : error;
  }
}

/** Sends SIGKILL and waits until the exit is handled. Returns at once when it does not run. */
export async function killAndWait(needs: KillNeeds, container: Container): Promise<void> {
  if (!isRunning(container.state)) return;
  const exited = exitOf(container);
  try {
    await sendSignal(needs, container, SIGKILL);
    await exited.promise;
  } finally {
    exited.cancel();
  }
}

/** A process that has just ended is no error: its exit is on the way. */
export async function sendSignal(needs: KillNeeds, container: Container, signal: number): Promise<void> {
  const { state, record } = container;
  const stops = signal === SIGKILL || signal === stopSignalOf(container);
  // Before the signal, or the policy would see an exit that nobody wanted.
  if (stops && !record.manuallyStopped) await needs.store.note(container, { manuallyStopped: true });
  try {
    await needs.tasks.kill(container.id, signal);
    if (stops && state.status === 'paused') await needs.tasks.resume(container.id);
  } catch (error) {
    if (!(error instanceof ConflictError) && !(error instanceof NotFoundError)) throw error;
  }
  announce(needs.events, container, 'kill', { signal: String(signal) });
}

export function stopSignalOf(container: Container): number {
  return parseSignal(container.record.config.StopSignal ?? 'SIGTERM');
}

/** The end of the present run, from this moment on. */
export function exitOf(container: Container): { promise: Promise<void>; cancel: () => void } {
  let cancel: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    const unsubscribe = container.onNews(() => {
      unsubscribe();
      resolve();
    });
    cancel = () => {
      unsubscribe();
      resolve();
    };
  });
  return { promise, cancel };
}
