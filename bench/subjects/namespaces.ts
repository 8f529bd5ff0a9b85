import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { readlinkSync } from 'node:fs';

/**
 * A program in mount and network namespaces of its own, loopback up, so that neither mounts nor bridges nor packet filters of several engines
 * meet. `setpriv`, `unshare` and `sh` replace themselves, so the child's number is the program's. It has a session of its own, so that Ctrl-C
 * reaches the bench alone, which ends it; and a TERM when the bench is killed.
 * @param preparation shell commands that run in there before it
 */
export function spawnApart(command: readonly string[], options: SpawnOptions, preparation: readonly string[] = []): ChildProcess {
  const script = ['mount --make-rprivate /', 'ip link set lo up', ...preparation, 'exec "$@"'].join(' && ');
  return spawn('setpriv', ['--pdeathsig', 'TERM', 'unshare', '--mount', '--net', 'sh', '-c', script, 'sh', ...command], { ...options, detached: true });
}

/** Mounted where cgroups are hybrid; crun then refuses to work, and podman with it. */
export const withoutUnifiedCgroups = 'if grep -q " /sys/fs/cgroup/unified " /proc/self/mountinfo; then umount /sys/fs/cgroup/unified; fi';
/** Mounts below it must reach what the engine starts. */
export const sharedMounts = 'mount --make-rshared /';

/** A command line that runs in the network namespace of a process. */
export function inNetworkOf(pid: number, command: readonly string[]): string[] {
  return ['nsenter', `--net=/proc/${pid}/ns/net`, ...command];
}

export function namespaceOf(pid: number, kind: 'mnt' | 'net'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return undefined;
  }
}
