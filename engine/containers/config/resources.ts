import type { Resources } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { HostFacts } from '../dependencies.ts';
import { checkCpuset } from './cpuset.ts';

const minimumMemory = 6 * 1024 * 1024;

/**
 * Checks limits for create and update. What this machine cannot enforce is taken out, and the warnings say so.
 * Order and texts: moby `daemon/daemon_unix.go` verifyPlatformContainerResources.
 * @param resources changed in place
 * @throws InvalidParameterError in moby's words
 */
export function checkResources(resources: Resources, host: HostFacts, options: { update: boolean }): string[] {
  const warnings: string[] = [];
  checkMemory(resources, host, options, warnings);
  checkCpu(resources, host, warnings);
  checkBlockIo(resources, host, warnings);
  return warnings;
}

function checkMemory(resources: Resources, { limits }: HostFacts, { update }: { update: boolean }, warnings: string[]): void {
  const memory = () => resources.Memory ?? 0;
  const swap = () => resources.MemorySwap ?? 0;
  if (memory() !== 0 && memory() < minimumMemory) refuse('Minimum memory limit allowed is 6MB');
  if (memory() > 0 && !limits.memory) {
    warnings.push('Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.');
    resources.Memory = 0;
    resources.MemorySwap = -1;
  }
  if (memory() > 0 && swap() !== -1 && !limits.swap) {
    warnings.push('Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.');
    resources.MemorySwap = -1;
  }
  if (memory() > 0 && swap() > 0 && swap() < memory()) refuse('Minimum memoryswap limit should be larger than memory limit, see usage');
  if (memory() === 0 && swap() > 0 && !update) refuse('You should always set the Memory limit when using Memoryswap limit, see usage');
  checkSwappiness(resources, limits, warnings);
  if ((resources.MemoryReservation ?? 0) > 0 && !limits.memoryReservation) {
    warnings.push('Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.');
    resources.MemoryReservation = 0;
  }
  const reservation = resources.MemoryReservation ?? 0;
  if (reservation > 0 && reservation < minimumMemory) refuse('Minimum memory reservation allowed is 6MB');
  if (reservation > 0 && memory() > 0 && memory() < reservation) refuse('Minimum memory limit can not be less than memory reservation limit, see usage');
  if ((resources.KernelMemory ?? 0) > 0) {
    warnings.push('Your kernel does not support kernel memory limit capabilities or the cgroup is not mounted. Limitation discarded.');
  }
  if ((resources.KernelMemoryTCP ?? 0) > 0) {
    warnings.push('Your kernel does not support kernel memory TCP limit capabilities or the cgroup is not mounted. Limitation discarded.');
  }
  delete resources.KernelMemory;
  delete resources.KernelMemoryTCP;
  checkOomKiller(resources, limits, warnings);
  if (resources.PidsLimit != null && !limits.pids) {
    if (resources.PidsLimit > 0) warnings.push('Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.');
    resources.PidsLimit = null;
  }
}

function checkSwappiness(resources: Resources, limits: HostFacts['limits'], warnings: string[]): void {
  // -1 is how old clients say nothing.
  if (resources.MemorySwappiness === -1) resources.MemorySwappiness = null;
  if (resources.MemorySwappiness == null) return;
  if (!limits.swappiness) {
    warnings.push('Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.');
    resources.MemorySwappiness = null;
  } else if (resources.MemorySwappiness < 0 || resources.MemorySwappiness > 100) {
    refuse(`Invalid value: ${resources.MemorySwappiness}, valid memory swappiness range is 0-100`);
  }
}

function checkOomKiller(resources: Resources, limits: HostFacts['limits'], warnings: string[]): void {
  if (resources.OomKillDisable == null) return;
  if (!limits.oomKillDisable) {
    if (resources.OomKillDisable) warnings.push('Your kernel does not support OomKillDisable. OomKillDisable discarded.');
    resources.OomKillDisable = null;
  } else if (resources.OomKillDisable && (resources.Memory ?? 0) === 0) {
    warnings.push('OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.');
  }
}

