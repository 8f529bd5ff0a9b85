import type { ContainerHealth } from '../../../contract/engine-api/container.ts';
import type { ContainerState } from '../container.ts';
import { healthText } from '../health/health-state.ts';

/**
 * What `docker ps` shows under STATUS: `Up 3 seconds`, `Exited (0) 2 minutes ago`. Source: moby daemon/container/state.go.
 * @param now milliseconds since 1970
 */
export function statusText(state: ContainerState, now: number, health?: ContainerHealth): string {
  switch (state.status) {
    case 'created':
      return 'Created';
    case 'running':
      return `Up ${humanDuration(since(state.startedAt, now))}${health === undefined ? '' : ` (${healthText(health)})`}`;
    case 'paused':
      return `Up ${humanDuration(since(state.startedAt, now))} (Paused)`;
    case 'restarting':
      return `Restarting (${state.exitCode}) ${humanDuration(since(state.finishedAt, now))} ago`;
    case 'exited':
      return `Exited (${state.exitCode}) ${humanDuration(since(state.finishedAt, now))} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
  }
}

/** Milliseconds for which {@link statusText} surely says the same, unless the state changes. */
export function statusLasts(state: ContainerState, now: number): number {
  switch (state.status) {
    case 'running':
    case 'paused':
      return durationLasts(now - timeOf(state.startedAt));
    case 'restarting':
    case 'exited':
      return durationLasts(now - timeOf(state.finishedAt));
    default:
      return Infinity;
  }
}

/** Up to the next second, then the next minute: all longer steps begin with one. In milliseconds, both. */
function durationLasts(elapsed: number): number {
  const step = elapsed < 60_000 ? 1000 : 60_000;
  return step - (((elapsed % step) + step) % step);
}

function since(time: string, now: number): number {
  return (now - timeOf(time)) / 1000;
}

function timeOf(time: string): number {
  return Date.parse(time) || 0;
}

/** As go-units `HumanDuration`. */
export function humanDuration(elapsed: number): string {
  const seconds = Math.floor(elapsed);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(elapsed / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(elapsed / 3600 + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(Math.floor(elapsed / 3600) / 24 / 365)} years`;
}
