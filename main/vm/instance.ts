import type { Duplex } from 'node:stream';
import { stoppedVm, type VmFailure, type VmPhase, type VmState, type VmSuspended } from '../../contract/vm-state.ts';
import { Failure, messageOf } from '../failure.ts';
import type { BootDeadlines, BootedVm } from './boot/boot-request.ts';
import { keepClock } from './engine/clock-keeper.ts';
import type { VmDriver, VmSettings } from './driver.ts';
import { endVm } from './end-vm.ts';
import { EngineSupervisor } from './engine/engine-supervisor.ts';
import { atRest } from './home/at-rest.ts';
import { freeSpace, setDataDiskAside } from './home/data-disk.ts';
import { growRunningDisk } from './home/grow-running-disk.ts';
import type { InstanceFiles } from './home/instance-files.ts';
import { bootWithFallback } from './image-updates/boot-with-fallback.ts';
import { KeptImages } from './image-updates/kept-images.ts';
import { PhaseClock } from './boot/phase-clock.ts';
import { openPort } from './ports/open-port.ts';
import { powerOff } from './power-off.ts';
import { VmStartError } from './start-error.ts';
import { SuspendStore } from './suspend/suspend-store.ts';
import { suspendVm } from './suspend/suspend-vm.ts';
import type { GuestTarget, HostPortAuthority, Vm, VmFolders } from './vm.ts';

export interface InstanceOptions {
  files: InstanceFiles;
  imageDirectory: string;
  settings(): VmSettings;
  driver: VmDriver;
  deadlines: BootDeadlines;
  snapshots: boolean;
  rebuildImage?(): Promise<void>;
  folders?: VmFolders;
  log(line: string): void;
}

/** Free space at which a VM that stood still on a full disk goes on. */
const resumeBytes = 256 * 1024 * 1024;
const resumeCheckMs = 1000;
/** For the engine to make the file system larger; it waits for an engine that is being started again. */
const growMs = 60_000;
/** Of the serial console, for the record of a start: a boot says about thirty. */
const keptConsoleLines = 40;

/**
 * One VM and its state: stopped → starting → running → stopping → stopped, or failed; and running → suspending → suspended → resuming → running. The
 * only writer of {@link VmState}.
 */
export class Instance implements Vm {
  readonly #options: InstanceOptions;
  readonly #listeners = new Set<(state: VmState) => void>();
  #state: VmState = stoppedVm;
  #authority: HostPortAuthority | null = null;
  #starting: { done: Promise<void>; abort: AbortController } | null = null;
  #stopping: Promise<void> | null = null;
  #suspending: { done: Promise<void>; abort: AbortController } | null = null;
  #booted: BootedVm | null = null;
  #supervisor: EngineSupervisor | null = null;
  #clockKeeper: { stop(): void } | null = null;
  #diskFullTimer: NodeJS.Timeout | undefined;
  #growing: Promise<void> = Promise.resolve();

  constructor(options: InstanceOptions) {
    this.#options = options;
  }

  get state(): VmState {
    return this.#state;
  }

