import type { VmPhaseId } from '../../contract/vm-state.ts';
import { bootFailure } from './boot-failure.ts';
import { BootTroubleError, BootWatch } from './boot-watch.ts';
import { callEngine } from './channel/engine-call.ts';
import { GuestConnection } from './channel/guest-connection.ts';
import { ConsoleReader } from './console-reader.ts';
import type { Hypervisor, LaunchedVm, RealAccelerator, VmDriver, VmSettings } from './driver.ts';
import { prepareDataDisk, requireFreeSpace } from './home/data-disk.ts';
import { makeInstanceFolders, writeInstanceKey, type InstanceFiles } from './home/instance-files.ts';
import { acquireInstanceLock, type InstanceLock } from './home/instance-lock.ts';
import { checkImage, type VmImage } from './image.ts';
import type { PhaseClock } from './phase-clock.ts';
import { VmStartError } from './start-error.ts';
import type { HostPortAuthority } from './vm.ts';

/** How long each part of a start may take. Emulated guests on a busy machine are slow: an engine that answers after 3 s
 * otherwise was seen to take 37 s on two cores that eight others used. */
export interface BootDeadlines {
  /** To the first user-space line under real virtualisation; after it the next accelerator is tried. */
  acceleratedKernelMs: number;
  kernelMs: number;
  guestMs: number;
  engineMs: number;
}

export const bootDeadlines: BootDeadlines = { acceleratedKernelMs: 10_000, kernelMs: 60_000, guestMs: 60_000, engineMs: 120_000 };

export interface BootRequest {
  files: InstanceFiles;
  imageDirectory: string;
  canRebuildImage: boolean;
  settings: VmSettings;
  hostAccess(): boolean;
  driver: VmDriver;
  deadlines: BootDeadlines;
  clock: PhaseClock;
  signal: AbortSignal;
  authority(): HostPortAuthority | null;
  onConnection(connected: boolean): void;
  onEngineEnded(): void;
  log(line: string): void;
}

/** A VM whose engine answers, and everything that was opened for it. */
export interface BootedVm {
  vm: LaunchedVm;
  guest: GuestConnection;
  console: ConsoleReader;
  lock: InstanceLock;
  accelerator: RealAccelerator;
  engineVersion: string;
}

/**
 * From nothing to an engine that answers, phase by phase. Whatever was opened is closed again when a phase fails.
 * @throws VmStartError, or the signal's reason.
 */
