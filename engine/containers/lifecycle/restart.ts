import { cancelRestart } from '../restarts/cancel-restart.ts';
import { announce } from '../container-events.ts';
import { isRunning } from '../container.ts';
import { parseSignal } from '../config/signals.ts';
import { stopSignalOf } from './kill.ts';
import { runContainer } from './start.ts';
import type { StartNeeds } from './start.ts';
import { stopRunning } from './stop.ts';
import type { StopOptions } from './stop.ts';

/** `docker restart`: stops it when it runs, and starts it. Neither its policy nor AutoRemove acts on the stop. */
export async function restartContainer(needs: StartNeeds, reference: string, options: StopOptions): Promise<void> {
  const container = needs.store.resolve(reference);
  const signal = options.signal === undefined || options.signal === '' ? stopSignalOf(container) : parseSignal(options.signal);
  container.restarting = true;
  try {
    await cancelRestart(needs, container);
    if (isRunning(container.state)) {
      await stopRunning(needs, container, signal, options.timeout);
      announce(needs.events, container, 'stop');
    }
    await container.lock.run(async () => {
      if (isRunning(container.state)) return;
      container.restartDelay = 0;
      await runContainer(needs, container, { restartCount: 0, manuallyStopped: false });
    });
  } finally {
    container.restarting = false;
  }
  announce(needs.events, container, 'restart');
}