function checkCpu(resources: Resources, host: HostFacts, warnings: string[]): void {
  const { limits } = host;
  const nano = resources.NanoCpus ?? 0;
  const shares = resources.CpuShares ?? 0;
  if (limits.cpuShares && shares < 0) refuse(`invalid CPU shares (${shares}): value must be a positive integer`);
  const [realtimePeriod, realtimeRuntime] = [resources.CpuRealtimePeriod ?? 0, resources.CpuRealtimeRuntime ?? 0];
  if ((realtimePeriod !== 0 || realtimeRuntime !== 0) && !limits.cpuRealtime) refuse('kernel does not support CPU real-time scheduler');
  if (realtimePeriod !== 0 && realtimeRuntime > realtimePeriod) refuse('cpu real-time runtime cannot be higher than cpu real-time period');
  if (nano > 0 && (resources.CpuPeriod ?? 0) > 0) refuse('Conflicting options: Nano CPUs and CPU Period cannot both be set');
  if (nano > 0 && (resources.CpuQuota ?? 0) > 0) refuse('Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  if (nano > 0 && !limits.cpuCfs) refuse('NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted');
  if (nano < 0 || nano > host.cpus * 1e9) refuse(`range of CPUs is from 0.01 to ${host.cpus}.00, as there are only ${host.cpus} CPUs available`);
  if (shares > 0 && !limits.cpuShares) {
    warnings.push('Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.');
    resources.CpuShares = 0;
  }
  if (((resources.CpuPeriod ?? 0) !== 0 || (resources.CpuQuota ?? 0) !== 0) && !limits.cpuCfs) {
    warnings.push('Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.');
    resources.CpuPeriod = 0;
    resources.CpuQuota = 0;
  }
  const [period, quota] = [resources.CpuPeriod ?? 0, resources.CpuQuota ?? 0];
  if (period !== 0 && (period < 1000 || period > 1_000_000)) {
    refuse('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  }
  if (quota > 0 && quota < 1000) refuse('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  if ((resources.CpuPercent ?? 0) > 0) {
    warnings.push('linux does not support CPU percent. Percent discarded.');
    resources.CpuPercent = 0;
  }
  if (((resources.CpusetCpus ?? '') !== '' || (resources.CpusetMems ?? '') !== '') && !limits.cpuset) {
    warnings.push('Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.');
    resources.CpusetCpus = '';
    resources.CpusetMems = '';
  }
  checkCpuset({ cpus: resources.CpusetCpus ?? '', mems: resources.CpusetMems ?? '' }, limits);
}

function checkBlockIo(resources: Resources, { limits }: HostFacts, warnings: string[]): void {
  if ((resources.BlkioWeight ?? 0) > 0 && !limits.blkioWeight) {
    warnings.push('Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.');
    resources.BlkioWeight = 0;
  }
  const weight = resources.BlkioWeight ?? 0;
  if (weight !== 0 && (weight < 10 || weight > 1000)) refuse('Range of blkio weight is from 10 to 1000');
  if ((resources.IOMaximumBandwidth ?? 0) !== 0) refuse('invalid option: QoS maximum bandwidth configuration is not supported on linux');
  if ((resources.IOMaximumIOps ?? 0) !== 0) refuse('invalid option: QoS maximum IOPs configuration is not supported on linux');
  const discard = (field: 'BlkioWeightDevice' | 'BlkioDeviceReadBps' | 'BlkioDeviceWriteBps' | 'BlkioDeviceReadIOps' | 'BlkioDeviceWriteIOps', supported: boolean, warning: string) => {
    if (supported || (resources[field]?.length ?? 0) === 0) return;
    warnings.push(warning);
    resources[field] = [];
  };
  discard('BlkioWeightDevice', limits.blkioWeightDevice, 'Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.');
  discard('BlkioDeviceReadBps', limits.blkioReadBps, 'Your kernel does not support BPS Block I/O read limit or the cgroup is not mounted. Block I/O BPS read limit discarded.');
  discard('BlkioDeviceWriteBps', limits.blkioWriteBps, 'Your kernel does not support BPS Block I/O write limit or the cgroup is not mounted. Block I/O BPS write limit discarded.');
  discard('BlkioDeviceReadIOps', limits.blkioReadIops, 'Your kernel does not support IOPS Block read limit or the cgroup is not mounted. Block I/O IOPS read limit discarded.');
  discard('BlkioDeviceWriteIOps', limits.blkioWriteIops, 'Your kernel does not support IOPS Block write limit or the cgroup is not mounted. Block I/O IOPS write limit discarded.');
}

function refuse(message: string): never {
  throw new InvalidParameterError(message);
}
