import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { nowTimestamp } from '../../lib/time/timestamp.ts';
import type { TaskExit, TaskStatus } from '../collaborators.ts';
import { isRunning } from '../container.ts';
import type { Container } from '../container.ts';
import { handleExit, scheduleRestart } from './exit.ts';
import { endProbes } from '../health/probe.ts';
import { sandboxRequest } from '../network-connections.ts';
import { removeLocked } from './remove.ts';
import { startsWithEngine } from '../restarts/restart-policy.ts';
import { runContainer } from './start.ts';
import type { StartNeeds } from './start.ts';

/** What an engine found when it started, for its log. */
export interface ReconcileReport {
  adopted: number;
  ended: number;
  removed: number;
  restarted: number;
  leftovers: number;
}

/** What a container's end is when nobody collected it (the machine went down): dockerd's value too. */
const unknownExit = 255;

/**
 * Brings records and reality together when the engine starts: running containers are adopted, ended ones get their exit,
 * removals that had begun are finished, and what belongs to no container goes. Must have ended before the API answers.
 */
export async function reconcile(needs: StartNeeds): Promise<ReconcileReport> {
  const report: ReconcileReport = { adopted: 0, ended: 0, removed: 0, restarted: 0, leftovers: 0 };
  const tasks = new Map((await needs.tasks.list()).map((task) => [task.containerId, task]));
  const containers = needs.store.list();
  for (const { id, record, state } of containers) {
    needs.volumes.adopt({ containerId: id, hostConfig: record.hostConfig, mounts: record.mounts, hasRun: state.status !== 'created', runs: isRunning(state) });
  }
  const alive = containers.filter((container) => isRunning(container.state) && isAlive(tasks.get(container.id)));
  const sandboxes = await needs.network.restore(alive.map((container) => sandboxRequest(needs, container)));

  for (const container of containers) {
    const task = tasks.get(container.id);
    tasks.delete(container.id);
    try {
      if (container.state.status === 'removing' || container.state.status === 'dead') {
        container.hasLeftovers = true;
        await container.lock.run(() => removeLocked(needs, container, { removeVolumes: container.record.hostConfig.AutoRemove === true }));
        report.removed += 1;
      } else if (isRunning(container.state)) {
        if (task !== undefined && isAlive(task)) {
          container.sandbox = sandboxes.get(container.id) ?? null;
          await adopt(needs, container, task);
          report.adopted += 1;
        } else {
          await handleExit(needs, container, task?.exit ?? lostExit(container));
          report.ended += 1;
        }
      } else {
        if (task !== undefined) {
          // Made for a start that the engine did not live to finish.
          container.hasLeftovers = true;
          await needs.tasks.delete(container.id, { force: true });
          report.leftovers += 1;
        }
        // Nobody is left who would start it: its client went away with the engine. dockerd does the same when it starts.
        if (container.record.hostConfig.AutoRemove === true) {
          container.hasLeftovers = true;
          await container.lock.run(() => removeLocked(needs, container, { removeVolumes: true }));
          report.removed += 1;
        }
      }
    } catch (error) {
      needs.log(`reconcile ${container.name}: ${messageOf(error)}`);
    }
  }
  for (const id of tasks.keys()) {
    await needs.tasks.delete(id, { force: true }).catch((error: unknown) => needs.log(`reconcile task ${id}: ${messageOf(error)}`));
    report.leftovers += 1;
  }
  const strays = await needs.tasks.removeStrays().catch((error: unknown) => {
    needs.log(`reconcile: what was left of tasks stays: ${messageOf(error)}`);
    return [];
  });
  const mounts = await removeStaleMounts(needs);
  const volumes = await needs.volumes.unmountUnused();
  const { folders, snapshots } = await removeStaleFolders(needs);
  report.leftovers += strays.length + mounts.length + volumes + folders.length + snapshots.length;
  sayRemoved(needs, 'tasks that were half made', strays.map(shortId));
  sayRemoved(needs, 'mounts of containers that do not run', mounts);
  if (volumes > 0) needs.log(`removed ${volumes} mounts of volumes that nobody runs with`);
  sayRemoved(needs, 'folders of containers that are gone', folders.map(shortId));
  sayRemoved(needs, 'snapshots of containers that are gone', snapshots.map(shortId));
  return report;
}

