import type { ContainerConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';

/** A container's healthcheck with its defaults. Durations in nanoseconds, as they came. Source: moby daemon/health.go. */
export interface HealthCheck {
  command: string[];
  interval: number;
  timeout: number;
  startPeriod: number;
  startInterval: number;
  retries: number;
}

const second = 1e9;
const shortest = 1e6;

/** null for a container that nobody asks how it is: without a test, or with `NONE`. */
export function healthCheckOf(config: ContainerConfig): HealthCheck | null {
  const { Healthcheck: asked } = config;
  const command = commandOf(config);
  if (asked === undefined || asked === null || command === null) return null;
  return {
    command,
    interval: asked.Interval || 30 * second,
    timeout: asked.Timeout || 30 * second,
    startPeriod: asked.StartPeriod || 0,
    startInterval: asked.StartInterval || 5 * second,
    retries: (asked.Retries ?? 0) > 0 ? asked.Retries! : 3,
  };
}

function commandOf(config: ContainerConfig): string[] | null {
  const [form, ...words] = config.Healthcheck?.Test ?? [];
  switch (form) {
    case 'CMD':
      return words.length === 0 ? null : words;
    case 'CMD-SHELL':
      return [...((config.Shell?.length ?? 0) > 0 ? config.Shell! : ['/bin/sh', '-c']), ...words];
    default:
      // `NONE`, nothing, or a form that nobody knows: moby runs no probe then either.
      return null;
  }
}

/** @throws InvalidParameterError in moby's words (daemon/container.go `validateHealthCheck`) */
export function checkHealthConfig(asked: ContainerConfig['Healthcheck']): void {
  if (asked === undefined || asked === null) return;
  for (const name of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const) {
    const value = asked[name] ?? 0;
    if (value !== 0 && value < shortest) throw new InvalidParameterError(`${name} in Healthcheck cannot be less than 1ms`);
  }
  if ((asked.Retries ?? 0) < 0) throw new InvalidParameterError('Retries in Healthcheck cannot be negative');
}
