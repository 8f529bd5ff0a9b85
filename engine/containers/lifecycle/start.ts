import { ConflictError, InvalidParameterError, messageOf, NotModifiedError } from '../../errors.ts';
import { nowTimestamp } from '../../lib/time/timestamp.ts';
import type { Sandbox, TaskMount } from '../collaborators.ts';
import { announce } from '../container-events.ts';
import type { Container, StartFailure } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { checkLinked, linkVariables } from '../links/linked-containers.ts';
import { refreshLinks } from '../links/refresh-links.ts';
import { logFolder, logTarget } from '../logs/log-target.ts';
import { sandboxRequest } from '../network-connections.ts';
import { removeLocked } from './remove.ts';
import { mountSharedMemory, sharedMemoryMount, sharedMemoryOf } from '../files/shared-memory.ts';

export type StartNeeds = Pick<ContainerDependencies, 'store' | 'snapshots' | 'mounter' | 'tasks' | 'network' | 'volumes' | 'events' | 'health' | 'log'>;

/**
 * `docker start`.
 * @throws NotModifiedError when it runs already, ConflictError for a paused one or one on its way out, and what {@link runContainer} throws
 */
export async function startContainer(needs: StartNeeds, reference: string): Promise<void> {
  const container = needs.store.resolve(reference);
  await container.lock.run(async () => {
    const { status } = container.state;
    if (status === 'running' || status === 'restarting') throw new NotModifiedError(`container ${container.id} runs already`);
    if (status === 'paused') throw new ConflictError('cannot start a paused container, try unpause instead');
    if (status === 'removing' || status === 'dead') throw new ConflictError('container is marked for removal and cannot be started');
    container.restartDelay = 0;
    await runContainer(needs, container, { restartCount: 0, manuallyStopped: false });
  });
}

/**
 * Runs a container that does not run: mounts → network → task → save → event. Whatever fails, all before it is undone and
 * the record says why. The caller holds the container's lock.
 * @param change goes into the record together with the new state.
 * @throws InvalidParameterError when the command cannot be run; the network's and the volumes' own errors
 */
export async function runContainer(needs: StartNeeds, container: Container, change: { restartCount: number; manuallyStopped?: boolean }): Promise<void> {
  const { store, snapshots, mounter, tasks, network, volumes } = needs;
  const { id, record } = container;
  const rootfs = store.rootfsOf(id);
  const undo: (() => Promise<void> | void)[] = [];
  try {
    if (record.links !== undefined) checkLinked(store, container);
    undo.push(() => mounter.unmount(rootfs));
    await mounter.mount(await snapshots.mounts(id), rootfs);
    const mounts = { containerId: id, mounts: record.mounts, directory: store.directoryOf(id) };
    undo.push(() => volumes.unprepare(mounts));
    await volumes.prepare({ ...mounts, rootfs });
    undo.push(() => mounter.unmount(sharedMemoryOf(store, id)));
    mountSharedMemory(store, container);

    undo.push(() => network.release(id));
    const sandbox = await network.connect(sandboxRequest(needs, container));

    undo.push(() => tasks.delete(id, { force: true }));
    const { pid } = await tasks.create({
      id,
      config: record.links === undefined ? record.config : { ...record.config, Env: [...linkVariables(store, container), ...(record.config.Env ?? [])] },
      hostConfig: record.hostConfig,
      hostname: record.config.Hostname ?? '',
      rootfs,
      mounts: taskMounts(needs, container, sandbox),
      netns: sandbox.netns,
      logPath: record.hostConfig.LogConfig?.Type === 'none' ? null : await logFolder(store.logPathOf(id, record.hostConfig.LogConfig?.Type)),
      logRotation: logTarget(record),
    });
    // Clients that attached before the start must not miss the first byte.
    for (const attach of container.pendingAttaches) await attach.connect();
    container.pendingAttaches.clear();
    await tasks.start(id);

    container.sandbox = sandbox;
    // A power cut ends the run, so only a policy that would start it again needs to outlive one.
    const sync = record.hostConfig.RestartPolicy?.Name !== 'no';
    const { state: before } = container;
    const finishedAt = 'finishedAt' in before ? before.finishedAt : undefined;
    await store.update(container, { ...change, ...needs.health.begin(container), state: { status: 'running', pid, startedAt: nowTimestamp(), finishedAt } }, { sync });
    needs.health.watch(container);
    await refreshLinks(needs, container);
    announce(needs.events, container, 'start');
  } catch (error) {
    container.sandbox = null;
    await undoAll(needs, container, undo);
    throw await recordFailure(needs, container, error);
  }
}

