import { posix } from 'node:path';
import type { ContainerConfig } from '../../../contract/engine-api/container.ts';
import type { ImageRunConfig } from '../../../contract/engine-api/image.ts';
import { InvalidParameterError } from '../../errors.ts';
import { parseSignal } from './signals.ts';

/**
 * The container's config completed by its image's: what the user gave wins, lists and maps are joined.
 * Source: moby daemon/commit.go `merge`, daemon/create.go.
 * @throws InvalidParameterError `no command specified` and for values that no process can have
 */
export function mergeConfig(asked: ContainerConfig, image: ImageRunConfig): ContainerConfig {
  let entrypoint = words(asked.Entrypoint);
  let command = words(asked.Cmd);
  if (entrypoint === null || entrypoint.length === 0) {
    if (command === null || command.length === 0) command = image.Cmd ?? null;
    // An empty list keeps the image's entrypoint away; only `null` lets it through.
    if (entrypoint === null) entrypoint = image.Entrypoint ?? null;
  }
  if (entrypoint?.length === 1 && entrypoint[0] === '') entrypoint = null;
  if ((entrypoint?.length ?? 0) === 0 && (command?.length ?? 0) === 0) throw new InvalidParameterError('no command specified');
  const config: ContainerConfig = {
    Hostname: asked.Hostname ?? '',
    Domainname: asked.Domainname ?? '',
    User: asked.User !== undefined && asked.User !== '' ? asked.User : (image.User ?? ''),
    AttachStdin: asked.AttachStdin ?? false,
    AttachStdout: asked.AttachStdout ?? false,
    AttachStderr: asked.AttachStderr ?? false,
    Tty: asked.Tty ?? false,
    OpenStdin: asked.OpenStdin ?? false,
    StdinOnce: asked.StdinOnce ?? false,
    Env: mergeEnv(asked.Env ?? [], image.Env ?? []),
    Cmd: command,
    Image: asked.Image ?? '',
    Volumes: joined(asked.Volumes, image.Volumes),
    WorkingDir: workingDirectory(asked.WorkingDir, image.WorkingDir),
    Entrypoint: entrypoint,
    OnBuild: asked.OnBuild ?? null,
    Labels: { ...image.Labels, ...asked.Labels },
  };
  const exposed = joined(asked.ExposedPorts, image.ExposedPorts);
  if (exposed !== null) config.ExposedPorts = exposed;
  if (asked.NetworkDisabled === true) config.NetworkDisabled = true;
  if (asked.MacAddress !== undefined && asked.MacAddress !== '') config.MacAddress = asked.MacAddress;
  const stopSignal = asked.StopSignal !== undefined && asked.StopSignal !== '' ? asked.StopSignal : image.StopSignal;
  if (stopSignal !== undefined && stopSignal !== '') config.StopSignal = stopSignal;
  if (asked.StopTimeout != null) config.StopTimeout = asked.StopTimeout;
  const healthcheck = mergeHealthcheck(asked.Healthcheck ?? undefined, image.Healthcheck);
  if (healthcheck !== undefined) config.Healthcheck = healthcheck;
  const shell = words(asked.Shell) ?? image.Shell;
  if (shell !== undefined && shell !== null && shell.length > 0) config.Shell = shell;
  return config;
}

/** moby's StrSlice: JSON may hold one word instead of a list. */
function words(value: string[] | string | null | undefined): string[] | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? [value] : value;
}

/**
 * What can be seen to be wrong before the image is looked up. Source: moby `daemon/container.go` validateContainerConfig.
 * @throws InvalidParameterError
 */
export function checkConfig(asked: ContainerConfig): void {
  workingDirectory(asked.WorkingDir, undefined);
  if (asked.StopSignal !== undefined && asked.StopSignal !== null && asked.StopSignal !== '') parseSignal(asked.StopSignal);
  for (const entry of asked.Env ?? []) {
    if (entry.split('=', 1)[0] === '') throw new InvalidParameterError(`invalid environment variable: ${entry}`);
    if (entry.includes('\0')) throw new InvalidParameterError(`invalid environment variable: ${JSON.stringify(entry)}`);
  }
}

/** The user's variables first, then the image's that the user did not set. `NAME` alone is the user's way to unset one. */
function mergeEnv(asked: string[], image: string[]): string[] {
  const nameOf = (entry: string) => entry.split('=', 1)[0]!;
  const names = new Set(asked.map(nameOf));
  return [...asked, ...image.filter((entry) => !names.has(nameOf(entry)))];
}

function joined(asked: Record<string, object> | null | undefined, image: Record<string, object> | null | undefined): Record<string, object> | null {
  const all = { ...image, ...asked };
  return Object.keys(all).length === 0 ? null : all;
}

function workingDirectory(asked: string | undefined, image: string | undefined): string {
  const path = asked !== undefined && asked !== '' ? asked : (image ?? '');
  if (path !== '' && !path.startsWith('/')) {
    throw new InvalidParameterError(`the working directory '${path}' is invalid, it needs to be an absolute path`);
  }
  return path === '' ? '' : posix.resolve(path);
}

function mergeHealthcheck(asked: ContainerConfig['Healthcheck'], image: ImageRunConfig['Healthcheck']): ContainerConfig['Healthcheck'] {
  if (asked === undefined || asked === null) return image;
  if (image === undefined) return asked;
  return {
    Test: (asked.Test?.length ?? 0) > 0 ? asked.Test : image.Test,
    Interval: asked.Interval || image.Interval,
    Timeout: asked.Timeout || image.Timeout,
    StartPeriod: asked.StartPeriod || image.StartPeriod,
    StartInterval: asked.StartInterval || image.StartInterval,
    Retries: asked.Retries || image.Retries,
  };
}
