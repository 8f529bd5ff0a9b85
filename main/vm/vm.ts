import type { Duplex } from 'node:stream';
import type { VmState } from '../../contract/vm-state.ts';
import type { InstanceFiles } from './home/instance-files.ts';

/**
 * What the rest of `main` knows of the VM. Implemented by `instance.ts` (a real VM) and by `external-engine.ts` (an
 * engine that already listens on a unix socket of this Linux host, where no VM is wanted).
 */
export interface Vm {
  readonly state: VmState;
  /** Calls back with every new state; returns the way to stop listening. The present state is {@link state}. */
  onState(listener: (state: VmState) => void): () => void;
  /** Resolves once running. @throws VmStartError, whose failure is also in {@link state}. */
  start(options?: { acceleration?: 'auto' | 'none' }): Promise<void>;
  /**
   * Powers off through the engine, and by force when that takes too long. Idempotent. A VM that is suspended with running containers is resumed
   * for it, unless `keepSuspended`: then it stays as it is, for the next start.
   */
  stop(options?: { keepSuspended?: boolean }): Promise<void>;
  /**
   * Writes the VM to the disk and ends its process; containers that run go on after the next {@link start} or {@link wake}. Resolves once it is
   * suspended. @throws Failure when it does not run, cannot be suspended here, or somebody woke it meanwhile; then it runs on.
   */
  suspend(): Promise<void>;
  /** Somebody needs the engine: a VM that is suspended is resumed, and one that is about to be goes on. Anything else is left as it is. */
  wake(): Promise<void>;
  /**
   * Makes the data disk as large as the settings ask: at once where the VM runs, else at its next start or resume. It never shrinks.
   * @throws Failure when that could not be done now; the next start tries again.
   */
  growDisk(): Promise<void>;
  /** The last lines of the serial console of the VM that runs, oldest first; none without one. */
  consoleLines(): string[];
  /**
   * Stops the VM and does something with its files; whoever starts it meanwhile waits until that is done. It is left stopped.
   * @throws what `work` throws; Failure for an engine without VM
   */
  atRest<T>(work: (files: InstanceFiles) => Promise<T>): Promise<T>;
  recover(action: 'rebuild-image' | 'reset-data-disk'): Promise<void>;
  /**
   * A byte stream to a place in the guest; half-closes travel both ways and back-pressure holds end to end. Waits while the
   * engine restarts, up to a deadline. @throws Error when the VM does not run or the guest refuses the target.
   */
  openStream(target: GuestTarget): Promise<Duplex>;
  /** How the engine asks for ports of this computer; see {@link HostPortAuthority}. */
  onPortRequest(authority: HostPortAuthority): void;
}

/** `api`: the Docker Engine API. `port`: a published port, answered by whichever container has it; by its lane where there is a way. */
export type GuestTarget = { kind: 'api' } | ({ kind: 'port' } & HostPort);

/** The host side of `-p`: reserves and serves ports of this computer, before the container starts. */
export interface HostPortAuthority {
  /** @throws Error whose message names who holds the port. */
  reserve(port: HostPort): Promise<void>;
  release(port: HostPort): Promise<void>;
  /** The whole list after the engine (re)connected; whatever else is reserved is released. */
  sync(ports: HostPort[]): Promise<void>;
}

export interface HostPort {
  protocol: 'tcp' | 'udp';
  /** Empty or 0.0.0.0: all of this computer's addresses as the settings allow (127.0.0.1 by default). */
  hostIp: string;
  hostPort: number;
  /** A port of the guest's network card that leads there past the engine. */
  lane?: number;
}

/** Folders of this computer for containers: asks whether one may be given, and serves them all over the VM's port for files. */
export interface VmFolders {
  find(path: string, create: boolean): Promise<string>;
  /** @param port of a VM that begins to run, with the key of this start. @returns the way to let go of it */
  connect(port: { path: string; key: Uint8Array }): () => void;
}
