import { NotModifiedError } from '../../errors.ts';
import { announce } from '../container-events.ts';
import { cancelRestart } from '../restarts/cancel-restart.ts';
import { isRunning } from '../container.ts';
import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { exitOf, sendSignal, stopSignalOf } from './kill.ts';
import { parseSignal, SIGKILL } from '../config/signals.ts';

type StopNeeds = Pick<ContainerDependencies, 'store' | 'tasks' | 'events'>;

export interface StopOptions {
  /** Seconds until SIGKILL; negative: never. Without it the container's own StopTimeout, or 10. */
  timeout?: number;
  /** Instead of the container's own stop signal. */
  signal?: string;
}

const defaultTimeout = 10;

/** `docker stop`: stop signal, patience, SIGKILL. @throws NotModifiedError when it does not run */
export async function stopContainer(needs: StopNeeds, reference: string, options: StopOptions): Promise<void> {
  const container = needs.store.resolve(reference);
  const signal = options.signal === undefined || options.signal === '' ? stopSignalOf(container) : parseSignal(options.signal);
  if (container.state.status === 'restarting') {
    await cancelRestart(needs, container);
  } else {
    if (!isRunning(container.state)) throw new NotModifiedError(`container ${container.id} does not run`);
    await stopRunning(needs, container, signal, options.timeout);
  }
  announce(needs.events, container, 'stop');
}

/** Ends the present run; returns when its exit has been handled. */
export async function stopRunning(needs: StopNeeds, container: Container, signal: number, timeout: number | undefined): Promise<void> {
  const exited = exitOf(container);
  try {
    if (!container.record.manuallyStopped) await needs.store.note(container, { manuallyStopped: true });
    await sendSignal(needs, container, signal);
    const seconds = timeout ?? container.record.config.StopTimeout ?? defaultTimeout;
    if (await within(exited.promise, seconds)) return;
    await sendSignal(needs, container, SIGKILL);
    await exited.promise;
  } finally {
    exited.cancel();
  }
}

/** Whether the promise resolves in time; negative seconds wait for ever. */
export async function within(promise: Promise<void>, seconds: number): Promise<boolean> {
  if (seconds < 0) {
    await promise;
    return true;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.min(seconds * 1000, 2 ** 31 - 1));
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
