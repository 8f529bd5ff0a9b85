import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resources } from '../../contract/engine-api/container.ts';
import { cgroupDirectory } from './cgroup.ts';

/**
 * Takes limits of a running container away for which `crun update` has no word: it writes -1 where the kernel wants `max`, and an
 * unsigned -1 as quota. Source: crun 1.8 `libcrun/cgroup-resources.c`.
 * @param cgroupsPath of the container, below the cgroup root
 */
export function liftLimits(version: 1 | 2, cgroupsPath: string, change: Resources): void {
  const write = (controller: string, file: string, value: string) => writeFileSync(join(cgroupDirectory(version, cgroupsPath, controller), file), value);
  if (change.PidsLimit === 0) write('pids', 'pids.max', 'max');
  if ((change.CpuQuota ?? 0) < 0) {
    if (version === 2) write('cpu', 'cpu.max', 'max');
    else write('cpu', 'cpu.cfs_quota_us', '-1');
  }
}
