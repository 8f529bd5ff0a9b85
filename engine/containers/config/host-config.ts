import type { HostConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import { checkLogConfig } from './log-options.ts';
import type { HostFacts } from '../dependencies.ts';

/** What a container must not read or write in /proc and /sys. Source: moby oci/defaults.go, v28. */
const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** Fields that inspect shows and that nothing here acts on. */
const unusedHere = {
  BlkioWeightDevice: [],
  BlkioDeviceReadBps: [],
  BlkioDeviceWriteBps: [],
  BlkioDeviceReadIOps: [],
  BlkioDeviceWriteIOps: [],
  DeviceRequests: null,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
};

const defaultShmSize = 64 * 1024 * 1024;
const minimumMemory = 6 * 1024 * 1024;
const knownRuntimes = ['crun', 'runc', 'io.containerd.runc.v2'];

/**
 * A whole HostConfig as inspect shows it: what was asked for, over moby's defaults.
 * @throws InvalidParameterError in moby's words for what cannot be
 */
export function completeHostConfig(request: HostConfig, host: HostFacts): HostConfig {
  const asked = withoutNulls(request);
  const privileged = asked.Privileged === true;
  const networkMode = asked.NetworkMode === undefined || asked.NetworkMode === '' || asked.NetworkMode === 'default' ? 'bridge' : asked.NetworkMode;
  const hostConfig: HostConfig = {
    ...unusedHere,
    Binds: null,
    ContainerIDFile: '',
    PortBindings: {},
    AutoRemove: false,
    VolumeDriver: '',
    VolumesFrom: null,
    ConsoleSize: [0, 0],
    CapAdd: null,
    CapDrop: null,
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
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
    CpuPeriod: 0,
    CpuQuota: 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: '',
    CpusetMems: '',
    Devices: [],
    DeviceCgroupRules: null,
    MemoryReservation: 0,
    MemorySwap: 0,
    OomKillDisable: null,
    Ulimits: [],
    ...asked,
    NetworkMode: networkMode,
    LogConfig: checkLogConfig(asked.LogConfig),
    // Clients say "no limit" in several ways; inspect shows one.
    PidsLimit: (asked.PidsLimit ?? 0) > 0 ? asked.PidsLimit! : null,
    MemorySwappiness: (asked.MemorySwappiness ?? -1) < 0 ? null : asked.MemorySwappiness!,
    RestartPolicy: { Name: asked.RestartPolicy?.Name || 'no', MaximumRetryCount: asked.RestartPolicy?.MaximumRetryCount ?? 0 },
    CgroupnsMode: asked.CgroupnsMode || (host.cgroupVersion === 2 && !privileged ? 'private' : 'host'),
    IpcMode: asked.IpcMode || 'private',
    ShmSize: asked.ShmSize === undefined || asked.ShmSize === 0 ? defaultShmSize : asked.ShmSize,
    Runtime: asked.Runtime || 'crun',
    MaskedPaths: asked.MaskedPaths ?? (privileged ? null : maskedPaths),
    ReadonlyPaths: asked.ReadonlyPaths ?? (privileged ? null : readonlyPaths),
  };
  // As dockerd does: what may be swapped is as much again as what may be resident.
  if (hostConfig.Memory! > 0 && hostConfig.MemorySwap === 0) hostConfig.MemorySwap = hostConfig.Memory! * 2;
  checkRestartPolicy(hostConfig);
  checkResources(hostConfig, host);
  if (!knownRuntimes.includes(hostConfig.Runtime!)) throw new InvalidParameterError(`unknown or invalid runtime name: ${hostConfig.Runtime}`);
  if (hostConfig.ShmSize! < 0) throw new InvalidParameterError('SHM size can not be less than 0');
  if (asked.UTSMode !== undefined && !['', 'host'].includes(asked.UTSMode)) throw new InvalidParameterError(`invalid UTS mode: ${asked.UTSMode}`);
  if (asked.CgroupnsMode !== undefined && !['', 'private', 'host'].includes(asked.CgroupnsMode)) {
    throw new InvalidParameterError(`invalid cgroup namespace mode: ${asked.CgroupnsMode}`);
  }
  return hostConfig;
}

/** Clients send `null` for what they leave out: the defaults stand for it. */
function withoutNulls(asked: HostConfig): HostConfig {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null && value !== undefined));
}

function checkRestartPolicy(hostConfig: HostConfig): void {
  const { Name: name, MaximumRetryCount: count } = hostConfig.RestartPolicy!;
  if (!['no', 'always', 'unless-stopped', 'on-failure'].includes(name)) {
    throw new InvalidParameterError(`invalid restart policy: unknown policy '${name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`);
  }
  if (count < 0) throw new InvalidParameterError('invalid restart policy: maximum retry count cannot be negative');
  if (count > 0 && name !== 'on-failure') {
    throw new InvalidParameterError("invalid restart policy: maximum retry count can only be used with 'on-failure'");
  }
  if (hostConfig.AutoRemove === true && name !== 'no') throw new InvalidParameterError("can't create 'AutoRemove' container with restart policy");
}

/** Source: moby daemon/daemon_unix.go `verifyPlatformContainerResources`. */
function checkResources(hostConfig: HostConfig, host: HostFacts): void {
  const { Memory: memory = 0, MemorySwap: swap = 0, MemoryReservation: reservation = 0, NanoCpus: nanoCpus = 0 } = hostConfig;
  if (memory !== 0 && memory < minimumMemory) throw new InvalidParameterError('Minimum memory limit allowed is 6MB');
  if (memory > 0 && swap > 0 && swap < memory) {
    throw new InvalidParameterError('Minimum memoryswap limit should be larger than memory limit, see usage');
  }
  if (memory === 0 && swap > 0) throw new InvalidParameterError('You should always set the Memory limit when using Memoryswap limit, see usage');
  if (memory > 0 && reservation > memory) {
    throw new InvalidParameterError('Minimum memory limit can not be less than memory reservation limit, see usage');
  }
  const swappiness = hostConfig.MemorySwappiness ?? 0;
  if (swappiness > 100) throw new InvalidParameterError(`Invalid value: ${swappiness}, valid memory swappiness range is 0-100`);
  if (nanoCpus > 0 && (hostConfig.CpuPeriod ?? 0) > 0) throw new InvalidParameterError('Conflicting options: Nano CPUs and CPU Period cannot both be set');
  if (nanoCpus > 0 && (hostConfig.CpuQuota ?? 0) > 0) throw new InvalidParameterError('Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  if (nanoCpus < 0 || nanoCpus > host.cpus * 1e9) {
    throw new InvalidParameterError(`range of CPUs is from 0.01 to ${host.cpus}.00, as there are only ${host.cpus} CPUs available`);
  }
  const period = hostConfig.CpuPeriod ?? 0;
  if (period !== 0 && (period < 1000 || period > 1_000_000)) {
    throw new InvalidParameterError('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  }
  const quota = hostConfig.CpuQuota ?? 0;
  if (quota > 0 && quota < 1000) throw new InvalidParameterError('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  const weight = hostConfig.BlkioWeight ?? 0;
  if (weight !== 0 && (weight < 10 || weight > 1000)) throw new InvalidParameterError('Range of blkio weight is from 10 to 1000');
  const oomScore = hostConfig.OomScoreAdj ?? 0;
  if (oomScore < -1000 || oomScore > 1000) throw new InvalidParameterError(`Invalid value ${oomScore}, range for oom score adj is [-1000, 1000]`);
}
