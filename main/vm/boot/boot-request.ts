import type { GuestConnection } from '../channel/guest-connection.ts';
import type { ConsoleReader } from '../console/console-reader.ts';
import type { LaunchedVm, RealAccelerator, VmDriver, VmSettings } from '../driver.ts';
import type { InstanceFiles } from '../home/instance-files.ts';
import type { InstanceLock } from '../home/instance-lock.ts';
import type { HostPortAuthority, VmFolders } from '../vm.ts';
import type { PhaseClock } from './phase-clock.ts';

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
