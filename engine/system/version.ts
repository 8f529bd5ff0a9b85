import { arch, release } from 'node:os';
import type { VersionResponse } from '../../contract/engine-api/system.ts';
import { runCommand } from '../lib/processes/run-command.ts';

/** As Go calls machines: `amd64`, `arm64`. */
export function goArchitecture(): string {
  return arch() === 'x64' ? 'amd64' : arch();
}

let askedCrun: Promise<string> | undefined;

/** crun's own words: `1.8.1`; empty when it is not installed. Asked once, and not before somebody wants to know. */
export function crunVersion(): Promise<string> {
  askedCrun ??= runCommand('crun', ['--version']).then(
    ({ stdout }) => /version (\S+)/.exec(stdout)?.[1] ?? '',
    () => '',
  );
  return askedCrun;
}

/** @param versions of the API, from `api/api-version.ts`, and of crun. */
export function versionResponse(versions: { engine: string; api: string; minApi: string; crun: string }): VersionResponse {
  return {
    Platform: { Name: 'Slipway' },
    Components: [
      {
        Name: 'Engine',
        Version: versions.engine,
        Details: {
          ApiVersion: versions.api,
          MinAPIVersion: versions.minApi,
          Arch: goArchitecture(),
          BuildTime: '',
          Experimental: 'false',
          GitCommit: '',
          GoVersion: '',
          KernelVersion: release(),
          NodeVersion: process.version,
          Os: 'linux',
        },
      },
      { Name: 'crun', Version: versions.crun, Details: { GitCommit: '' } },
    ],
    Version: versions.engine,
    ApiVersion: versions.api,
    MinAPIVersion: versions.minApi,
    GitCommit: '',
    GoVersion: '',
    Os: 'linux',
    Arch: goArchitecture(),
    KernelVersion: release(),
    BuildTime: '',
  };
}
