import type { HostConfig, Resources, ThrottleDevice } from '../../../contract/engine-api/container.ts';
import { deviceNumber } from './devices.ts';
import type { HostFacts } from './host-facts.ts';
import type { OciBlockIo, OciDeviceRule, OciResources } from './oci-config.ts';

/** Access to devices that every container has: null, zero, full and its terminals; /dev/fuse is refused by name. Source: moby `daemon/pkg/oci/defaults.go`. */
const defaultDeviceRules: OciDeviceRule[] = [
  { allow: false, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 5, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 9, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 8, access: 'rwm' },
  { allow: true, type: 'c', major: 5, minor: 0, access: 'rwm' },
  { allow: true, type: 'c', major: 5, minor: 1, access: 'rwm' },
  { allow: false, type: 'c', major: 10, minor: 229, access: 'rwm' },
];

const nanosPerCpu = 1e9;
const defaultPeriod = 100_000;

/**
 * Limits as crun takes them; it turns v1 words (shares) into v2's (weight). Limits whose controller this machine lacks
 * are left out, as moby does after a warning.
 */
export function resolveResources(hostConfig: HostConfig, deviceRules: readonly OciDeviceRule[], facts: HostFacts): OciResources {
  const has = (controller: string) => facts.controllers.has(controller);
  const resources: OciResources = {
    devices: hostConfig.Privileged === true ? [{ allow: true, access: 'rwm' }] : [...defaultDeviceRules, ...deviceRules],
  };
  const memory = has('memory') ? memoryLimits(hostConfig, facts) : undefined;
  if (memory !== undefined) resources.memory = memory;
  const cpu = cpuLimits(hostConfig, facts);
  if (cpu !== undefined) resources.cpu = cpu;
  if (has('pids') && hostConfig.PidsLimit != null && hostConfig.PidsLimit > 0) resources.pids = { limit: hostConfig.PidsLimit };
  const blockIo = has('io') || has('blkio') ? blockIoLimits(hostConfig) : undefined;
  if (blockIo !== undefined) resources.blockIO = blockIo;
  return resources;
}

/**
 * What `docker update` changes, and nothing else: crun leaves alone what it is not told.
 * @param change fields that are to have new values; limits that are lifted are not crun's business (`lift-limits.ts`)
 */
export function changedResources(change: Resources, facts: HostFacts): Omit<OciResources, 'devices'> {
  const resources: Omit<OciResources, 'devices'> = {};
  // Swap that nobody mentioned stays; twice the memory is a default of create alone.
  const memory = facts.controllers.has('memory')
    ? present({
        limit: above(change.Memory),
        reservation: above(change.MemoryReservation),
        swap: facts.swapLimit && (change.MemorySwap ?? 0) !== 0 ? change.MemorySwap : undefined,
      })
    : undefined;
  if (memory !== undefined) resources.memory = memory;
  const cpu = cpuLimits(change, facts);
  if (cpu !== undefined) resources.cpu = cpu;
  const pids = above(change.PidsLimit ?? undefined);
  if (facts.controllers.has('pids') && pids !== undefined) resources.pids = { limit: pids };
  const weight = above(change.BlkioWeight);
  if (weight !== undefined && (facts.controllers.has('io') || facts.controllers.has('blkio'))) resources.blockIO = { weight };
  return resources;
}

/** @throws InvalidParameterError for a path that is no device */
function blockIoLimits(hostConfig: HostConfig): OciBlockIo | undefined {
  const throttles = (devices: readonly ThrottleDevice[] | null | undefined) =>
    devices?.length ? devices.map(({ Path: path, Rate: rate }) => ({ ...deviceNumber(path), rate })) : undefined;
  const weights = hostConfig.BlkioWeightDevice;
  return present({
    weight: above(hostConfig.BlkioWeight),
    weightDevice: weights?.length ? weights.map(({ Path: path, Weight: weight }) => ({ ...deviceNumber(path), weight })) : undefined,
    throttleReadBpsDevice: throttles(hostConfig.BlkioDeviceReadBps),
    throttleWriteBpsDevice: throttles(hostConfig.BlkioDeviceWriteBps),
    throttleReadIOPSDevice: throttles(hostConfig.BlkioDeviceReadIOps),
    throttleWriteIOPSDevice: throttles(hostConfig.BlkioDeviceWriteIOps),
  });
}

function memoryLimits(hostConfig: HostConfig, facts: HostFacts): OciResources['memory'] {
  const limit = hostConfig.Memory ?? 0;
  const reservation = hostConfig.MemoryReservation ?? 0;
  // A limit without one on swap means: as much swap again. -1 is unlimited. Source: moby `adaptContainerSettings`.
  const swap = hostConfig.MemorySwap !== undefined && hostConfig.MemorySwap !== 0 ? hostConfig.MemorySwap : limit * 2;
  return present({
    limit: limit > 0 ? limit : undefined,
    reservation: reservation > 0 ? reservation : undefined,
    swap: swap !== 0 && limit > 0 && facts.swapLimit ? swap : undefined,
    swappiness: facts.cgroupVersion === 1 && hostConfig.MemorySwappiness != null && hostConfig.MemorySwappiness >= 0 ? hostConfig.MemorySwappiness : undefined,
    disableOOMKiller: facts.cgroupVersion === 1 && hostConfig.OomKillDisable === true ? true : undefined,
  });
}

function cpuLimits(hostConfig: Resources, facts: HostFacts): OciResources['cpu'] {
  const nano = hostConfig.NanoCpus ?? 0;
  const quota = nano > 0 ? Math.trunc((nano * defaultPeriod) / nanosPerCpu) : (hostConfig.CpuQuota ?? 0);
  const period = nano > 0 ? defaultPeriod : (hostConfig.CpuPeriod ?? 0);
  const cpu = facts.controllers.has('cpu');
  const cpuset = facts.controllers.has('cpuset');
  return present({
    shares: cpu && (hostConfig.CpuShares ?? 0) > 0 ? hostConfig.CpuShares : undefined,
    // -1 is no limit, which is what a container has anyway; crun makes a large number of it.
    quota: cpu ? above(quota) : undefined,
    period: cpu && period > 0 ? period : undefined,
    cpus: cpuset ? nonEmpty(hostConfig.CpusetCpus) : undefined,
    mems: cpuset ? nonEmpty(hostConfig.CpusetMems) : undefined,
    realtimePeriod: facts.cgroupVersion === 1 && (hostConfig.CpuRealtimePeriod ?? 0) > 0 ? hostConfig.CpuRealtimePeriod : undefined,
    realtimeRuntime: facts.cgroupVersion === 1 && (hostConfig.CpuRealtimeRuntime ?? 0) > 0 ? hostConfig.CpuRealtimeRuntime : undefined,
  });
}

function above(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

/** Without the fields that are undefined; undefined when nothing is left. */
function present<T extends object>(value: T): T | undefined {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}
