import type { Duplex, Readable } from 'node:stream';
import type { VmAccelerator } from '../../contract/vm-state.ts';
import type { VmImage } from './image/image.ts';
import type { InstanceFiles } from './home/instance-files.ts';

/** What a person may choose of the VM. The same names as in `Settings` of the contract. */
export interface VmSettings {
  memoryMiB: number;
  cpus: number;
  diskGiB: number;
  /** `none`: software emulation, for machines whose virtualisation misbehaves. */
  acceleration: 'auto' | 'none';
  /** Containers may reach this computer's own programs, as `host.docker.internal`. Off unless it is chosen. */
  hostAccess?: boolean;
}

export type GuestArch = 'amd64' | 'arm64';
export type RealAccelerator = Exclude<VmAccelerator, 'external'>;

/** One way of running the VM on this computer: QEMU (`qemu/`), or Hyper-V on Windows (`hyperv/`). */
export interface VmDriver {
  /** Of the data disk: that of one is no use to the other. */
  readonly diskFormat: 'qcow2' | 'vhdx';
  /** Finds the hypervisor. @throws VmStartError `qemu-missing` or `hyperv-missing`, with the command that helps. */
  locate(arch: GuestArch, files: InstanceFiles): Promise<Hypervisor>;
  /** Ends a VM that an app which died left behind; resolves once it is gone. */
  endOrphan(pid: number, files: InstanceFiles): Promise<void>;
}

export interface Hypervisor {
  /** `QEMU 7.2.22`. */
  readonly name: string;
  /** Makes an empty sparse disk, or grows one; see data-disk.ts. */
  createDisk(path: string, bytes: number): Promise<void>;
  growDisk(path: string, bytes: number): Promise<void>;
  /**
   * Everything of this VM and this computer but its data disk that a snapshot depends on, as one text; null where a VM cannot be kept and restored.
   * One that was made with another identity is never restored.
   */
  snapshotIdentity(vm: VmIdentity): Promise<string | null>;
  /** Best first, and never empty: the last one works everywhere. `reason` says why a better one was left out. */
  accelerators(choice: VmSettings['acceleration'], arch: GuestArch): Promise<{ order: RealAccelerator[]; reason: string | null }>;
  /**
   * Starts the VM and resolves once the hypervisor answers. The caller ends it with `quit` or `kill`.
   * @throws VmStartError when it does not come up; nothing is left running then.
   */
  launch(request: LaunchRequest): Promise<LaunchedVm>;
}

export interface VmIdentity {
  files: InstanceFiles;
  image: VmImage;
  settings: VmSettings;
  accelerator: RealAccelerator;
}

/**
 * Where the VM's memory begins. Absent: empty, and QEMU's own. `from-state`: its own too, but all of it comes out of {@link LaunchedVm.load}.
 */
export type VmMemory = 'from-state' | VmMemoryFile;

/**
 * The VM's memory as a file. `shared`: what the guest writes is in the file, and {@link LaunchedVm.save} leaves it out of the state. Otherwise the VM
 * begins with what the file holds, keeps changes to itself, and waits for {@link LaunchedVm.load}.
 */
export interface VmMemoryFile {
  file: string;
  shared: boolean;
}

export interface LaunchRequest extends VmIdentity {
  memory?: VmMemory;
  /** File of the state that the VM begins with: it waits for {@link LaunchedVm.load}. It may be removed once the VM is launched. */
  state?: string;
  signal: AbortSignal;
  /** Whether the guest may reach this computer now; asked again and again. */
  hostAccess(): boolean;
  /** Called with the process's number before anything is waited for, so that no crash of ours leaves it unknown. */
  started(pid: number): Promise<void>;
}

export interface LaunchedVm {
  readonly pid: number;
  /** The serial console from the first byte on. */
  readonly console: Readable;
  /** The last lines that the hypervisor itself complained with. */
  complaints(): string[];
  readonly exited: Promise<VmExit>;
  /** Sockets (or pipes) of the guest channel's ports. */
  readonly channels: string[];
  /** Socket (or pipe) of the port for files; absent where the VM has none, and no folder can be shared. */
  readonly filePort?: string;
  /**
   * Connects to a port of the guest's network card; resolves once the guest took it. An error of the connection is that the guest reset it. Absent where there is no such way.
   * @throws RefusedByGuestError, or Error when there is none at the moment
   */
  dial?(guestPort: number): Promise<Duplex>;
  /** Tells when the guest opens or closes one of the {@link channels}: an engine came or went. */
  onGuestPort(listener: (open: boolean) => void): void;
  /** The VM stands still because this computer's disk is full. */
  onDiskFull(listener: () => void): void;
  /** Makes the data disk larger while the VM runs, and tells the guest. It never shrinks. */
  growDisk(bytes: number): Promise<void>;
  /** Goes on after {@link onDiskFull}, or after {@link suspend} where that is taken back. */
  resume(): Promise<void>;
  /** Stops the VM for good and writes the state of its devices to a file. */
  save(stateFile: string): Promise<void>;
  /**
   * Stops the VM and writes all of it to a file, memory included; its disks are written out and left alone from then on. Where that fails or
   * `signal` aborts, the VM goes on as if nothing had been. @throws Error, or the signal's reason.
   */
  suspend(stateFile: string, signal: AbortSignal): Promise<void>;
  /** Takes the state that it was launched for and lets the VM go on from there, once `beforeGoingOn` has settled. @throws Error when the hypervisor refuses it. */
  load(beforeGoingOn?: () => Promise<void>): Promise<void>;
  /** Ends the VM at once but in order: what the guest wrote to its disks is in the files. */
  quit(): Promise<void>;
  kill(): void;
}

/** The guest is there, and does not take the connection. */
export class RefusedByGuestError extends Error {
  override name = 'RefusedByGuestError';

  constructor() {
    super('nothing answers in the container');
  }
}

export interface VmExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}
