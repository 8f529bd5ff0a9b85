import { arch, cpus, homedir, release, totalmem, type as systemName } from 'node:os';
import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { InfoResponse, VersionResponse } from '../../contract/engine-api/system.ts';
import type { AppFacts, Settings } from '../../contract/ipc.ts';
import type { CheckResult, StartRecord } from '../../contract/troubleshoot.ts';
import type { VmState } from '../../contract/vm-state.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { messageOf } from '../failure.ts';
import { scrubAll } from './scrub.ts';

export interface BundleSources {
  facts: AppFacts;
  settings: Settings;
  vm: VmState;
  checks: CheckResult[];
  /** The last ones, newest first. */
  starts: StartRecord[];
  /** The app's own last lines. */
  journal: readonly string[];
  engine: Pick<EngineClient, 'info' | 'version' | 'containers'>;
  /** The person's folder, which is written as `~`. */
  homeFolder?: string;
}

/** What the engine tells of itself and nothing of what runs in it: listed, so that a new field stays out until someone thought about it. */
const infoFields = [
  'Containers', 'ContainersRunning', 'ContainersPaused', 'ContainersStopped', 'Images', 'Driver', 'NCPU', 'MemTotal', 'KernelVersion', 'OperatingSystem', 'OSType', 'Architecture', 'ServerVersion',
  'CgroupVersion', 'CgroupDriver', 'Warnings', 'SystemTime', 'LoggingDriver', 'DefaultRuntime', 'NFd', 'NGoroutines', 'SecurityOptions',
] as const;

/**
 * Everything that helps to find a fault from afar, as readable JSON: versions, the start, the checks, the app's last lines, and of containers
 * only how they are. No variables, labels, commands, mounts, names of files or output.
 */
export async function makeBundle({ facts, settings, vm, checks, starts, journal, engine, homeFolder = homedir() }: BundleSources): Promise<string> {
  const [info, version, containers] = await Promise.all([told(engine.info()), told(engine.version()), told(engine.containers.list())]);
  const whole = {
    writtenAt: new Date().toISOString(),
    slipway: { version: facts.version, shell: facts.shell, dockerHost: facts.dockerHost, node: process.version },
    computer: { system: systemName(), release: release(), arch: arch(), cpus: cpus().length, memory: totalmem() },
    settings,
    start: vm,
    starts,
    checks,
    engine: 'failure' in info ? info : infoOf(info as InfoResponse),
    engineVersion: 'failure' in version ? version : versionOf(version as VersionResponse),
    containers: 'failure' in containers ? containers : (containers as ContainerSummary[]).map(containerOf),
    journal,
  };
  return `${JSON.stringify(scrubAll(whole, homeFolder), null, 2)}\n`;
}

async function told<T extends object>(asked: Promise<T>): Promise<T | { failure: string }> {
  try {
    return await asked;
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

const infoOf = (info: InfoResponse) => Object.fromEntries(infoFields.map((name) => [name, info[name]]));
const versionOf = ({ Version, ApiVersion, MinAPIVersion, Os, Arch, KernelVersion }: VersionResponse) => ({ Version, ApiVersion, MinAPIVersion, Os, Arch, KernelVersion });
const containerOf = ({ Id, State, Status, Created, Ports, HostConfig }: ContainerSummary) => ({
  id: Id.slice(0, 12),
  state: State,
  status: Status,
  created: Created,
  ports: (Ports ?? []).map(({ PrivatePort, PublicPort, Type }) => `${PublicPort ?? ''}:${PrivatePort}/${Type}`),
  network: HostConfig.NetworkMode === 'host' || HostConfig.NetworkMode === 'none' ? HostConfig.NetworkMode : 'bridge or own',
});
