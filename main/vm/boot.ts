import { rm } from 'node:fs/promises';
import type { VmPhaseId } from '../../contract/vm-state.ts';
import { bootFailure } from './boot-failure.ts';
import { BootTroubleError, BootWatch } from './boot-watch.ts';
import { callEngine } from './channel/engine-call.ts';
import { setGuestClock } from './clock-keeper.ts';
import { GuestConnection } from './channel/guest-connection.ts';
import { ConsoleReader } from './console-reader.ts';
import type { Hypervisor, LaunchedVm, RealAccelerator, VmDriver, VmMemory, VmSettings } from './driver.ts';
import { freeSpace, prepareDataDisk, requireFreeSpace } from './home/data-disk.ts';
import { readDiskHeader } from './home/disk-header.ts';
import { makeInstanceFolders, writeInstanceKey, writeStartOrder, type InstanceFiles } from './home/instance-files.ts';
import { acquireInstanceLock, type InstanceLock } from './home/instance-lock.ts';
import { checkImage, type VmImage } from './image.ts';
import type { PhaseClock } from './phase-clock.ts';
import { SnapshotStore } from './snapshot/snapshot-store.ts';
import { VmStartError } from './start-error.ts';
import { SuspendStore, type SuspendedVm } from './suspend/suspend-store.ts';
import type { HostPortAuthority, VmFolders } from './vm.ts';

/** How long each part of a start may take on a computer with little else to do, see patience.ts. Emulated guests are slow: an engine that answers after 3 s
 * otherwise was seen to take 37 s on two cores that eight others used. */
export interface BootDeadlines {
  /** To the first user-space line under real virtualisation; after it the next accelerator is tried. */
  acceleratedKernelMs: number;
  kernelMs: number;
  guestMs: number;
  engineMs: number;
}

export const bootDeadlines: BootDeadlines = { acceleratedKernelMs: 10_000, kernelMs: 60_000, guestMs: 60_000, engineMs: 120_000 };

/** Free space below which no snapshot is made: it and the copy of its memory for the next start take about 300 MB each. */
const snapshotBytes = 2 * 1024 ** 3;

export interface BootRequest {
  files: InstanceFiles;
  imageDirectory: string;
  canRebuildImage: boolean;
  settings: VmSettings;
  /** Whether a VM may be kept after its first start and restored at later ones. */
  snapshots: boolean;
  hostAccess(): boolean;
  driver: VmDriver;
  deadlines: BootDeadlines;
  clock: PhaseClock;
  signal: AbortSignal;
  authority(): HostPortAuthority | null;
  /** Folders of this computer that containers may be given; absent: none. */
  folders?: VmFolders;
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
  /** Those that the VM has, which may not be those that are set now. */
  settings: VmSettings;
  /** Size of the data disk. */
  diskBytes: number;
  /** See `Hypervisor.snapshotIdentity`: this VM can be suspended unless it is null. */
  identity: string | null;
  /** Resolves once the VM's snapshot is as the next start wants it; the lock is held until then. */
  snapshotSettled: Promise<void>;
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
    const hypervisor = await driver.locate(image.arch, files);
    await requireFreeSpace(files.home);
    const accelerators = await hypervisor.accelerators(settings.acceleration, image.arch);
    clock.detail('requirements', `${hypervisor.name}, image ${image.version}`);
    signal.throwIfAborted();

