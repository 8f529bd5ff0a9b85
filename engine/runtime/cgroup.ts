import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const cgroupRoot = '/sys/fs/cgroup';

/** Folder of a container's cgroup. @param controller which hierarchy, where cgroups are v1 */
export function cgroupDirectory(version: 1 | 2, path: string, controller: string): string {
  return version === 2 ? join(cgroupRoot, path) : join(cgroupRoot, controller, path);
}

/** All folders of a container's cgroup: one, or one in each v1 hierarchy. */
export function cgroupDirectories(version: 1 | 2, path: string): string[] {
  if (version === 2) return [join(cgroupRoot, path)];
  const hierarchies = readFileSync('/proc/self/mountinfo', 'utf8').matchAll(/^(?:\S+ ){4}(\S+) .* - cgroup /gm);
  return [...hierarchies].map(([, mountPoint]) => join(mountPoint!, path));
}

/** File whose `oom_kill` line counts kills for lack of memory. */
export function oomFile(version: 1 | 2, path: string): string {
  return join(cgroupDirectory(version, path, 'memory'), version === 2 ? 'memory.events' : 'memory.oom_control');
}

/** Processes of a cgroup and of those below it, which the container may have made; empty when it is gone. */
export function cgroupPids(directory: string): number[] {
  try {
    const own = readFileSync(join(directory, 'cgroup.procs'), 'utf8').split('\n').filter((pid) => pid !== '').map(Number);
    const below = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...own, ...below.flatMap((entry) => cgroupPids(join(directory, entry.name)))];
  } catch {
    return [];
  }
}