/**
 * Starts what its restart policy wants to run, and goes on with restarts that were waiting. To be called once the API
 * answers: a hundred containers must not delay it.
 */
export async function startByPolicy(needs: StartNeeds): Promise<number> {
  let started = 0;
  for (const container of needs.store.list()) {
    const { state, record } = container;
    if (state.status === 'restarting') {
      scheduleRestart(needs, container, 0);
      continue;
    }
    if (state.status !== 'exited' || container.restartTimer !== undefined) continue;
    const run = { exitCode: state.exitCode, manuallyStopped: record.manuallyStopped, restartCount: record.restartCount };
    if (!startsWithEngine(record.hostConfig.RestartPolicy!, run)) continue;
    await container.lock
      .run(async () => {
        if (container.state.status !== 'exited') return;
        await runContainer(needs, container, { restartCount: 0 });
        started += 1;
      })
      .catch((error: unknown) => needs.log(`start of ${container.name} by its policy: ${messageOf(error)}`));
  }
  return started;
}

function isAlive(task: TaskStatus | undefined): boolean {
  return task !== undefined && (task.status === 'running' || task.status === 'paused');
}

/** The record may be a pause behind: the task tells. What only a commit had paused goes on. */
async function adopt(needs: StartNeeds, container: Container, task: TaskStatus): Promise<void> {
  const { state } = container;
  if (!isRunning(state)) return;
  const goesOn = task.status === 'paused' && state.pausing !== undefined;
  if (goesOn) await needs.tasks.resume(container.id);
  const status = task.status === 'paused' && !goesOn ? 'paused' : 'running';
  if (state.status !== status || state.pid !== task.pid || state.pausing !== undefined) {
    await needs.store.note(container, { state: { status, pid: task.pid, startedAt: state.startedAt, finishedAt: state.finishedAt } });
  }
  if (container.record.health !== undefined) await endProbes(needs, container.id);
  needs.health.watch(container);
}

function lostExit(container: Container): TaskExit {
  return { containerId: container.id, execId: null, exitCode: unknownExit, exitedAt: nowTimestamp(), oomKilled: false };
}

/** Root file systems, and mounts beside them, of containers that do not run. */
async function removeStaleMounts(needs: StartNeeds): Promise<string[]> {
  const running = new Set(needs.store.list().filter(({ state }) => isRunning(state)).map(({ id }) => needs.store.directoryOf(id)));
  const stale = (await needs.mounter.below(needs.store.directory)).filter((target) => ![...running].some((directory) => target.startsWith(`${directory}/`)));
  for (const target of stale) await needs.mounter.unmount(target);
  return stale;
}

/** Folders of containers whose record never came to be or is gone; their snapshots go with them. */
async function removeStaleFolders(needs: StartNeeds): Promise<{ folders: string[]; snapshots: string[] }> {
  const folders: string[] = [];
  const snapshots: string[] = [];
  for (const entry of await readdir(needs.store.directory, { withFileTypes: true })) {
    if (!entry.isDirectory() || !/^[0-9a-f]{64}$/.test(entry.name) || needs.store.get(entry.name) !== undefined) continue;
    await rm(join(needs.store.directory, entry.name), { recursive: true, force: true });
    folders.push(entry.name);
  }
  for (const snapshot of await needs.snapshots.list()) {
    // A container's own, and those of images that it mounts.
    const owner = /^([0-9a-f]{64})(?:-image-\d+)?$/.exec(snapshot.keyOrName)?.[1];
    if (snapshot.kind !== 'active' || owner === undefined || needs.store.get(owner) !== undefined) continue;
    await needs.snapshots.remove(snapshot.keyOrName);
    snapshots.push(snapshot.keyOrName);
  }
  return { folders, snapshots };
}

/** How many of a kind are named. */
const namedAtMost = 20;

function sayRemoved(needs: StartNeeds, what: string, names: string[]): void {
  if (names.length === 0) return;
  const rest = names.length > namedAtMost ? ` and ${names.length - namedAtMost} more` : '';
  needs.log(`removed ${names.length} ${what}: ${names.slice(0, namedAtMost).join(', ')}${rest}`);
}

function shortId(id: string): string {
  return id.slice(0, 12);
}
