import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Resources } from '../../contract/engine-api/container.ts';
import type { ExecSpec, TaskExit, TaskService, TaskSpec, TaskStatus } from '../containers/collaborators.ts';
import { ConflictError, InternalError, NotFoundError } from '../errors.ts';
import type { ProcessStatus, RunResult } from '../shimd/protocol.ts';
import { BundleStore } from './bundle.ts';
import { type CgroupStats, readCgroupStats } from './cgroup-stats.ts';
import { cgroupDirectories, cgroupDirectory, cgroupPids, oomFile } from './cgroup.ts';
import { Crun, runtimeError } from './crun.ts';
import { execProcess } from './exec-process.ts';
import { hostDevices, resolveDevices } from './oci/devices.ts';
import { liftLimits } from './lift-limits.ts';
import { type HostFacts, readHostFacts } from './oci/host-facts.ts';
import { sharedContainer } from './oci/namespaces.ts';
import { ociSpec } from './oci/oci-spec.ts';
import { changedResources } from './oci/resources.ts';
import { readAccountFiles, resolveUser } from './oci/user.ts';
import { SeccompCache } from './seccomp-cache.ts';
import { ShimdClient, toEngineError } from './shimd-client.ts';
import { type RequestBody, ShimdError } from './shimd-connection.ts';
import type { ShimdOptions } from './shimd-process.ts';
import { ensureWorkingDirectory } from './working-directory.ts';

export interface TaskServiceOptions {
  shimd: ShimdOptions;
  /** crun's own state. */
  crunRoot: string;
  /** Bundles of running containers. */
  bundleRoot: string;
  facts?: HostFacts;
}

const sigkill = 9;

/** Runs containers with crun, under the care of shimd. */
export class CrunTaskService implements TaskService {
  readonly #shimd: ShimdClient;
  readonly #crun: Crun;
  readonly #bundles: BundleStore;
  readonly #facts: HostFacts;
  readonly #seccomp = new SeccompCache();
  readonly #listeners = new Set<(exit: TaskExit) => void>();

  constructor(options: TaskServiceOptions) {
    this.#crun = new Crun(options.crunRoot);
    this.#bundles = new BundleStore(options.bundleRoot);
    this.#facts = options.facts ?? readHostFacts();
    this.#shimd = new ShimdClient(options.shimd, (exit) => this.#listeners.forEach((listener) => listener(exit)));
  }

  /** Reaches or starts shimd now, so that the first container need not wait for it. */
  async open(): Promise<void> {
    await this.#shimd.open();
  }

  /** Leaves all containers running. */
  async close(): Promise<void> {
    await this.#shimd.close();
  }

