import type { RestartPolicy } from '../../../contract/engine-api/container.ts';

const firstDelay = 100;
const longestDelay = 60_000;
/** A run of this length forgives the short ones before it. */
const goodRun = 10_000;

export interface EndedRun {
  exitCode: number;
  /** Stopped or killed through the API. */
  manuallyStopped: boolean;
  /** Restarts by the policy so far. */
  restartCount: number;
  /** Milliseconds. */
  ranFor: number;
  /** The delay before the run that ended; 0 for one started by hand. */
  lastDelay: number;
}

/**
 * Milliseconds until the policy starts the container again; null when it does not.
 * Delays double from 100 ms to a minute. Source: moby restartmanager.
 */
export function restartDelay(policy: RestartPolicy, run: EndedRun): number | null {
  if (run.manuallyStopped || !wants(policy, run)) return null;
  if (run.ranFor >= goodRun || run.lastDelay === 0) return firstDelay;
  return Math.min(run.lastDelay * 2, longestDelay);
}

/**
 * Whether a container that does not run is to be started when the engine starts. `always` means even one that was
 * stopped by hand, as in dockerd; one that never ran is never started.
 */
export function startsWithEngine(policy: RestartPolicy, run: { exitCode: number; manuallyStopped: boolean; restartCount: number }): boolean {
  if (policy.Name === 'always') return true;
  return !run.manuallyStopped && wants(policy, run);
}

function wants(policy: RestartPolicy, run: { exitCode: number; restartCount: number }): boolean {
  switch (policy.Name) {
    case 'always':
    case 'unless-stopped':
      return true;
    case 'on-failure':
      return run.exitCode !== 0 && (policy.MaximumRetryCount === 0 || run.restartCount < policy.MaximumRetryCount);
    case 'no':
    case '':
      return false;
  }
}