    // Read while nobody has the file: some hypervisors share it with no one.
    const diskBytes = async (): Promise<number> => (await readDiskHeader(files.dataDisk))?.virtualSize ?? 0;
    const resumed = await resumeSuspended({ request, lock, image, hypervisor, diskBytes: await diskBytes() }, accelerators.order);
    if (resumed !== null) return resumed;
    clock.begin('disk');
    clock.detail('disk', await prepareDataDisk(files.dataDisk, settings.diskGiB, hypervisor));
    return await bootWithBest({ request, lock, image, hypervisor, diskBytes: await diskBytes() }, accelerators);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** What is the same for all attempts of one start. */
interface Given {
  request: BootRequest;
  lock: InstanceLock;
  image: VmImage;
  hypervisor: Hypervisor;
  /** Size of the data disk as the VM sees it. */
  diskBytes: number;
}

interface Attempt extends Given {
  accelerator: RealAccelerator;
  /** Why no better accelerator was taken; null when nothing is better. */
  reason: string | null;
}

async function bootWithBest(given: Given, accelerators: { order: RealAccelerator[]; reason: string | null }): Promise<BootedVm> {
  const { request, lock, diskBytes } = given;
  let reason = accelerators.reason;
  for (const [index, accelerator] of accelerators.order.entries()) {
    const isLast = index === accelerators.order.length - 1;
    try {
      return { ...(await restoreOrBoot({ ...given, accelerator, reason })), lock, diskBytes };
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

/** The VM that was suspended, going on; null when there is none, or it cannot go on: then what is left of it is thrown away. */
async function resumeSuspended(given: Given, accelerators: RealAccelerator[]): Promise<BootedVm | null> {
  const { request, lock, hypervisor, diskBytes } = given;
  const { files, clock, signal, log } = request;
  const store = new SuspendStore(files.suspended, files.dataDisk);
  const suspended = await store.find();
  if (suspended === null) {
    await store.discard();
    return null;
  }
  try {
    const settings = { ...request.settings, ...suspended.settings };
    const attempt: Attempt = { ...given, request: { ...request, settings }, accelerator: suspended.accelerator, reason: null };
    const identity = await hypervisor.snapshotIdentity({ ...attempt, files, settings });
    if (!accelerators.includes(suspended.accelerator) || identity !== suspended.identity) throw new Error('QEMU, the VM image or this computer is not what it was');
    clock.follow('resumed');
    clock.begin('disk');
    clock.detail('disk', 'as it was left');
    return { ...(await resume(attempt, store, suspended)), settings, identity, lock, diskBytes, snapshotSettled: store.discard() };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VmStartError && snapshotIsInnocent(error)) throw error;
    log(`the suspended VM cannot go on, and is started anew: ${error instanceof Error ? error.message : String(error)}`);
    await store.discard();
    clock.follow('cold');
    return null;
  }
}

async function resume(attempt: Attempt, store: SuspendStore, suspended: SuspendedVm): Promise<StartedVm> {
  const { hypervisor, accelerator, request } = attempt;
  const { clock, deadlines, signal } = request;
  clock.begin('hypervisor');
  const launched = await launch(attempt, 'go', 'from-state');
  const { vm, watch, console } = launched;
  clock.detail('hypervisor', `${hypervisor.name}, ${accelerator.toUpperCase()}`);
  let guest: GuestConnection | null = null;
  const engineVersion = await guarded(attempt, launched, async (enter) => {
    enter('resume');
    clock.detail('resume', `suspended ${suspended.since}`);
    guest = launched.connect();
    await watch.orTrouble(vm.load(store.state, () => store.consume()), deadlines.kernelMs);
    enter('engine');
    await watch.until('channel', deadlines.engineMs);
    // Before anybody is answered: to the guest no time has passed.
    await watch.orTrouble(setGuestClock(guest, signal), deadlines.engineMs);
    return watch.orTrouble(askEngine(guest, signal), deadlines.engineMs);
  }).catch((error: unknown) => {
    guest?.close();
    throw error;
  });
  clock.detail('engine', `engine ${engineVersion}`);
  clock.finish();
  return { vm, guest: guest!, console, accelerator, engineVersion };
}

/** Restores the VM that was kept; boots and keeps one where there is none; boots, and no more, where that cannot be had or went wrong. */
async function restoreOrBoot(attempt: Attempt): Promise<Omit<BootedVm, 'lock' | 'diskBytes'>> {
  const { request, hypervisor, diskBytes } = attempt;
  const { files, clock, settings } = request;
  const store = new SnapshotStore(files.snapshot);
  const identity = await hypervisor.snapshotIdentity({ ...attempt, files, settings });
  // The guest of a kept VM knows how large its data disk is.
  const kept = `${identity}, data disk of ${diskBytes} bytes`;
  let plan = identity === null || !request.snapshots ? 'none' : await store.plan(kept);
  if (plan === 'make' && (await freeSpace(files.home)) < snapshotBytes) plan = 'none';
  if (identity === null || plan === 'none') {
    clock.follow('cold');
    return { ...(await bootCold(attempt)), settings, identity, snapshotSettled: Promise.resolve() };
  }
  try {
    if (plan === 'make') {
      clock.follow('making');
      await keepSnapshot(attempt, store);
      clock.begin('restore');
    } else {
      clock.follow('restored');
    }
    const started = await restore(attempt, store, plan);
    // While nobody waits: what makes it last, and the copy for the next start.
    const snapshotSettled = (plan === 'make' ? store.commit(kept) : Promise.resolve())
      .then(() => store.prepareNext())
      .catch((error: unknown) => request.log(`the VM's snapshot: ${error instanceof Error ? error.message : String(error)}`));
    return { ...started, settings, identity, snapshotSettled };
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof VmStartError && snapshotIsInnocent(error)) throw error;
    request.log(`the VM's snapshot is thrown away, and the VM boots cold: ${error instanceof Error ? error.message : String(error)}`);
    await store.fail(kept);
    clock.follow('cold');
    return { ...(await bootCold(attempt)), settings, identity, snapshotSettled: Promise.resolve() };
  }
}

/** What no cold boot would get over either. */
function snapshotIsInnocent({ failure: { code } }: VmStartError): boolean {
  return code === 'data-disk-damaged' || code === 'already-running';
}

/** A VM that was launched, with what reads and talks to it. */
interface StartedVm {
  vm: LaunchedVm;
  guest: GuestConnection;
  console: ConsoleReader;
  accelerator: RealAccelerator;
  engineVersion: string;
}

async function launch({ request, lock, image, hypervisor, accelerator }: Attempt, order: 'go' | 'park', memory?: VmMemory) {
  const { files, signal } = request;
  const key = await writeInstanceKey(files);
  await writeStartOrder(files, order);
  const vm = await hypervisor.launch({
    ...{ files, image, settings: request.settings, accelerator, signal },
    ...(memory === undefined ? {} : { memory }),
    hostAccess: () => request.hostAccess(),
    started: (pid) => lock.recordVm(pid),
  });
  const watch = new BootWatch(vm.exited, signal);
  const console = new ConsoleReader(vm.console, (news) => {
    watch.take(news);
    if (news.kind === 'engine-ended') request.onEngineEnded();
  });
  const connect = () => {
    const guest = new GuestConnection({
      paths: vm.channels,
      key,
      authority: request.authority,
      ...(vm.filePort === undefined ? {} : { folders: request.folders, onClose: request.folders?.connect({ path: vm.filePort, key }) }),
      log: request.log,
      onChange: (connected) => {
        if (connected) watch.reached('channel');
        request.onConnection(connected);
      },
    });
    vm.onGuestPort((open) => {
      if (!open) guest.engineGone();
    });
    return guest;
  };
  return { vm, watch, console, connect };
}

/** Runs one boot's phases and ends the VM when one fails. @throws VmStartError, or the signal's reason. */
async function guarded<T>(attempt: Attempt, { vm, console }: { vm: LaunchedVm; console: ConsoleReader }, phases: (enter: (phase: VmPhaseId) => void) => Promise<T>): Promise<T> {
  const { request, accelerator } = attempt;
  let phase = request.clock.current;
  let phaseStart = performance.now();
  try {
    return await phases((next) => {
      phase = next;
      phaseStart = performance.now();
      request.clock.begin(next);
    });
  } catch (error) {
    await endVm(vm);
    request.signal.throwIfAborted();
    if (!(error instanceof BootTroubleError)) throw error;
    const context = { phase, accelerator, dataDisk: request.files.dataDisk, image: request.imageDirectory, waitedMs: performance.now() - phaseStart };
    throw bootFailure(error.trouble, { ...context, lastLines: [...console.lastLines(), ...vm.complaints()] });
  }
}

async function bootCold(attempt: Attempt): Promise<StartedVm> {
  const { accelerator, request } = attempt;
  const started = await bootToAnswer(attempt, 'go').catch(async (error: unknown) => {
    request.signal.throwIfAborted();
    if (error instanceof VmStartError && error.failure.phase !== 'hypervisor' && error.failure.code !== 'data-disk-damaged') await suspectImage(request, error);
    throw error;
  });
  request.clock.finish();
  return { ...started, accelerator };
}

async function bootToAnswer(attempt: Attempt, order: 'go' | 'park', memory?: VmMemory) {
  const { hypervisor, accelerator, reason } = attempt;
  const { clock, deadlines, signal } = attempt.request;
  clock.begin('hypervisor');
  const launched = await launch(attempt, order, memory);
  const { vm, watch, console } = launched;
  clock.detail('hypervisor', `${hypervisor.name}, ${accelerator.toUpperCase()}${reason === null ? '' : `; ${reason}`}`);
  const guest = launched.connect();
  const engineVersion = await guarded(attempt, launched, async (enter) => {
    enter('kernel');
    await watch.until('kernel', accelerator === 'tcg' ? deadlines.kernelMs : deadlines.acceleratedKernelMs);
    enter('guest');
    await watch.until('guest', deadlines.guestMs);
    enter('engine');
    await watch.until('channel', deadlines.engineMs);
    return watch.orTrouble(askEngine(guest, signal), deadlines.engineMs);
  }).catch((error: unknown) => {
    guest.close();
    throw error;
  });
  clock.detail('engine', `engine ${engineVersion}`);
  return { vm, watch, console, guest, engineVersion };
}

/** Boots a VM up to where its engine waits for the data disk, and keeps it. No VM runs after that. */
async function keepSnapshot(attempt: Attempt, store: SnapshotStore): Promise<void> {
  const { request } = attempt;
  await store.clear();
  const started = await bootToAnswer(attempt, 'park', { file: store.ram, shared: true });
  await guarded(attempt, started, async (enter) => {
    enter('snapshot');
    started.guest.expectLeave();
    await started.watch.until('parked', request.deadlines.engineMs);
    await started.vm.save(store.state);
  }).finally(() => started.guest.close());
  await endVm(started.vm);
}

/** @param plan after `make` all of it is the phase `restore`, whose VM was launched before */
async function restore(attempt: Attempt, store: SnapshotStore, plan: 'make' | 'restore'): Promise<StartedVm> {
  const { hypervisor, accelerator, reason, request } = attempt;
  const { clock, files, deadlines, signal } = request;
  if (plan === 'restore') clock.begin('hypervisor');
  await store.copyRam(files.ram);
  // `finally` waits for what it is given.
  // oxlint-disable-next-line typescript/no-misused-promises
  const launched = await launch(attempt, 'go', { file: files.ram, shared: false }).finally(() => rm(files.ram, { force: true }));
  const { vm, watch, console } = launched;
  if (plan === 'restore') clock.detail('hypervisor', `${hypervisor.name}, ${accelerator.toUpperCase()}${reason === null ? '' : `; ${reason}`}`);
  let guest: GuestConnection | null = null;
  const engineVersion = await guarded(attempt, launched, async (enter) => {
    if (plan === 'restore') enter('restore');
    guest = launched.connect();
    await watch.orTrouble(vm.load(store.state), deadlines.kernelMs);
    if (plan === 'restore') enter('engine');
    await watch.until('channel', deadlines.engineMs);
    return watch.orTrouble(askEngine(guest, signal), deadlines.engineMs);
  }).catch((error: unknown) => {
    guest?.close();
    throw error;
  });
  clock.detail(plan === 'restore' ? 'engine' : 'restore', `engine ${engineVersion}`);
  clock.finish();
  return { vm, guest: guest!, console, accelerator, engineVersion };
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