export async function boot(request: BootRequest): Promise<BootedVm> {
  const { files, clock, driver, settings, signal } = request;
  clock.begin('requirements');
  await makeInstanceFolders(files);
  const lock = await acquireInstanceLock(files.lock, (pid) => driver.endOrphan(pid, files));
  try {
    const image = await checkImage(imageCheck(request, false));
    const hypervisor = await driver.locate(image.arch);
    await requireFreeSpace(files.home);
    const accelerators = await hypervisor.accelerators(settings.acceleration, image.arch);
    clock.detail('requirements', `${hypervisor.name}, image ${image.version}`);
    signal.throwIfAborted();

    clock.begin('disk');
    clock.detail('disk', await prepareDataDisk(files.dataDisk, settings.diskGiB, hypervisor));
    return { ...(await bootWithBest(request, lock, image, hypervisor, accelerators)), lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function bootWithBest(request: BootRequest, lock: InstanceLock, image: VmImage, hypervisor: Hypervisor, accelerators: { order: RealAccelerator[]; reason: string | null }) {
  let reason = accelerators.reason;
  for (const [index, accelerator] of accelerators.order.entries()) {
    const isLast = index === accelerators.order.length - 1;
    try {
      return await bootOnce(request, lock, image, hypervisor, accelerator, reason);
    } catch (error) {
      request.signal.throwIfAborted();
      const next = accelerators.order[index + 1];
      // The watchdog: an accelerator that does not even start, or whose guest never reaches user space, is no accelerator.
      if (isLast || next === undefined || !isAcceleratorsFault(error)) throw error;
      reason = `${accelerator.toUpperCase()} did not work: ${error.message}`;
      request.log(`${reason} Trying ${next.toUpperCase()}.`);
    }
  }
  throw new Error('there is no accelerator to try');
}

function isAcceleratorsFault(error: unknown): error is VmStartError {
  if (!(error instanceof VmStartError)) return false;
  const { code, phase } = error.failure;
  return (phase === 'hypervisor' && code === 'qemu-failed') || (phase === 'kernel' && (code === 'boot-timeout' || code === 'vm-died'));
}

async function bootOnce(request: BootRequest, lock: InstanceLock, image: VmImage, hypervisor: Hypervisor, accelerator: RealAccelerator, reason: string | null) {
  const { clock, files, signal, deadlines } = request;
  clock.begin('hypervisor');
  const key = await writeInstanceKey(files);
  const vm = await hypervisor.launch({ files, image, settings: request.settings, hostAccess: () => request.hostAccess(), accelerator, signal, started: (pid) => lock.recordVm(pid) });
  const watch = new BootWatch(vm.exited, signal);
  const console = new ConsoleReader(vm.console, (news) => {
    watch.take(news);
    if (news.kind === 'engine-ended') request.onEngineEnded();
  });
  const guest = new GuestConnection({
    paths: vm.channels,
    key,
    authority: request.authority,
    log: request.log,
    onChange: (connected) => {
      if (connected) watch.reached('channel');
      request.onConnection(connected);
    },
  });
  vm.onGuestPort((open) => {
    if (!open) guest.engineGone();
  });
  clock.detail('hypervisor', `${hypervisor.name}, ${accelerator.toUpperCase()}${reason === null ? '' : `; ${reason}`}`);

  let phase: VmPhaseId = 'kernel';
  let phaseStart = performance.now();
  const enter = (next: VmPhaseId) => {
    phase = next;
    phaseStart = performance.now();
    clock.begin(next);
  };
  try {
    enter('kernel');
    await watch.until('kernel', accelerator === 'tcg' ? deadlines.kernelMs : deadlines.acceleratedKernelMs);
    enter('guest');
    await watch.until('guest', deadlines.guestMs);
    enter('engine');
    await watch.until('channel', deadlines.engineMs);
    const engineVersion = await watch.orTrouble(askEngine(guest, signal), deadlines.engineMs);
    clock.detail('engine', `engine ${engineVersion}`);
    clock.finish();
    return { vm, guest, console, accelerator, engineVersion };
  } catch (error) {
    guest.close();
    await endVm(vm);
    signal.throwIfAborted();
    if (!(error instanceof BootTroubleError)) throw error;
    const context = { phase, accelerator, dataDisk: files.dataDisk, image: request.imageDirectory, waitedMs: performance.now() - phaseStart };
    const failure = bootFailure(error.trouble, { ...context, lastLines: [...console.lastLines(), ...vm.complaints()] });
    if (failure.failure.code !== 'data-disk-damaged') await suspectImage(request, failure);
    throw failure;
  }
}

/** Answers the engine's version. `/_ping` alone: it is served before the engine has opened its stores, and every answer names the server. */
async function askEngine(guest: GuestConnection, signal: AbortSignal): Promise<string> {
  const { status, headers } = await callEngine(() => guest.openStream({ kind: 'api' }), 'GET', '/_ping', signal);
  if (status !== 200) throw new Error(`the engine answered /_ping with ${status}`);
  return /^[^/]+\/(\S+)/.exec(String(headers['server']))?.[1] ?? 'unknown';
}

/** A boot that failed is a reason to read the whole image again, however unchanged its files look. */
async function suspectImage(request: BootRequest, failure: VmStartError): Promise<void> {
  try {
    await checkImage(imageCheck(request, true));
  } catch (error) {
    if (error instanceof VmStartError) throw new VmStartError({ ...error.failure, phase: failure.failure.phase, lastLines: failure.failure.lastLines }, { cause: failure });
    throw error;
  }
}

function imageCheck(request: BootRequest, thorough: boolean) {
  return { directory: request.imageDirectory, verifiedFile: request.files.verifiedImage, thorough, canRebuild: request.canRebuildImage };
}

/** Ends a VM that nobody can talk to; what it wrote is in its files. */
export async function endVm(vm: LaunchedVm): Promise<void> {
  const forced = setTimeout(() => vm.kill(), 3000);
  await Promise.race([vm.quit(), vm.exited]);
  await vm.exited;
  clearTimeout(forced);
}
