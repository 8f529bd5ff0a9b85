import type { ContainerConfig, DeviceMapping, HostConfig, Ulimit } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import { defaultMaskedPaths, defaultReadonlyPaths } from '../../runtime/oci/default-mounts.ts';
import { resolveCapabilities } from '../../runtime/oci/capabilities.ts';
import { parseSecurityOptions } from '../../runtime/oci/security-options.ts';
import type { HostFacts } from '../dependencies.ts';
import { checkLogConfig } from './log-options.ts';
import { checkNamespaceModes } from './namespace-modes.ts';
import { completePortBindings } from './port-bindings.ts';
import { checkResources } from './resources.ts';
import { checkRestartPolicy } from './restart-policy.ts';
import { checkStorageOptions } from './storage-options.ts';

const defaultShmSize = 64 * 1024 * 1024;
const knownRuntimes = ['crun', 'runc', 'io.containerd.runc.v2'];

/** Always shown by inspect; a list that was not asked for is null, as in Go. */
const defaults: HostConfig = {
  Binds: null,
  ContainerIDFile: '',
  PortBindings: null,
  AutoRemove: false,
  VolumeDriver: '',
  VolumesFrom: null,
  ConsoleSize: [0, 0],
  CapAdd: null,
  CapDrop: null,
  Dns: null,
  DnsOptions: null,
  DnsSearch: null,
  ExtraHosts: null,
  GroupAdd: null,
  Cgroup: '',
  Links: null,
  OomScoreAdj: 0,
  PidMode: '',
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  UTSMode: '',
  UsernsMode: '',
  Isolation: '',
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  CgroupParent: '',
  BlkioWeight: 0,
  BlkioWeightDevice: null,
  BlkioDeviceReadBps: null,
  BlkioDeviceWriteBps: null,
  BlkioDeviceReadIOps: null,
  BlkioDeviceWriteIOps: null,
  CpuPeriod: 0,
  CpuQuota: 0,
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Devices: null,
  DeviceCgroupRules: null,
  DeviceRequests: null,
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  OomKillDisable: null,
  PidsLimit: null,
  Ulimits: null,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
};

/** Shown only when they hold something. */
const optional = ['Mounts', 'StorageOpt', 'Tmpfs', 'Sysctls', 'Annotations'] as const;

/**
 * A whole HostConfig as inspect shows it: what was asked for, over moby's defaults. Fields that the API does not have are dropped.
 * @param config what was asked for beside it
 * @returns with warnings about what is ignored
 * @throws InvalidParameterError in moby's words for what cannot be
 */
export function completeHostConfig(request: HostConfig, config: ContainerConfig, host: HostFacts): { hostConfig: HostConfig; warnings: string[] } {
  const asked = withoutNulls(request);
  checkNamespaceModes(config, asked);
  const privileged = asked.Privileged === true;
  const networkMode = asked.NetworkMode === undefined || asked.NetworkMode === '' || asked.NetworkMode === 'default' ? 'bridge' : asked.NetworkMode;
  const hostConfig: HostConfig = {
    ...defaults,
    ...known(asked),
    NetworkMode: networkMode,
    RestartPolicy: checkRestartPolicy(asked.RestartPolicy, asked.AutoRemove === true),
    // Clients say "no limit" in several ways; inspect shows one.
    PidsLimit: (asked.PidsLimit ?? 0) > 0 ? asked.PidsLimit! : null,
    ConsoleSize: [asked.ConsoleSize?.[0] ?? 0, asked.ConsoleSize?.[1] ?? 0],
    CgroupnsMode: asked.CgroupnsMode || (host.cgroupVersion === 2 ? 'private' : 'host'),
    IpcMode: asked.IpcMode || 'private',
    ShmSize: asked.ShmSize || defaultShmSize,
    Runtime: asked.Runtime || 'crun',
    SecurityOpt: withLabels(asked),
    MaskedPaths: asked.MaskedPaths ?? (privileged ? null : defaultMaskedPaths([])),
    ReadonlyPaths: asked.ReadonlyPaths ?? (privileged ? null : defaultReadonlyPaths),
  };
  if ((asked.Links?.length ?? 0) === 0) hostConfig.Links = null;
  hostConfig.PortBindings = completePortBindings(asked.PortBindings);
  hostConfig.Devices = asked.Devices?.map((device) => ({ PathOnHost: '', PathInContainer: '', CgroupPermissions: '', ...withoutNulls<Partial<DeviceMapping>>(device) })) ?? null;
  hostConfig.Ulimits = asked.Ulimits?.map((limit) => ({ Name: '', Hard: 0, Soft: 0, ...withoutNulls<Partial<Ulimit>>(limit) })) ?? null;
  checkSecurity(hostConfig);
  if (Object.hasOwn(asked.Annotations ?? {}, '')) {
    throw new InvalidParameterError('invalid Annotations: the empty string is not permitted as an annotation key');
  }
  const warnings = checkResources(hostConfig, host, { update: false });
  checkPlatform(hostConfig, warnings);
  // As dockerd does: what may be swapped is as much again as what may be resident.
  if (hostConfig.Memory! > 0 && hostConfig.MemorySwap === 0) hostConfig.MemorySwap = hostConfig.Memory! * 2;
  if (hostConfig.OomKillDisable === null && host.limits.oomKillDisable) hostConfig.OomKillDisable = false;
  hostConfig.LogConfig = checkLogConfig(asked.LogConfig);
  return { hostConfig, warnings };
}

