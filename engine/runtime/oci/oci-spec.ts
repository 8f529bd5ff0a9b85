import { isAbsolute } from 'node:path/posix';
import type { DeviceRequest, HostConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { TaskSpec } from '../../containers/collaborators.ts';
import { resolveCapabilities } from './capabilities.ts';
import { defaultMaskedPaths, defaultMounts, defaultReadonlyPaths, mergeMounts } from './default-mounts.ts';
import type { ResolvedDevices } from './devices.ts';
import { resolveEnvironment } from './environment.ts';
import type { HostFacts } from './host-facts.ts';
import { resolveNamespaces } from './namespaces.ts';
import type { OciCapabilities, OciConfig, OciMount, OciProcess } from './oci-config.ts';
import { resolveResources } from './resources.ts';
import { resolveRlimits } from './rlimits.ts';
import { resolveSysctls } from './sysctls.ts';
import { expandSeccomp } from './seccomp-profile.ts';
import { parseSecurityOptions } from './security-options.ts';
import type { ResolvedUser } from './user.ts';

/** What {@link ociSpec} needs beside the task, looked up by its caller so that it stays a pure function. */
export interface SpecContext {
  facts: HostFacts;
  user: ResolvedUser;
  devices: ResolvedDevices;
  pidOf: (containerId: string) => number;
}

const initInContainer = '/sbin/docker-init';

/**
 * The OCI config of a container, as moby writes it (`daemon/oci_linux.go`). Annotations of the user are not passed on:
 * crun acts on `run.oci.*` ones (CVE-2025-24965), and nothing else here reads any.
 * @throws InvalidParameterError for what cannot be on this machine
 */
export function ociSpec(task: TaskSpec, context: SpecContext): OciConfig {
  const { facts } = context;
  const { hostConfig } = task;
  const privileged = hostConfig.Privileged === true;
  const security = parseSecurityOptions(hostConfig.SecurityOpt ?? [], privileged);
  const capabilities = resolveCapabilities({ add: hostConfig.CapAdd ?? [], drop: hostConfig.CapDrop ?? [], privileged }, facts.capabilities);
  const seccomp = security.seccomp === null ? undefined : expandSeccomp(security.seccomp, capabilities, facts);
  refuseDeviceRequests(hostConfig.DeviceRequests ?? []);
  const init = wantsInit(hostConfig) ? requireInit(facts) : undefined;
  const mounts = mergeMounts(
    defaultMounts({ privileged, shmSize: hostConfig.ShmSize ?? 0, ipcMode: hostConfig.IpcMode ?? '', writableCgroups: security.writableCgroups }),
    [...task.mounts, ...(init === undefined ? [] : [{ type: 'bind' as const, source: init, destination: initInContainer, options: ['bind', 'ro'] }])],
    hostConfig.ReadonlyRootfs === true,
  );
  const config: OciConfig = {
    ociVersion: '1.0.2',
    process: initProcess(task, context, capabilities, security.noNewPrivileges),
    root: hostConfig.ReadonlyRootfs === true ? { path: task.rootfs, readonly: true } : { path: task.rootfs },
    mounts,
    linux: {
      resources: resolveResources(hostConfig, context.devices.rules, facts),
      cgroupsPath: cgroupsPath(task.id, hostConfig.CgroupParent),
      namespaces: resolveNamespaces({ hostConfig, netns: task.netns, cgroupVersion: facts.cgroupVersion, pidOf: context.pidOf }),
      maskedPaths: hostConfig.MaskedPaths ?? (privileged ? [] : defaultMaskedPaths(facts.thermalPaths)),
      readonlyPaths: hostConfig.ReadonlyPaths ?? (privileged ? [] : defaultReadonlyPaths),
    },
  };
  if (hostConfig.UTSMode !== 'host') config.hostname = task.hostname;
  const sysctl = resolveSysctls(task.config, hostConfig, task.netns);
  if (Object.keys(sysctl).length > 0) config.linux.sysctl = sysctl;
  if (context.devices.devices.length > 0) config.linux.devices = context.devices.devices;
  if (seccomp !== undefined) config.linux.seccomp = seccomp;
  const propagation = rootfsPropagation(mounts);
  if (propagation !== undefined) config.linux.rootfsPropagation = propagation;
  return config;
}

/** Where a container's cgroup lies, below the cgroup root. */
export function cgroupsPath(containerId: string, parent: string | undefined): string {
  const folder = parent === undefined || parent === '' ? '/slipway' : parent.startsWith('/') ? parent : `/${parent}`;
  if (folder.split('/').includes('..')) throw new InvalidParameterError(`invalid cgroup parent: ${folder}`);
  return `${folder.replace(/\/+$/, '')}/${containerId}`;
}

export function toCapabilitySets(capabilities: readonly string[], root: boolean): OciCapabilities {
  const names = [...capabilities];
  // Another user than root gets them only through files that carry them, as with moby.
  return { bounding: names, effective: root ? names : [], permitted: root ? names : [] };
}

function initProcess(task: TaskSpec, { facts, user }: SpecContext, capabilities: readonly string[], noNewPrivileges: boolean): OciProcess {
  const { config, hostConfig } = task;
  const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (command.length === 0 || command[0] === '') throw new InvalidParameterError('no command specified');
  const process: OciProcess = {
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    args: wantsInit(hostConfig) ? [initInContainer, '--', ...command] : command,
    env: resolveEnvironment({ hostname: task.hostname, tty: config.Tty === true, home: user.home }, config.Env ?? []),
    cwd: workingDirectory(config.WorkingDir),
    capabilities: toCapabilitySets(capabilities, user.uid === 0),
    oomScoreAdj: hostConfig.OomScoreAdj ?? 0,
  };
  const rlimits = resolveRlimits(hostConfig.Ulimits ?? [], facts.hardLimits);
  if (rlimits.length > 0) process.rlimits = rlimits;
  if (noNewPrivileges) process.noNewPrivileges = true;
  if (config.Tty === true) {
    process.terminal = true;
    const [height, width] = hostConfig.ConsoleSize ?? [0, 0];
    if (height > 0 && width > 0) process.consoleSize = { height, width };
  }
  return process;
}

export function workingDirectory(asked: string | undefined): string {
  if (asked === undefined || asked === '') return '/';
  if (!isAbsolute(asked)) throw new InvalidParameterError(`the working directory '${asked}' is invalid, it needs to be an absolute path`);
  return asked;
}

/** Where others are first in the PID namespace, they are the init. Source: moby `daemon/oci_linux.go` WithCommonOptions. */
function wantsInit({ Init: init, PidMode: mode = '' }: HostConfig): boolean {
  return init === true && mode === '';
}

/** What GPUs need is not part of this engine. Words: moby `daemon/devices.go`. */
function refuseDeviceRequests(requests: readonly DeviceRequest[]): void {
  for (const { Driver: driver = '', Capabilities: capabilities } of requests) {
    const wanted = `[${(capabilities ?? []).map((set) => `[${set.join(' ')}]`).join(' ')}]`;
    throw new InvalidParameterError(`could not select device driver ${JSON.stringify(driver)} with capabilities: ${wanted}: this engine has no drivers for GPUs`);
  }
}

function requireInit(facts: HostFacts): string {
  if (facts.initBinary === null) throw new InvalidParameterError('the container asks for an init, but none is installed: install catatonit or tini on the machine of the engine');
  return facts.initBinary;
}

/** Mounts that come or go later only travel into the container when its root lets them. Source: moby `daemon/oci_linux.go` withMounts. */
function rootfsPropagation(mounts: readonly OciMount[]): string | undefined {
  const options = mounts.flatMap((mount) => mount.options);
  if (options.includes('rshared') || options.includes('shared')) return 'shared';
  return options.includes('rslave') || options.includes('slave') ? 'rslave' : undefined;
}