/** The user's mounts and the generated files of /etc, outer ones first. A user's own /etc/hosts stays. */
function taskMounts(needs: StartNeeds, container: Container, sandbox: Sandbox): TaskMount[] {
  const { mounts, hostConfig } = container.record;
  const asked = needs.volumes.toTaskMounts(mounts, hostConfig, needs.store.directoryOf(container.id));
  const sharedMemory = sharedMemoryMount(needs.store, container);
  if (sharedMemory !== undefined && !asked.some(({ destination }) => destination === sharedMemory.destination)) asked.push(sharedMemory);
  const taken = new Set(asked.map((mount) => mount.destination));
  const access = hostConfig.ReadonlyRootfs === true ? 'ro' : 'rw';
  const generated = sandbox.etcFiles
    .filter((file) => !taken.has(file.destination))
    .map((file): TaskMount => ({ type: 'bind', source: file.source, destination: file.destination, options: ['rbind', 'rprivate', access] }));
  const depth = (mount: TaskMount) => mount.destination.split('/').length;
  return [...asked, ...generated].sort((a, b) => depth(a) - depth(b));
}

async function undoAll(needs: StartNeeds, container: Container, undo: (() => Promise<void> | void)[]): Promise<void> {
  for (const attach of container.pendingAttaches) attach.cancel();
  container.pendingAttaches.clear();
  for (const step of undo.reverse()) {
    try {
      await step();
    } catch (error) {
      container.hasLeftovers = true;
      needs.log(`start ${container.name}: not cleaned up: ${messageOf(error)}`);
    }
  }
}

/** Writes the failure into the record, removes a container that wants to be, and answers the error for the client. */
async function recordFailure(needs: StartNeeds, container: Container, error: unknown): Promise<unknown> {
  const failure = classify(messageOf(error));
  const { state } = container;
  try {
    if (state.status === 'created') await needs.store.update(container, { state: { status: 'created', failure } });
    else if (state.status === 'exited' || state.status === 'restarting') {
      // As moby: only what says something takes the place of the last run's exit code.
      const exitCode = failure.exitCode === 128 && state.exitCode !== 0 ? state.exitCode : failure.exitCode;
      await needs.store.update(container, { state: { ...state, status: 'exited', exitCode, error: failure.message } });
    }
    container.tell({ kind: 'exit', exitCode: failure.exitCode, error: failure.message, neverRan: state.status !== 'restarting' });
    if (container.record.hostConfig.AutoRemove === true) await removeLocked(needs, container, { removeVolumes: true });
  } catch (saveError) {
    needs.log(`start ${container.name}: ${messageOf(saveError)}`);
  }
  // A command that cannot be run is the client's mistake. Source: moby daemon/errors.go `setExitCodeFromError`.
  return failure.exitCode === 128 ? error : new InvalidParameterError(failure.message, { cause: error });
}

/** Shells' exit codes for what could not be run; clients read them out of inspect. */
function classify(message: string): StartFailure {
  const lower = message.toLowerCase();
  if (lower.includes('permission denied')) return { exitCode: 126, message };
  if (lower.includes('not a directory')) {
    return {
      exitCode: 126,
      message: `${message}: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`,
    };
  }
  if (lower.includes('executable file not found') || lower.includes('no such file or directory')) return { exitCode: 127, message };
  return { exitCode: 128, message };
}
