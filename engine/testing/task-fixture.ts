import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { ContainerConfig, HostConfig } from '../../contract/engine-api/container.ts';
import { StdFrameDecoder } from '../../contract/stdcopy.ts';
import type { ExecSpec, TaskSpec } from '../containers/collaborators.ts';
import { type CrunTaskService, openTaskService } from '../runtime/task-service.ts';
import { shimdEntry } from './engine-entry.ts';
import { makeBusyboxRootfs } from './busybox-rootfs.ts';

/** A folder with an exec root, a busybox root file system that all tasks share, and services on them. */
export class TaskFixture {
  readonly directory = mkdtempSync('/tmp/slipway-task-');
  readonly rootfs = join(this.directory, 'rootfs');
  readonly execRoot = join(this.directory, 'run');
  tasks: CrunTaskService;
  #count = 0;

  private constructor() {
    this.tasks = openTaskService(this.execRoot, { idleSeconds: 1, shimdEntry });
  }

  static async make(): Promise<TaskFixture> {
    const fixture = new TaskFixture();
    mkdirSync(fixture.rootfs);
    await makeBusyboxRootfs(fixture.rootfs);
    return fixture;
  }

  /** A spec with a new id. No network namespace: the host's. */
  spec(command: string[], config: ContainerConfig = {}, hostConfig: HostConfig = {}): TaskSpec {
    const id = `${process.pid.toString(16)}${(this.#count++).toString(16)}`.padStart(12, '0');
    return {
      id,
      config: { Cmd: command, ...config },
      hostConfig,
      hostname: 'tester',
      rootfs: this.rootfs,
      mounts: [],
      netns: null,
      logPath: join(this.directory, `${id}.log`),
      logRotation: { maxSize: 0, maxFile: 1 },
    };
  }

  exec(containerId: string, args: string[]): ExecSpec {
    const execId = `exec${this.#count++}`;
    return { containerId, execId, args, env: [], cwd: '', user: '', tty: false, openStdin: false, privileged: false, attached: true };
  }

  /** Runs a command in a running container to its end. */
  async runExec(spec: ExecSpec): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    await this.tasks.exec(spec);
    const output = collect(await this.tasks.attach(spec.containerId, spec.execId, { stdin: false, stdout: true, stderr: true }), spec.tty);
    const { exitCode } = await this.tasks.wait(spec.containerId, spec.execId);
    return { exitCode, ...(await output) };
  }

  /** Runs a command to its end. */
  async run(command: string[], config: ContainerConfig = {}, hostConfig: HostConfig = {}): Promise<{ exitCode: number; stdout: string; stderr: string; oomKilled: boolean }> {
    const spec = this.spec(command, config, hostConfig);
    await this.tasks.create(spec);
    const output = collect(await this.tasks.attach(spec.id, null, { stdin: false, stdout: true, stderr: true }), config.Tty === true);
    await this.tasks.start(spec.id);
    const { exitCode, oomKilled } = await this.tasks.wait(spec.id, null);
    const said = await output;
    await this.tasks.delete(spec.id);
    return { exitCode, oomKilled, ...said };
  }

  /** Another engine on the same folders: the one before is gone without a word. */
  async replaceService(): Promise<void> {
    await this.tasks.close();
    this.tasks = openTaskService(this.execRoot, { idleSeconds: 1, shimdEntry });
  }

  shimdPid(): number {
    return Number(readFileSync(join(this.execRoot, 'shimd/shimd.pid'), 'utf8'));
  }

  log(id: string): { log: string; stream: string; time: string }[] {
    const text = readFileSync(join(this.directory, `${id}.log`), 'utf8');
    return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { log: string; stream: string; time: string });
  }

  /** Ends all tasks; shimd ends by itself. */
  async dispose(): Promise<void> {
    for (const { containerId } of await this.tasks.list()) await this.tasks.delete(containerId, { force: true });
    await this.tasks.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** All that an attach stream gives, taken apart unless it comes from a terminal. */
export async function collect(stream: Duplex, raw = false): Promise<{ stdout: string; stderr: string }> {
  const decoder = new StdFrameDecoder();
  const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (raw) parts.stdout.push(chunk);
    else for (const { stream: name, payload } of decoder.push(chunk)) if (name !== 'stdin') parts[name].push(payload);
  }
  return { stdout: Buffer.concat(parts.stdout).toString(), stderr: Buffer.concat(parts.stderr).toString() };
}
