import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupDirectory } from './cgroup.ts';

/** Which limits this machine's cgroups can enforce. What they cannot is discarded with a warning, as in moby (`pkg/sysinfo`). */
export interface SupportedLimits {
  memory: boolean;
  memoryReservation: boolean;
  swap: boolean;
  swappiness: boolean;
  oomKillDisable: boolean;
  pids: boolean;
  cpuShares: boolean;
  /** Quota and period. */
  cpuCfs: boolean;
  cpuRealtime: boolean;
  cpuset: boolean;
  /** CPUs and memory nodes that there are, as the kernel lists them: `0-3,5`. */
  cpus: string;
  mems: string;
  blkioWeight: boolean;
  blkioWeightDevice: boolean;
  blkioReadBps: boolean;
  blkioWriteBps: boolean;
  blkioReadIops: boolean;
  blkioWriteIops: boolean;
}

/** @param controllers those that containers can use */
export function readSupportedLimits(cgroupVersion: 1 | 2, controllers: ReadonlySet<string>): SupportedLimits {
  return cgroupVersion === 2 ? unified(controllers) : legacy(controllers);
}

function unified(controllers: ReadonlySet<string>): SupportedLimits {
  const has = (name: string) => controllers.has(name);
  const root = cgroupDirectory(2, '/', '');
  const io = has('io');
  return {
    memory: has('memory'),
    memoryReservation: has('memory'),
    swap: has('memory') && existsSync('/proc/swaps'),
    swappiness: false,
    oomKillDisable: false,
    pids: has('pids'),
    cpuShares: has('cpu'),
    cpuCfs: has('cpu'),
    cpuRealtime: false,
    cpuset: has('cpuset'),
    cpus: line(join(root, 'cpuset.cpus.effective')),
    mems: line(join(root, 'cpuset.mems.effective')),
    blkioWeight: io && hasWeights(),
    blkioWeightDevice: io && hasWeights(),
    blkioReadBps: io,
    blkioWriteBps: io,
    blkioReadIops: io,
    blkioWriteIops: io,
  };
}

/** The root group has no `io.weight`: the kernel tells only by what it was built with or has loaded. */
function hasWeights(): boolean {
  // Made by blk-iocost in the root group, and by the bfq scheduler's module.
  return existsSync('/sys/fs/cgroup/io.cost.model') || existsSync('/sys/module/bfq');
}

function legacy(controllers: ReadonlySet<string>): SupportedLimits {
  const has = (name: string, file?: string) => controllers.has(name) && (file === undefined || existsSync(join(cgroupDirectory(1, '/', name), file)));
  return {
    memory: has('memory'),
    memoryReservation: has('memory', 'memory.soft_limit_in_bytes'),
    swap: has('memory', 'memory.memsw.limit_in_bytes'),
    swappiness: has('memory', 'memory.swappiness'),
    oomKillDisable: has('memory', 'memory.oom_control'),
    pids: has('pids'),
    cpuShares: has('cpu', 'cpu.shares'),
    cpuCfs: has('cpu', 'cpu.cfs_quota_us'),
    cpuRealtime: has('cpu', 'cpu.rt_period_us'),
    cpuset: has('cpuset'),
    cpus: line(join(cgroupDirectory(1, '/', 'cpuset'), 'cpuset.cpus')),
    mems: line(join(cgroupDirectory(1, '/', 'cpuset'), 'cpuset.mems')),
    blkioWeight: has('blkio', 'blkio.weight'),
    blkioWeightDevice: has('blkio', 'blkio.weight_device'),
    blkioReadBps: has('blkio', 'blkio.throttle.read_bps_device'),
    blkioWriteBps: has('blkio', 'blkio.throttle.write_bps_device'),
    blkioReadIops: has('blkio', 'blkio.throttle.read_iops_device'),
    blkioWriteIops: has('blkio', 'blkio.throttle.write_iops_device'),
  };
}

function line(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
