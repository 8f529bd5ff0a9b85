import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { dataDiskDamaged } from '../home/disk-damaged.ts';
import type { Hypervisor, LaunchedVm, LaunchRequest, VmDriver, VmExit, VmIdentity, VmMemory } from '../driver.ts';
import { removeStaleSockets, type InstanceFiles } from '../home/instance-files.ts';
import { isAlive, identifyProcess } from '../home/process-identity.ts';
import { VmStartError } from '../start-error.ts';
import { chooseAccelerators, hostProbe, type AcceleratorProbe } from './accelerator.ts';
import { guardNetwork } from '../network-guard/network-guard.ts';
import { dataNode, qemuArguments } from './command-line.ts';
import { Forwards } from './forwards/forwards.ts';
import { locateQemu, type HostSystem, type QemuInstallation } from './installation.ts';
import { loadState, saveState, suspendState } from './migration.ts';
import { QmpClient } from './qmp-client.ts';
import { snapshotIdentity } from './snapshot-identity.ts';

const run = promisify(execFile);
/** QEMU opens its sockets within 50 ms; a machine under heavy load takes seconds. */
const launchDeadlineMs = 15_000;
const keptComplaints = 30;

export interface QemuDriverOptions {
  host?: HostSystem;
  probe?: AcceleratorProbe;
}

/** Runs the VM in QEMU. See command-line.ts for what was run where. */
export function createQemuDriver({ host = { platform: process.platform, environment: process.env }, probe = hostProbe }: QemuDriverOptions = {}): VmDriver {
  return {
    diskFormat: 'qcow2',
    locate: async (arch, files) => {
      const qemu = await locateQemu(arch, host, files.knownQemu);
      return {
        name: `QEMU ${qemu.version}`,
        createDisk: async (path, bytes) => {
          await run(qemu.img, ['create', '-q', '-f', 'qcow2', path, String(bytes)]);
          await chmod(path, 0o600);
        },
        growDisk: async (path, bytes) => {
          await run(qemu.img, ['resize', '-q', '-f', 'qcow2', path, String(bytes)]);
        },
        accelerators: (choice, guest) => chooseAccelerators(choice, guest, probe),
        snapshotIdentity: (vm) => snapshotIdentity(qemu, host, vm, argumentsOf(host, vm)),
        launch: (request) => launch(qemu, host, request),
      } satisfies Hypervisor;
    },
    endOrphan,
  };
}

async function launch(qemu: QemuInstallation, host: HostSystem, request: LaunchRequest): Promise<LaunchedVm> {
  const { files } = request;
  await removeStaleSockets(files);
  const names = endpointNames(host.platform, files);
  const args = argumentsOf(host, request, request.memory);
  const [command, ...rest] = [...qemu.prefix, qemu.system, ...args];
  // A group of its own: Ctrl-C is for us, who power the guest off in order; QEMU would end at once.
  const state = request.state === undefined ? null : await open(request.state, 'r');
  const child = spawn(command ?? qemu.system, rest, { detached: host.platform !== 'win32', windowsHide: true, stdio: ['ignore', 'pipe', 'pipe', ...(state === null ? [] : [state.fd])], env: host.environment });
  const complaints: string[] = [];
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaints.push(...text.split('\n').map((line) => line.trim()).filter((line) => line !== ''));
    complaints.splice(0, complaints.length - keptComplaints);
  });
  const exited = exitOf(child);
  let spawnError: Error | null = null;
  child.once('error', (error) => (spawnError = error));
  try {
    await state?.close();
    if (child.pid !== undefined) await request.started(child.pid);
    const qmp = await connectQmp(names.connect.qmp, exited, request.signal);
    if (host.platform !== 'win32') await Promise.all([names.connect.qmp, ...names.connect.channels, ...Object.values(names.connect.guard)].map((path) => chmod(path, 0o600)));
    // Before the guest's kernel runs its first program: until then nothing passes.
    const guard = await guardNetwork({ sockets: names.connect.guard, hostAccess: () => request.hostAccess() });
    void exited.then(() => guard.close());
    const forwards = new Forwards({ monitor: async (line) => String(await qmp.execute('human-monitor-command', { 'command-line': line })), connections: guard.forwarded });
    return launchedVm(child, qmp, exited, complaints, forwards, { channels: names.connect.channels.slice(0, -1), filePort: names.connect.channels.at(-1)!, migration: files.migrationSocket });
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    request.signal.throwIfAborted();
    throw launchFailure(spawnError ?? error, complaints, files);
  }
}

function argumentsOf(host: HostSystem, { files, image, settings, accelerator }: VmIdentity, memory?: VmMemory): string[] {
  if (accelerator === 'hyperv') throw new Error('QEMU has no accelerator of that name');
  const { memoryMiB, cpus } = settings;
  const own = { dataDisk: files.dataDisk, keyFile: files.key, orderFile: files.order };
  return qemuArguments({ platform: host.platform, image, accelerator, memoryMiB, cpus, ...own, ...(memory === undefined ? {} : { memory }), ...endpointNames(host.platform, files).given });
}