  onState(listener: (state: VmState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onPortRequest(authority: HostPortAuthority): void {
    this.#authority = authority;
  }

  start(options: { acceleration?: 'auto' | 'none' } = {}): Promise<void> {
    if (this.#starting !== null) return this.#starting.done;
    if (this.#suspending !== null) return this.wake();
    if (this.#booted !== null && this.#stopping === null) return Promise.resolve();
    const abort = new AbortController();
    const done = (this.#stopping ?? Promise.resolve()).then(() => this.#boot(options, abort.signal)).finally(() => (this.#starting = null));
    this.#starting = { abort, done };
    return done;
  }

  stop({ keepSuspended = false }: { keepSuspended?: boolean } = {}): Promise<void> {
    this.#starting?.abort.abort(new Error('stopped'));
    if (!keepSuspended) this.#suspending?.abort.abort(new Error('stopped'));
    this.#stopping ??= this.#stop(keepSuspended).finally(() => (this.#stopping = null));
    return this.#stopping;
  }

  consoleLines(): string[] {
    return this.#booted?.console.lastLines(keptConsoleLines) ?? [];
  }

  suspend(): Promise<void> {
    if (this.#suspending !== null) return this.#suspending.done;
    const [booted, state] = [this.#booted, this.#state];
    if (state.status === 'suspended') return Promise.resolve();
    if (booted === null || state.status !== 'running' || this.#stopping !== null) return Promise.reject(new Failure('unavailable', `The VM does not run (it is ${state.status}).`));
    if (booted.identity === null) return Promise.reject(new Failure('unavailable', 'The VM cannot be suspended on this computer.', { hint: 'Stop the engine instead.' }));
    const abort = new AbortController();
    const done = this.#suspend(booted, booted.identity, state, abort.signal).finally(() => (this.#suspending = null));
    this.#suspending = { done, abort };
    return done;
  }

  async wake(): Promise<void> {
    if (this.#suspending !== null) {
      this.#suspending.abort.abort(new Failure('cancelled', 'The VM was needed, and runs on.'));
      await this.#suspending.done.catch(() => undefined);
    }
    if (this.#state.status === 'suspended' && this.#stopping === null) await this.start();
  }

  growDisk(): Promise<void> {
    const done = this.#growing.then(() => this.#growDisk());
    this.#growing = done.catch(() => undefined);
    return done;
  }

  async atRest<T>(work: (files: InstanceFiles) => Promise<T>): Promise<T> {
    await this.stop();
    const { files, driver } = this.#options;
    const done = atRest(files, (pid) => driver.endOrphan(pid, files), work);
    // A start waits for a stop that is under way, and this is the end of one.
    const stopping = done.then(() => undefined, () => undefined).finally(() => {
      if (this.#stopping === stopping) this.#stopping = null;
    });
    this.#stopping = stopping;
    return done;
  }

  async recover(action: 'rebuild-image' | 'reset-data-disk'): Promise<void> {
    await this.stop();
    if (action === 'reset-data-disk') {
      const aside = await setDataDiskAside(this.#options.files.dataDisk);
      if (aside !== null) this.#options.log(`the data disk was moved to ${aside}`);
    } else {
      if (this.#options.rebuildImage === undefined) throw new Error('The VM image cannot be rebuilt from here. Run: npm run vm:image');
      await this.#options.rebuildImage();
      await new KeptImages(this.#options.files.images).forgive();
    }
    await this.start();
  }

  async openStream(target: GuestTarget): Promise<Duplex> {
    // A request that comes while the VM starts waits for it; `start` itself told everybody why if it fails.
    await this.#starting?.done.catch(() => undefined);
    if (this.#booted === null || this.#suspending !== null) throw new Error(`The VM does not run (it is ${this.#state.status}).`);
    return openPort(this.#booted, target, this.#options.log);
  }

  async #boot(options: { acceleration?: 'auto' | 'none' }, signal: AbortSignal): Promise<void> {
    const startedAt = new Date().toISOString();
    const clock = new PhaseClock((phases) => {
      const status = phases.some(({ id }) => id === 'resume') ? 'resuming' : 'starting';
      if (this.#booted === null) this.#set({ status, startedAt, phases });
    });
    if (this.#state.status === 'suspended') clock.follow('resumed');
    const settings = { ...this.#options.settings(), ...(options.acceleration === undefined ? {} : { acceleration: options.acceleration }) };
    try {
      signal.throwIfAborted();
      const booted = await bootWithFallback({
        ...this.#options,
        canRebuildImage: this.#options.rebuildImage !== undefined,
        settings,
        hostAccess: () => this.#options.settings().hostAccess ?? false,
        clock,
        signal,
        // A channel that closes while the VM is being stopped or suspended is no news.
        log: (line) => {
          if (this.#stopping === null && this.#suspending === null) this.#options.log(line);
        },
        authority: () => this.#authority,
        onConnection: (connected) => this.#supervisor?.connection(connected),
        onEngineEnded: () => this.#supervisor?.engineEnded(),
      }, new KeptImages(this.#options.files.images));
      this.#booted = booted;
      this.#set({ status: 'running', startedAt, phases: clock.phases, accelerator: booted.accelerator, engineVersion: booted.engineVersion });
      this.#watch(booted);
      this.#attend(booted);
      // One that was resumed has the disk of its suspension.
      this.growDisk().catch((error: unknown) => this.#options.log(messageOf(error)));
    } catch (error) {
      if (signal.aborted) {
        this.#set(stoppedVm);
        throw new Error('The start was cancelled.', { cause: error });
      }
      const failure = error instanceof VmStartError ? error.failure : internalFailure(error, clock);
      clock.fail();
      this.#set({ status: 'failed', phases: clock.phases, failure });
      throw error instanceof VmStartError ? error : new VmStartError(failure, { cause: error });
    }
  }

  async #growDisk(): Promise<void> {
    const booted = this.#booted;
    if (booted === null || this.#state.status !== 'running') return;
    const { diskGiB } = this.#options.settings();
    try {
      if (await growRunningDisk(booted, diskGiB, AbortSignal.timeout(growMs))) this.#describeDisk(`${diskGiB} GiB, made larger while it ran`);
    } catch (error) {
      throw new Failure('internal', `The data disk could not be made larger: ${messageOf(error)}`, { hint: 'It will be at the next start of the engine.', cause: error });
    }
  }

  async #suspend(booted: BootedVm, identity: string, running: VmState, signal: AbortSignal): Promise<void> {
    const { files, log } = this.#options;
    this.#set({ status: 'suspending', phases: this.#phases() });
    this.#rest();
    await Promise.all([booted.snapshotSettled, this.#growing]);
    let suspended: VmSuspended;
    try {
      const { since, containers } = await suspendVm(booted, identity, new SuspendStore(files.suspended, files.dataDisk), signal);
      suspended = { status: 'suspended', since, containers };
    } catch (error) {
      // One that died is told by whoever watches its process.
      if (this.#booted === booted && !(await hasEnded(booted))) {
        this.#attend(booted);
        this.#set(running);
      }
      if (signal.aborted) throw signal.reason;
      log(`the VM could not be suspended, and runs on: ${messageOf(error)}`);
      throw new Failure('internal', `The VM could not be suspended: ${messageOf(error)}`, { cause: error });
    }
    await this.#dispose(booted);
    await endVm(booted.vm);
    await this.#release(booted);
    this.#set(suspended);
  }

  /** Once for each VM that runs. */
  #watch(booted: BootedVm): void {
    void booted.vm.exited.then(async ({ code, signal }) => {
      if (this.#booted !== booted || this.#stopping !== null) return;
      await this.#suspending?.done.catch(() => undefined);
      const how = signal === null ? `its process ended with code ${code}` : `its process was ended by ${signal}`;
      return this.#giveUp(booted, {
        code: 'vm-died',
        message: `The VM ended unexpectedly: ${how}.`,
        steps: [{ text: 'Start it again; what was written to the data disk is there.', action: 'retry' }],
      });
    });
    booted.vm.onDiskFull(() => this.#waitForSpace(booted));
  }

  /** Whenever it begins to run; {@link #rest} ends it. */
  #attend(booted: BootedVm): void {
    this.#supervisor = new EngineSupervisor((reason) => void this.#giveUp(booted, engineFailure(reason)));
    this.#clockKeeper = keepClock(booted.guest, this.#options.log);
  }

  #rest(): void {
    this.#supervisor?.stop();
    this.#clockKeeper?.stop();
  }

  /** The guest stands still in the middle of a write: it loses nothing as long as it is left standing until there is room. */
  #waitForSpace(booted: BootedVm): void {
    this.#options.log('the disk of this computer is full: the VM waits until there is space');
    this.#describeDisk('paused: the disk of this computer is full; free some space and the VM goes on by itself');
    clearInterval(this.#diskFullTimer);
    this.#diskFullTimer = setInterval(() => {
      freeSpace(this.#options.files.home)
        .then(async (free) => {
          if (free < resumeBytes || this.#booted !== booted) return;
          clearInterval(this.#diskFullTimer);
          await booted.vm.resume();
          this.#describeDisk('there is space again');
        })
        .catch((error: unknown) => this.#options.log(`the VM could not go on: ${String(error)}`));
    }, resumeCheckMs);
  }

  #describeDisk(detail: string): void {
    if (this.#state.status !== 'running') return;
    this.#set({ ...this.#state, phases: this.#state.phases.map((phase) => (phase.id === 'disk' ? { ...phase, detail } : phase)) });
  }

  /** Ends what is left of the VM and fails with its last words. */
  async #giveUp(booted: BootedVm, failure: Omit<VmFailure, 'phase' | 'lastLines'>): Promise<void> {
    if (this.#booted !== booted) return;
    const phases = this.#phases();
    await this.#dispose(booted);
    await endVm(booted.vm);
    await this.#release(booted);
    this.#set({ status: 'failed', phases, failure: { ...failure, phase: 'engine', lastLines: [...booted.console.lastLines(), ...booted.vm.complaints()] } });
  }

  async #stop(keepSuspended: boolean): Promise<void> {
    await this.#starting?.done.catch(() => undefined);
    await this.#suspending?.done.catch(() => undefined);
    if (this.#state.status === 'suspended' && !keepSuspended) await this.#endSuspended(this.#state);
    const booted = this.#booted;
    if (booted === null) return this.#set(stoppedVm);
    this.#set({ status: 'stopping', phases: this.#phases() });
    this.#supervisor?.stop();
    await powerOff(booted.vm, booted.guest, this.#options.log);
    await this.#dispose(booted);
    await this.#release(booted);
    this.#set(stoppedVm);
  }

  /** What ran is resumed, so that it can be told to end; where nothing ran, nothing is lost with the VM's memory. */
  async #endSuspended({ containers }: VmSuspended): Promise<void> {
    const { files } = this.#options;
    if (containers === 0) return new SuspendStore(files.suspended, files.dataDisk).discard();
    await this.#boot({}, new AbortController().signal).catch(() => undefined);
  }

  async #dispose(booted: BootedVm): Promise<void> {
    this.#booted = null;
    this.#rest();
    clearInterval(this.#diskFullTimer);
    booted.guest.close();
    await this.#authority?.sync([]);
  }

  async #release(booted: BootedVm): Promise<void> {
    await booted.snapshotSettled;
    await booted.lock.release().catch((error: unknown) => this.#options.log(`the lock could not be removed: ${String(error)}`));
  }

  #phases(): VmPhase[] {
    return 'phases' in this.#state ? this.#state.phases : [];
  }

  #set(state: VmState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

function hasEnded({ vm }: BootedVm): Promise<boolean> {
  return Promise.race([vm.exited, Promise.resolve(null)]).then((exit) => exit !== null);
}

function engineFailure(reason: 'absent' | 'dies'): Omit<VmFailure, 'phase' | 'lastLines'> {
  const steps = [{ text: 'Start the VM again; containers and volumes are kept.', action: 'retry' as const }];
  return reason === 'dies'
    ? { code: 'engine-died', message: 'The engine in the VM ends again and again.', steps }
    : { code: 'engine-timeout', message: 'The engine in the VM stopped answering and was not started again.', steps };
}

function internalFailure(error: unknown, clock: PhaseClock): VmFailure {
  return {
    code: 'internal',
    phase: clock.current,
    message: `The VM could not be started: ${error instanceof Error ? error.message : String(error)}`,
    steps: [{ text: 'Try again.', action: 'retry' }],
    lastLines: [],
  };
}
