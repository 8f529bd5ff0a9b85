import type { VmPhaseId } from '../../../contract/vm-state.ts';
import { callEngine } from '../channel/engine-call.ts';
import { GuestConnection } from '../channel/guest-connection.ts';
import { ConsoleReader } from '../console/console-reader.ts';
import type { Hypervisor, LaunchedVm, LaunchRequest, RealAccelerator } from '../driver.ts';
import { endVm } from '../end-vm.ts';
import { writeInstanceKey, writeStartOrder } from '../home/instance-files.ts';
import type { InstanceLock } from '../home/instance-lock.ts';
import type { VmImage } from '../image/image.ts';
import type { VmStartError } from '../start-error.ts';
import { bootFailure } from './boot-failure.ts';
import type { BootRequest } from './boot-request.ts';
import { BootTroubleError, BootWatch } from './boot-watch.ts';

/** What is the same for all attempts of one start. */
export interface Given {
  request: BootRequest;
  lock: InstanceLock;
  image: VmImage;
  hypervisor: Hypervisor;
  /** Size of the data disk as the VM sees it. */
  diskBytes: number;
}

export interface Attempt extends Given {
  accelerator: RealAccelerator;
  /** Why no better accelerator was taken; null when nothing is better. */
  reason: string | null;
}

/** A VM that was launched, with what reads and talks to it. */
export interface StartedVm {
  vm: LaunchedVm;
  guest: GuestConnection;
  console: ConsoleReader;
  accelerator: RealAccelerator;
  engineVersion: string;
}

/** What the VM begins with, where it is not empty memory. */
export type Beginning = Pick<LaunchRequest, 'memory' | 'state'>;

/** Starts the hypervisor; nothing is said to the guest before `connect`. */
export async function launch({ request, lock, image, hypervisor, accelerator }: Attempt, order: 'go' | 'park', from: Beginning = {}) {
  const { files, signal } = request;
  const key = await writeInstanceKey(files);
  await writeStartOrder(files, order);
  const vm = await hypervisor.launch({
    ...{ files, image, settings: request.settings, accelerator, signal },
    ...from,
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
export async function guarded<T>(attempt: Attempt, { vm, console }: { vm: LaunchedVm; console: ConsoleReader }, phases: (enter: (phase: VmPhaseId) => void) => Promise<T>): Promise<T> {
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

/** Answers the engine's version. `/_ping` alone: it is served before the engine has opened its stores, and every answer names the server. */
export async function askEngine(guest: GuestConnection, signal: AbortSignal): Promise<string> {
  const { status, headers } = await callEngine(() => guest.openStream({ kind: 'api' }), 'GET', '/_ping', signal);
  if (status !== 200) throw new Error(`the engine answered /_ping with ${status}`);
  return /^[^/]+\/(\S+)/.exec(String(headers['server']))?.[1] ?? 'unknown';
}

/** What no cold boot would get over either. */
export function snapshotIsInnocent({ failure: { code } }: VmStartError): boolean {
  return code === 'data-disk-damaged' || code === 'already-running';
}
