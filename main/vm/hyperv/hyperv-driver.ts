import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Hypervisor, LaunchedVm, LaunchRequest, VmDriver } from '../driver.ts';
import type { InstanceFiles } from '../home/instance-files.ts';
import { hypervFailure, missingPart, noBootDisk, noPowershell } from './hyperv-failure.ts';
import { PowershellError, PowershellSession, runScript, type HypervHost } from './powershell.ts';
import { createDiskScript, growDiskScript, probeScript, removeScript, runScriptOf, type HypervFacts, type HypervVm } from './scripts.ts';
import { writeSeedDisk } from './seed-disk.ts';

/** PowerShell loads its module for Hyper-V in seconds, and Hyper-V makes two disks. */
const launchDeadlineMs = 120_000;
const connectPauseMs = 5;
const keptComplaints = 30;

/**
 * Runs the VM in Hyper-V, by way of PowerShell. **Never run on Windows**: covered by golden files of its scripts and a stand-in for PowerShell. The image's half, a disk
 * that UEFI boots (`vm-assets/build.mjs --hyperv`), is run in QEMU: hyperv.vm-full.ts, docs/adr/0019.
 *
 * Each VM has one PowerShell that started it and stays: it tells states, does what it is asked for, and switches the VM off when this process is gone. VMs are neither kept nor suspended.
 */
export function createHypervDriver(host: HypervHost = { platform: process.platform, environment: process.env }): VmDriver {
  return {
    diskFormat: 'vhdx',
    locate: async () => {
      const facts = await runScript(host, probeScript()).catch((error: unknown) => {
        throw noPowershell(error);
      });
      const missing = missingPart(facts as unknown as HypervFacts);
      if (missing !== null) throw missing;
      return {
        name: `Hyper-V of Windows ${String(facts.version)}`,
        createDisk: async (path, bytes) => {
          // New-VHD goes by the ending of the name.
          const made = `${path}.vhdx`;
          await rm(made, { force: true });
          await runScript(host, createDiskScript(made, bytes));
          await rename(made, path);
        },
        growDisk: async (path, bytes) => void (await runScript(host, growDiskScript(path, bytes))),
        accelerators: () => Promise.resolve({ order: ['hyperv'], reason: null }),
        snapshotIdentity: () => Promise.resolve(null),
        launch: (request) => launch(host, request),
      } satisfies Hypervisor;
    },
    endOrphan: async (_pid, files) => void (await runScript(host, removeScript(vmName(files)))),
  };
}

/** The same for the same home, so that a VM which an app left behind is found. */
const vmName = ({ home }: InstanceFiles): string => `slipway-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`;

function describe(host: HypervHost, { files, image, settings }: LaunchRequest): HypervVm {
  if (image.bootDisk === undefined) throw noBootDisk();
  const name = vmName(files);
  const pipe = (purpose: string): string => (host.platform === 'win32' ? `\\\\.\\pipe\\${name}-${purpose}` : join(files.run, `${purpose}.sock`));
  return {
    ...{ name, memoryMiB: settings.memoryMiB, cpus: settings.cpus, folder: files.run, bootDisk: image.bootDisk, dataDisk: files.dataDisk },
    bootChanges: join(files.run, 'boot-changes.vhdx'),
    seed: { vhd: join(files.run, 'seed.vhd'), vhdx: join(files.run, 'seed.vhdx') },
    pipes: { console: pipe('console'), channels: [pipe('channel-0'), pipe('channel-1')] },
  };
}

async function launch(host: HypervHost, request: LaunchRequest): Promise<LaunchedVm> {
  const vm = describe(host, request);
  await writeSeedDisk(vm.seed.vhd, await readFile(request.files.key), await readFile(request.files.order, 'latin1'));
  const complaints: string[] = [];
  const states = new Set<(state: string) => void>();
  const started = Promise.withResolvers<number>();
  started.promise.catch(() => undefined);
  const session = new PowershellSession(
    host,
    runScriptOf(vm),
    (news) => {
      if (typeof news.started === 'number') started.resolve(news.started);
      if (news.error !== undefined) started.reject(new PowershellError(news.error as object));
      if (typeof news.state === 'string') for (const listener of states) listener(news.state);
    },
    (line) => {
      complaints.push(line);
      complaints.splice(0, complaints.length - keptComplaints);
    },
  );
  void session.ended.then(() => started.reject(new Error('PowerShell ended before the VM ran')));
  const late = setTimeout(() => started.reject(new Error(`Hyper-V did not start it within ${launchDeadlineMs / 1000} s`)), launchDeadlineMs);
  const abort = (): void => started.reject(request.signal.reason as Error);
  request.signal.addEventListener('abort', abort, { once: true });
  try {
    const pid = await started.promise;
    await request.started(pid);
    return launchedVm(host, vm, session, states, complaints, pid);
  } catch (error) {
    // Its input's end is the VM's.
    session.process.stdin?.end();
    const forced = setTimeout(() => session.process.kill('SIGKILL'), 10_000);
    await session.ended;
    clearTimeout(forced);
    request.signal.throwIfAborted();
    throw hypervFailure(error, vm.dataDisk, complaints);
  } finally {
    clearTimeout(late);
    request.signal.removeEventListener('abort', abort);
  }
}

function launchedVm(host: HypervHost, vm: HypervVm, session: PowershellSession, states: Set<(state: string) => void>, complaints: string[], pid: number): LaunchedVm {
  const notKept = (): Promise<never> => Promise.reject(new Error('a VM of Hyper-V is neither kept nor suspended'));
  return {
    pid,
    console: readConsole(vm.pipes.console, session.ended),
    complaints: () => [...complaints],
    exited: session.ended,
    channels: vm.pipes.channels,
    // An engine that is gone took its connections with it.
    onGuestPort: () => undefined,
    onDiskFull: (listener) => {
      states.add((state) => {
        if (state === 'PausedCritical') listener();
      });
    },
    growDisk: (bytes) => session.ask('grow', { bytes }),
    resume: () => session.ask('resume'),
    save: notKept,
    suspend: notKept,
    load: notKept,
    quit: () => session.ask('quit').catch(() => undefined),
    kill: () => {
      session.process.kill('SIGKILL');
      void runScript(host, removeScript(vm.name)).catch(() => undefined);
    },
  };
}

/** Hyper-V makes the pipe when the VM starts and throws away what the guest says before somebody listens, so this is as early as it can be. */
function readConsole(path: string, ended: Promise<unknown>): PassThrough {
  const console = new PassThrough();
  let isOver = false;
  void ended.then(() => {
    isOver = true;
    console.end();
  });
  const dial = (): void => {
    const socket = connect(path);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!isOver) void delay(connectPauseMs).then(dial);
    });
    socket.pipe(console, { end: false });
    void ended.then(() => socket.destroy());
  };
  dial();
  return console;
}