/** Windows: Node connects to named pipes only, and QEMU makes them below the same name. */
function endpointNames(platform: NodeJS.Platform, files: InstanceFiles) {
  if (platform !== 'win32') {
    const names = { qmp: files.qmpSocket, channels: [...files.channelSockets, files.fileSocket], guard: files.guardSockets };
    return { given: names, connect: names };
  }
  const prefix = `slipway-${process.pid}-${basename(files.home)}`;
  const given = { qmp: `${prefix}-qmp`, channels: [...files.channelSockets, files.fileSocket].map((_, index) => `${prefix}-channel-${index}`), guard: { outgoing: `${prefix}-net-outgoing`, allowed: `${prefix}-net-allowed` } };
  const pipe = (name: string) => `\\\\.\\pipe\\${name}`;
  return { given, connect: { qmp: pipe(given.qmp), channels: given.channels.map(pipe), guard: { outgoing: pipe(given.guard.outgoing), allowed: pipe(given.guard.allowed) } } };
}

function exitOf(child: ChildProcess): Promise<VmExit> {
  return new Promise((resolve) => {
    // `close`, not `exit`: by then the console and the complaints have been read to their end.
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
}

/** Tries until QEMU listens, has ended, or the deadline is there. */
async function connectQmp(path: string, exited: Promise<VmExit>, signal: AbortSignal): Promise<QmpClient> {
  let ended: VmExit | null = null;
  void exited.then((exit) => (ended = exit));
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(launchDeadlineMs)]);
  for (;;) {
    try {
      return await QmpClient.connect(path, deadline);
    } catch (error) {
      if (ended !== null) throw new Error('QEMU ended at once', { cause: error });
      if (deadline.aborted) throw new Error(`QEMU did not answer within ${launchDeadlineMs / 1000} s`, { cause: error });
    }
    await delay(5);
  }
}

function launchedVm(child: ChildProcess, qmp: QmpClient, exited: Promise<VmExit>, complaints: string[], forwards: Forwards, sockets: { channels: string[]; filePort: string; migration: string }): LaunchedVm {
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new Error('QEMU has no process');
  void exited.then(() => qmp.close());
  return {
    pid,
    console: stdout,
    complaints: () => [...complaints],
    exited,
    channels: sockets.channels,
    filePort: sockets.filePort,
    dial: (guestPort) => forwards.dial(guestPort),
    onGuestPort: (listener) => {
      qmp.onEvent(({ event, data }) => {
        if (event === 'VSERPORT_CHANGE' && data.id !== `channel${sockets.channels.length}`) listener(data.open === true);
      });
    },
    onDiskFull: (listener) => {
      qmp.onEvent(({ event, data }) => {
        if (event === 'BLOCK_IO_ERROR' && data.nospace === true && data.action === 'stop') listener();
      });
    },
    growDisk: async (bytes) => {
      await qmp.execute('block_resize', { 'node-name': dataNode, size: bytes });
    },
    resume: async () => {
      await qmp.execute('cont');
    },
    save: (stateFile) => saveState(qmp, sockets.migration, stateFile),
    suspend: (stateFile, signal) => suspendState(qmp, sockets.migration, stateFile, signal),
    load: (beforeGoingOn) => loadState(qmp, beforeGoingOn),
    quit: async () => {
      // The answer may be lost when QEMU is quicker than its socket.
      await qmp.execute('quit').catch(() => undefined);
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** QEMU's own complaint, sorted by what a person can do about it. */
function launchFailure(error: unknown, complaints: string[], files: InstanceFiles): VmStartError {
  const words = complaints.join('\n');
  const message = error instanceof Error ? error.message : String(error);
  if (/Failed to get "write" lock|Failed to get shared "write" lock/.test(words)) {
    return new VmStartError({
      code: 'already-running',
      phase: 'hypervisor',
      message: `Another VM is using the data disk ${files.dataDisk}.`,
      steps: [{ text: 'End the other Slipway or QEMU process, then try again.', action: 'retry' }],
      lastLines: complaints,
    });
  }
  if (words.includes(files.dataDisk)) return dataDiskDamaged(files.dataDisk, 'QEMU cannot open it', 'hypervisor', complaints);
  const memory = /Cannot allocate memory|cannot set up guest memory/i.test(words);
  return new VmStartError(
    {
      code: 'qemu-failed',
      phase: 'hypervisor',
      message: memory ? 'QEMU could not get the memory that the settings give to the VM.' : `QEMU did not start: ${complaints.at(-1) ?? message}.`,
      steps: [
        ...(memory ? [{ text: 'Close other programs, or give the VM less memory in the settings, then try again.', action: 'retry' as const }] : [{ text: 'Try again.', action: 'retry' as const }]),
        { text: 'Start without hardware acceleration.', action: 'restart-without-acceleration' },
      ],
      lastLines: complaints,
    },
    { cause: error },
  );
}

/** First in order, through QMP, then by force. */
async function endOrphan(pid: number, files: InstanceFiles): Promise<void> {
  const identity = await identifyProcess(pid);
  if (identity === null) return;
  const deadline = AbortSignal.timeout(5000);
  const qmp = await QmpClient.connect(files.qmpSocket, deadline).catch(() => null);
  await qmp?.execute('quit').catch(() => undefined);
  qmp?.close();
  if (qmp === null) process.kill(pid, 'SIGTERM');
  while (await isAlive(identity)) {
    if (deadline.aborted) process.kill(pid, 'SIGKILL');
    await delay(20);
  }
}