/** Clients send `null` for what they leave out: the defaults stand for it. */
export function withoutNulls<T extends object>(asked: T): T {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null && value !== undefined)) as T;
}

function known(asked: HostConfig): HostConfig {
  const fields = Object.keys(defaults).filter((name) => Object.hasOwn(asked, name));
  const filled = optional.filter((name) => Object.keys(asked[name] ?? {}).length > 0);
  const others = (['Init', 'KernelMemory', 'KernelMemoryTCP'] as const).filter((name) => asked[name] !== undefined);
  return Object.fromEntries([...fields, ...filled, ...others].map((name) => [name, asked[name as keyof HostConfig]]));
}

/** moby notes that SELinux is not to separate what shares so much. Source: `daemon/create.go` generateSecurityOpt. */
function withLabels(asked: HostConfig): string[] | null {
  const options = asked.SecurityOpt ?? null;
  const shares = asked.Privileged === true || asked.IpcMode === 'host' || asked.PidMode === 'host';
  return shares && options?.some((option) => option.split('=', 1)[0] === 'label') !== true ? [...(options ?? []), 'label=disable'] : options;
}

/** @throws InvalidParameterError */
function checkSecurity(hostConfig: HostConfig): void {
  // Which of them this machine can give is seen at start.
  resolveCapabilities({ add: hostConfig.CapAdd ?? [], drop: hostConfig.CapDrop ?? [], privileged: false });
  parseSecurityOptions(hostConfig.SecurityOpt ?? [], false);
}

/** Source: moby `daemon/daemon_unix.go` verifyPlatformContainerSettings. */
function checkPlatform(hostConfig: HostConfig, warnings: string[]): void {
  if (hostConfig.ShmSize! < 0) throw new InvalidParameterError('SHM size can not be less than 0');
  const oomScore = hostConfig.OomScoreAdj ?? 0;
  if (oomScore < -1000 || oomScore > 1000) throw new InvalidParameterError(`Invalid value ${oomScore}, range for oom score adj is [-1000, 1000]`);
  if (hostConfig.NetworkMode === 'host' && Object.keys(hostConfig.PortBindings ?? {}).length > 0) {
    warnings.push('Published ports are discarded when using host network mode');
  }
  if (!knownRuntimes.includes(hostConfig.Runtime!)) throw new InvalidParameterError(`unknown or invalid runtime name: ${hostConfig.Runtime}`);
  for (const path of Object.keys(hostConfig.Tmpfs ?? {})) {
    if (!path.startsWith('/')) throw new InvalidParameterError(`invalid mount path: '${path}' mount path must be absolute`);
    if (/^\/+\.?\/*$/.test(path)) throw new InvalidParameterError("invalid specification: destination can't be '/'");
  }
  checkStorageOptions(hostConfig.StorageOpt ?? {});
  if (hostConfig.CgroupParent!.split('/').includes('..')) throw new InvalidParameterError(`invalid cgroup parent: ${hostConfig.CgroupParent}`);
}
