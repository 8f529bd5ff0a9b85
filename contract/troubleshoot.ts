import type { VmAccelerator, VmFailure, VmPhase } from './vm-state.ts';

/** In the order in which they are shown: from this computer to the engine. */
export const checkIds = ['virtualisation', 'qemu', 'disk', 'memory', 'dns', 'engine', 'socket', 'clock', 'ports'] as const;
export type CheckId = (typeof checkIds)[number];

/**
 * What a check found. The words and the next step are the window's, by this name; `skipped` has nothing to look at (no VM, no engine).
 * Figures and names that belong into the words are in {@link CheckResult.values}.
 */
export type Finding =
  | 'virtualisation.good' | 'virtualisation.none' | 'virtualisation.skipped'
  | 'qemu.good' | 'qemu.missing' | 'qemu.skipped'
  | 'disk.good' | 'disk.low' | 'disk.full' | 'disk.failed'
  | 'memory.good' | 'memory.tight' | 'memory.skipped'
  | 'dns.good' | 'dns.servers' | 'dns.none' | 'dns.failed' | 'dns.skipped'
  | 'engine.good' | 'engine.slow' | 'engine.failed' | 'engine.skipped'
  | 'socket.good' | 'socket.exposed' | 'socket.failed' | 'socket.skipped'
  | 'clock.good' | 'clock.off' | 'clock.skipped'
  | 'ports.good' | 'ports.silent' | 'ports.skipped';

export interface CheckResult {
  id: CheckId;
  status: 'good' | 'warning' | 'bad' | 'skipped';
  finding: Finding;
  values: Record<string, string | number>;
  /** Of the next step, where a command does it. */
  command?: string;
}

/** One start of the VM, as it was kept: see `main/troubleshoot/start-records.ts`. */
export interface StartRecord {
  /** RFC 3339. */
  startedAt: string;
  /** Of Slipway. */
  version: string;
  /**
   * `starting`: it is under way, or Slipway ended in the middle of it; `cancelled`: a person stopped it; `ended`: it had come up, and the VM ended by
   * itself later, at `endedAt`, for the reason in `failure`.
   */
  outcome: 'starting' | 'running' | 'failed' | 'cancelled' | 'ended';
  endedAt?: string;
  phases: VmPhase[];
  accelerator?: VmAccelerator;
  engineVersion?: string;
  failure?: Omit<VmFailure, 'lastLines'>;
  /** Of the serial console, and of QEMU where it complained; oldest first. */
  lastLines: string[];
}