  async create(spec: TaskSpec): Promise<{ pid: number }> {
    const { id, config, hostConfig } = spec;
    const pids = await this.#pidsOfShared(spec);
    const user = resolveUser(config.User ?? '', hostConfig.GroupAdd ?? [], readAccountFiles(spec.rootfs));
    const devices = resolveDevices(hostConfig.Devices ?? [], hostConfig.DeviceCgroupRules ?? []);
    if (hostConfig.Privileged === true) devices.devices = [...hostDevices(), ...devices.devices];
    const oci = ociSpec(spec, { facts: this.#facts, user, devices, pidOf: (containerId) => pids.get(containerId)! });
    ensureWorkingDirectory(spec.rootfs, oci.process.cwd);
    const filterToLearn = this.#seccomp.apply(oci);
    const bundle = this.#bundles.write(id, oci);
    const tty = config.Tty === true;
    const [rows, columns] = hostConfig.ConsoleSize ?? [0, 0];
    try {
      const { pid } = await this.#shimd.request<{ pid: number }>({
        op: 'launch',
        containerId: id,
        execId: null,
        command: this.#crun.create(id, bundle, tty),
        tty,
        openStdin: config.OpenStdin === true,
        stdinOnce: config.StdinOnce === true,
        ...(tty && rows > 0 && columns > 0 ? { size: { rows, columns } } : {}),
        log: spec.logPath === null ? null : { path: spec.logPath, ...spec.logRotation },
        oomFile: oomFile(this.#facts.cgroupVersion, oci.linux.cgroupsPath),
      });
      if (filterToLearn !== undefined) await this.#seccomp.learn(filterToLearn, this.#crun, id);
      return { pid };
    } catch (error) {
      // When shimd is gone, crun may have got anywhere: the bundle tells `delete` which cgroup it may have made.
      if (error instanceof ShimdError) this.#bundles.remove(id);
      if (error instanceof ShimdError && error.failure.code === 'launch-failed') throw runtimeError('create', error.message, oci.process);
      throw translated(error);
    }
  }

  async start(containerId: string): Promise<void> {
    if (await this.#ask<boolean>({ op: 'release', containerId, fifo: this.#crun.startFifo(containerId) })) return;
    const result = await this.#run(this.#crun.start(containerId), { containerId, state: 'running' });
    if (result.exitCode !== 0) throw runtimeError('start', result.stderr.trim(), this.#bundles.read(containerId).process);
  }

  async exec(spec: ExecSpec): Promise<{ pid: number }> {
    const { containerId, execId, tty } = spec;
    const process = execProcess(spec, this.#bundles.read(containerId), this.#facts);
    const file = this.#bundles.writeProcess(containerId, execId, process);
    try {
      return await this.#shimd.request<{ pid: number }>({
        op: 'launch',
        containerId,
        execId,
        command: this.#crun.exec(containerId, file, tty),
        tty,
        openStdin: spec.openStdin,
        stdinOnce: true,
        ...(tty && spec.consoleSize !== undefined ? { size: { rows: spec.consoleSize[0], columns: spec.consoleSize[1] } } : {}),
        awaitAttach: spec.attached,
        oomScoreAdj: process.oomScoreAdj ?? 0,
        log: null,
        oomFile: null,
      });
    } catch (error) {
      if (error instanceof ShimdError && error.failure.code === 'launch-failed') throw runtimeError('exec', error.message, process);
      throw translated(error);
    } finally {
      rmSync(file, { force: true });
    }
  }

  async kill(containerId: string, signal: number): Promise<void> {
    await this.#ask({ op: 'kill', containerId, execId: null, signal });
  }

  async killExec(containerId: string, execId: string, signal: number): Promise<void> {
    await this.#ask({ op: 'kill', containerId, execId, signal });
  }

  async pause(containerId: string): Promise<void> {
    const result = await this.#freeze(this.#crun.pause(containerId), { containerId, state: 'paused' });
    if (result.exitCode !== 0) throw new ConflictError(`cannot pause container ${containerId}: ${result.stderr.trim()}`);
  }

  async resume(containerId: string): Promise<void> {
    const result = await this.#freeze(this.#crun.resume(containerId), { containerId, state: 'running' });
    if (result.exitCode !== 0) throw new ConflictError(`cannot resume container ${containerId}: ${result.stderr.trim()}`);
  }

  async update(containerId: string, change: Resources): Promise<void> {
    liftLimits(this.#facts.cgroupVersion, this.#bundles.read(containerId).linux.cgroupsPath, change);
    const resources = changedResources(change, this.#facts);
    if (Object.keys(resources).length === 0) return;
    const file = this.#bundles.writeResources(containerId, resources);
    try {
      const result = await this.#run(this.#crun.update(containerId, file));
      if (result.exitCode !== 0) throw new InternalError(result.stderr.trim() || `crun update ended with code ${result.exitCode}`);
    } finally {
      rmSync(file, { force: true });
    }
  }

  async resize(containerId: string, execId: string | null, size: { rows: number; columns: number }): Promise<void> {
    await this.#ask({ op: 'resize', containerId, execId, ...size });
  }

  async attach(containerId: string, execId: string | null, streams: { stdin: boolean; stdout: boolean; stderr: boolean }): Promise<Duplex> {
    return this.#shimd.attach({ containerId, execId, ...streams });
  }

  async delete(containerId: string, options: { force?: boolean } = {}): Promise<void> {
    const own = await this.#shimd.list(containerId);
    const live = own.filter((process) => process.exit === null);
    if (live.length > 0 && options.force !== true) throw new ConflictError(`container ${containerId} is running: stop it first, or force its removal`);
    for (const { execId } of live) await this.#ask({ op: 'kill', containerId, execId, signal: sigkill }).catch(ignoreEnded);
    // A frozen process of cgroup v1 dies once it is thawed.
    if (live.some((process) => process.state === 'paused')) await this.#freeze(this.#crun.resume(containerId), { containerId, state: 'running' });
    for (const { execId } of live) await this.wait(containerId, execId);
    await this.#deleteFromCrun(containerId);
    await this.#ask({ op: 'forget', containerId });
    this.#shimd.forgetAnnounced(containerId);
    this.#bundles.remove(containerId);
  }

  async wait(containerId: string, execId: string | null): Promise<TaskExit> {
    return this.#ask<TaskExit>({ op: 'wait', containerId, execId });
  }

  async list(): Promise<TaskStatus[]> {
    return (await this.#shimd.list()).filter(({ execId }) => execId === null).map(toTaskStatus);
  }

  async execs(containerId: string): Promise<string[]> {
    const processes = await this.#shimd.list(containerId);
    return processes.flatMap(({ execId, exit }) => (execId === null || exit !== null ? [] : [execId]));
  }

  async removeStrays(): Promise<string[]> {
    const known = new Set((await this.#shimd.list()).map(({ containerId }) => containerId));
    const strays = new Set([...this.#crun.containers(), ...this.#bundles.list()].filter((id) => !known.has(id)));
    for (const id of strays) {
      await this.#deleteFromCrun(id);
      this.#bundles.remove(id);
    }
    return [...strays];
  }

  async pids(containerId: string): Promise<number[]> {
    const { cgroupsPath } = this.#bundles.read(containerId).linux;
    return Promise.resolve(cgroupPids(cgroupDirectory(this.#facts.cgroupVersion, cgroupsPath, 'pids')));
  }

  async stats(containerId: string): Promise<CgroupStats> {
    return Promise.resolve(readCgroupStats(this.#facts.cgroupVersion, this.#bundles.read(containerId).linux.cgroupsPath));
  }

  onExit(listener: (exit: TaskExit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #deleteFromCrun(containerId: string): Promise<void> {
    const cgroups = this.#cgroupsOf(containerId);
    if (await this.#crun.forget(containerId, cgroups)) return;
    const result = await this.#run(this.#crun.deleteForced(containerId));
    if (result.exitCode !== 0) throw new InternalError(`cannot delete container ${containerId}: ${result.stderr.trim()}`);
    // crun does not know a container whose creation was cut off; whoever was killed in its cgroup takes a moment to leave.
    for (let attempt = 0; attempt < 50 && !(await this.#crun.forget(containerId, cgroups)); attempt += 1) await delay(20);
  }

  #cgroupsOf(containerId: string): string[] {
    try {
      return cgroupDirectories(this.#facts.cgroupVersion, this.#bundles.read(containerId).linux.cgroupsPath);
    } catch (error) {
      if (error instanceof NotFoundError) return [];
      throw error;
    }
  }

  /** Requests that may be sent twice: what they ask for holds afterwards either way. */
  async #ask<T = unknown>(body: RequestBody): Promise<T> {
    try {
      return await this.#shimd.request<T>(body, true);
    } catch (error) {
      throw translated(error);
    }
  }

  async #run(command: string[], transition?: { containerId: string; state: 'running' }): Promise<RunResult> {
    return this.#shimd.request<RunResult>({ op: 'run', command, ...(transition === undefined ? {} : { transition }) });
  }

  /** What was frozen or thawed already stays so: a shimd that died over it is asked once more, or a container would stand still that nobody paused. */
  async #freeze(command: string[], transition: { containerId: string; state: 'running' | 'paused' }): Promise<RunResult> {
    return this.#shimd.request<RunResult>({ op: 'run', command, transition }, true);
  }

  /** Process numbers of the containers whose namespaces are to be shared. */
  async #pidsOfShared({ hostConfig }: TaskSpec): Promise<Map<string, number>> {
    const shared = [hostConfig.PidMode, hostConfig.IpcMode].map(sharedContainer).filter((id) => id !== undefined);
    const pids = new Map<string, number>();
    if (shared.length === 0) return pids;
    const running = await this.#shimd.list();
    for (const id of shared) {
      const found = running.find((process) => process.containerId === id && process.execId === null && process.exit === null);
      if (found === undefined) throw new ConflictError(`cannot join the namespace of a non running container: ${id}`);
      pids.set(id, found.pid);
    }
    return pids;
  }
}

/** Builds the service on the folders of an engine. */
export function openTaskService(execRoot: string, options: { shimdEntry?: string; idleSeconds?: number } = {}): CrunTaskService {
  // shimd and crun run in `/`.
  const root = resolve(execRoot);
  return new CrunTaskService({
    shimd: { directory: join(root, 'shimd'), entry: options.shimdEntry, idleSeconds: options.idleSeconds },
    crunRoot: join(root, 'crun'),
    bundleRoot: join(root, 'bundles'),
  });
}

function toTaskStatus({ containerId, pid, state, exit }: ProcessStatus): TaskStatus {
  return exit === null ? { containerId, pid, status: state } : { containerId, pid, status: 'stopped', exit };
}

function translated(error: unknown): unknown {
  return error instanceof ShimdError ? toEngineError(error.failure) : error;
}

function ignoreEnded(error: unknown): void {
  if (!(error instanceof ConflictError) && !(error instanceof NotFoundError)) throw error;
}
