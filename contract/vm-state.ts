/** The VM as the window and the CLI see it. `main/vm/instance` is the only writer. */
export type VmState =
  | { status: 'stopped' }
  | { status: 'starting'; startedAt: string; phases: VmPhase[] }
  | { status: 'running'; startedAt: string; phases: VmPhase[]; accelerator: VmAccelerator; engineVersion: string }
  | { status: 'stopping'; phases: VmPhase[] }
  | { status: 'suspending'; phases: VmPhase[] }
  | VmSuspended
  /** As `starting`, of a VM that goes on where it was suspended; a state that is of no use makes it `starting`. */
  | { status: 'resuming'; startedAt: string; phases: VmPhase[] }
  | { status: 'failed'; phases: VmPhase[]; failure: VmFailure };

/** The VM lies on the disk and has no process. */
export interface VmSuspended {
  status: 'suspended';
  /** RFC 3339. */
  since: string;
  /** Containers that run on once it is resumed. */
  containers: number;
}

/** `external`: no VM at all, the app talks to an engine that already runs on a Linux host. */
export type VmAccelerator = 'kvm' | 'hvf' | 'whpx' | 'hyperv' | 'tcg' | 'external';

/**
 * Phases of a start in the order in which they run. `requirements`: QEMU, disk and image are there and whole;
 * `disk`: the data disk exists; `hypervisor`: QEMU runs and answers on QMP; `kernel`: the guest's first user-space line;
 * `guest`: root file system mounted, init handed over; `engine`: the guest channel is authenticated and `/_ping` answers; `snapshot`: the VM, ready
 * to go on, is kept for later starts; `restore`: a VM goes on where the kept one stood; `resume`: the VM goes on where it was suspended.
 */
export const vmPhaseIds = ['requirements', 'disk', 'hypervisor', 'kernel', 'guest', 'engine', 'snapshot', 'restore', 'resume'] as const;
export type VmPhaseId = (typeof vmPhaseIds)[number];

/** The phases of each way to start. `resumed`: the VM was suspended. `making`: the first start of a VM that can be kept; those after it are `restored`. */
export const vmRoutes = {
  cold: ['requirements', 'disk', 'hypervisor', 'kernel', 'guest', 'engine'],
  making: ['requirements', 'disk', 'hypervisor', 'kernel', 'guest', 'engine', 'snapshot', 'restore'],
  restored: ['requirements', 'disk', 'hypervisor', 'restore', 'engine'],
  resumed: ['requirements', 'disk', 'hypervisor', 'resume', 'engine'],
} as const satisfies Record<string, readonly VmPhaseId[]>;
export type VmRoute = keyof typeof vmRoutes;

export interface VmPhase {
  id: VmPhaseId;
  status: 'waiting' | 'running' | 'done' | 'failed';
  /** Milliseconds from the start of the whole start to the start of this phase. */
  startedMs?: number;
  /** How long the phase took, in milliseconds; while it runs, absent. */
  tookMs?: number;
  /** One plain fact about the phase: `QEMU 7.2, TCG`, `32 GB sparse, 1.2 GB used`. */
  detail?: string;
}

export interface VmFailure {
  /** A stable name for tests and documentation: `qemu-missing`, `disk-full`, `image-corrupt`, `boot-timeout` … */
  code: VmFailureCode;
  phase: VmPhaseId;
  /** What failed, on what. */
  message: string;
  /** Ways out, likeliest first; each is a sentence, with a command where one helps. */
  steps: VmFailureStep[];
  /** The last lines of the serial console or of QEMU's stderr, oldest first. */
  lastLines: string[];
}

export interface VmFailureStep {
  text: string;
  command?: string;
  /** What the window can do itself when the step is pressed. */
  action?: 'retry' | 'rebuild-image' | 'reset-data-disk' | 'restart-without-acceleration';
}

export type VmFailureCode =
  | 'qemu-missing'
  | 'qemu-failed'
  | 'hyperv-missing'
  | 'hyperv-failed'
  | 'image-missing'
  | 'image-corrupt'
  | 'disk-full'
  | 'data-disk-damaged'
  | 'already-running'
  | 'boot-timeout'
  | 'engine-timeout'
  | 'engine-died'
  | 'vm-died'
  | 'internal';

export const stoppedVm: VmState = { status: 'stopped' };
