import { messageOf } from '../../errors.ts';
import { parseTimestamp } from '../../lib/time/timestamp.ts';
import type { TaskExit } from '../collaborators.ts';
import { announce } from '../container-events.ts';
import { isRunning } from '../container.ts';
import type { Container, Ended } from '../container.ts';
import { removeLocked } from './remove.ts';
import { sharedMemoryOf } from '../files/shared-memory.ts';
import { restartDelay } from '../restarts/restart-policy.ts';
import { runContainer } from './start.ts';
import type { StartNeeds } from './start.ts';

/**
 * What follows the end of a container's init process: its network and mounts go, the exit code is saved and announced, and
 * its policy starts it again or AutoRemove removes it. Never rejects: nobody waits who could act on it.
 */
export async function handleExit(needs: StartNeeds, container: Container, exit: TaskExit): Promise<void> {
  await container.lock
    .run(async () => {
      const { state } = container;
      if (!isRunning(state)) return;
      const ended: Ended = { exitCode: exit.exitCode, error: '', oomKilled: exit.oomKilled, startedAt: state.startedAt, finishedAt: exit.exitedAt };
      container.sandbox = null;
      // Before anybody hears of the exit: whoever hears of it may at once reuse the published port.
      await attempt(needs, container, () => needs.network.release(container.id));
      await settle(needs, container, ended, cleanUp(needs, container));
    })
    .catch((error: unknown) => needs.log(`exit of ${container.name}: ${messageOf(error)}`));
}

/** Takes away what a run leaves: its task and its mount. What cannot be taken away is tried again when it is removed. */
async function cleanUp(needs: StartNeeds, container: Container): Promise<void> {
  await attempt(needs, container, async () => {
    await needs.tasks.delete(container.id, { force: true });
    await needs.mounter.unmount(needs.store.rootfsOf(container.id));
    await needs.mounter.unmount(sharedMemoryOf(needs.store, container.id));
    await needs.volumes.unprepare({ containerId: container.id, mounts: container.record.mounts, directory: needs.store.directoryOf(container.id) });
  });
}

async function attempt(needs: StartNeeds, container: Container, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    container.hasLeftovers = true;
    needs.log(`exit of ${container.name}: not cleaned up: ${messageOf(error)}`);
  }
}

/**
 * Decides between exited, restarting and removed. The caller holds the lock.
 * @param cleaned resolves once nothing of the run is left; the exit is announced before.
 */
async function settle(needs: StartNeeds, container: Container, ended: Ended, cleaned: Promise<void>): Promise<void> {
  const { record } = container;
  const ranFor = Number((parseTimestamp(ended.finishedAt) ?? 0n) - (parseTimestamp(ended.startedAt) ?? 0n)) / 1e6;
  const delay = container.restarting || needs.store.shuttingDown
    ? null
    : restartDelay(record.hostConfig.RestartPolicy!, {
        exitCode: ended.exitCode,
        manuallyStopped: record.manuallyStopped,
        restartCount: record.restartCount,
        ranFor,
        lastDelay: container.restartDelay,
      });
  const removes = delay === null && record.hostConfig.AutoRemove === true && !container.restarting;
  // Whoever sees the new state finds the event: it does not wait for the disk.
  const saved = needs.store
    .update(container, { ...needs.health.unwatch(container), state: { status: delay === null ? 'exited' : 'restarting', ...ended } }, { sync: !removes })
    .catch((error: unknown) => needs.log(`exit of ${container.name}: ${messageOf(error)}`));
  if (ended.oomKilled) announce(needs.events, container, 'oom');
  announce(needs.events, container, 'die', { exitCode: String(ended.exitCode), execDuration: String(Math.max(0, Math.floor(ranFor / 1000))) });
  await saved;
  if (delay !== null) {
    scheduleRestart(needs, container, delay);
    await cleaned;
    return;
  }
  container.tell({ kind: 'exit', exitCode: ended.exitCode, error: ended.error });
  await cleaned;
  if (removes) await removeLocked(needs, container, { removeVolumes: true });
}

/** Starts the container again after `delay` milliseconds, unless somebody gives the restart up before. */
export function scheduleRestart(needs: StartNeeds, container: Container, delay: number): void {
  container.restartDelay = delay;
  container.restartTimer = setTimeout(() => {
    container.restartTimer = undefined;
    container.lock
      .run(async () => {
        if (container.state.status !== 'restarting') return;
        await runContainer(needs, container, { restartCount: container.record.restartCount + 1 });
      })
      .catch((error: unknown) => needs.log(`restart of ${container.name} by its policy: ${messageOf(error)}`));
  }, delay);
}
