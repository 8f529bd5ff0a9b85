import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Whether the processes of a container stand still. Source: kernel `admin-guide/cgroup-v2.rst` (cgroup.freeze), `cgroup-v1/freezer-subsystem.rst`.
 * @param oomFile a file of its cgroup, in the memory hierarchy where cgroups are v1
 * @returns undefined when nobody can tell
 */
export function isFrozen(oomFile: string): boolean | undefined {
  const directory = dirname(oomFile);
  try {
    if (basename(oomFile) === 'memory.events') return readFileSync(join(directory, 'cgroup.freeze'), 'utf8').trim() === '1';
    return readFileSync(join(directory.replace('/memory/', '/freezer/'), 'freezer.state'), 'utf8').trim() !== 'THAWED';
  } catch {
    return undefined;
  }
}
