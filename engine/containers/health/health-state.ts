import type { ContainerHealth } from '../../../contract/engine-api/container.ts';
import { parseTimestamp } from '../../lib/time/timestamp.ts';
import type { HealthCheck } from './health-check.ts';

export type ProbeResult = NonNullable<ContainerHealth['Log']>[number];

const keptResults = 5;

/** What a run begins with: what is known of earlier runs stays in the log, as in moby. */
export function startingHealth(before: ContainerHealth | undefined): ContainerHealth {
  return { Status: 'starting', FailingStreak: 0, Log: before?.Log ?? [] };
}

/** Nobody looks any more: moby calls that unhealthy. */
export function unwatchedHealth(before: ContainerHealth): ContainerHealth {
  return { ...before, Status: 'unhealthy' };
}

/** The state after one more probe. @param startedAt of the container's run. Source: moby daemon/health.go `handleProbeResult`. */
export function afterProbe(before: ContainerHealth, result: ProbeResult, check: HealthCheck, startedAt: string): ContainerHealth {
  const Log = [...(before.Log ?? []).slice(1 - keptResults), result];
  if (result.ExitCode === 0) return { Status: 'healthy', FailingStreak: 0, Log };
  // While it has never been healthy, failures in the start period do not count.
  const age = Number((parseTimestamp(result.Start) ?? 0n) - (parseTimestamp(startedAt) ?? 0n));
  if (before.Status === 'starting' && age < check.startPeriod) return { ...before, Log };
  const FailingStreak = before.FailingStreak + 1;
  return { Status: FailingStreak >= check.retries ? 'unhealthy' : before.Status, FailingStreak, Log };
}

/** Nanoseconds until the next probe. @param age nanoseconds since the start of the run */
export function nextProbe(health: ContainerHealth, check: HealthCheck, age: number): number {
  return age < check.startPeriod && health.Status === 'starting' ? check.startInterval : check.interval;
}

/** What `docker ps` adds in parentheses. */
export function healthText(health: ContainerHealth): string {
  return health.Status === 'starting' ? 'health: starting' : health.Status;
}
