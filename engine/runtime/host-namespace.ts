import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MountFlag, mount, umount2 } from '../lib/syscalls/files.ts';
import { CloneFlag, unshare } from '../lib/syscalls/process.ts';

/**
 * crun refuses hosts with hybrid cgroups: v1 controllers and an empty v2 hierarchy at /sys/fs/cgroup/unified. Without that
 * mount it works through v1. So that the host keeps it, engine and shimd live in a mount namespace of their own.
 */
const unified = '/sys/fs/cgroup/unified';

/** @param mounts text of /proc/self/mountinfo */
export function hasHybridCgroups(mounts: string): boolean {
  return mounts.split('\n').some((line) => line.split(' ')[4] === unified);
}

/**
 * Leaves the process in a mount namespace where containers can run: at once when this is one, otherwise by starting the
 * program again with the same arguments, which replaces this process and does not return. When shimd lives, that is the
 * namespace of shimd, because the mounts of its containers are there. To be called before anything else is done.
 */
export function enterHostNamespace(execRoot: string): void {
  if (process.getuid?.() !== 0) return;
  const shimd = livingShimd(execRoot);
  const inPlace = shimd === undefined ? !hasHybridCgroups(readFileSync('/proc/self/mountinfo', 'utf8')) : sameNamespace(shimd);
  if (inPlace) return;
  const command = namespaceCommand(shimd, [process.execPath, ...process.execArgv, ...process.argv.slice(1)]);
  process.execve!(findProgram(command[0]!), command, process.env as Record<string, string>);
}

/** @param shimd process number of the shimd whose namespace to enter; undefined makes a new one */
export function namespaceCommand(shimd: number | undefined, program: readonly string[]): string[] {
  if (shimd !== undefined) return ['nsenter', `--mount=/proc/${shimd}/ns/mnt`, ...program];
  // Slave: what is mounted on the host later is seen, what is mounted here stays here.
  return ['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', `umount ${unified} && exec "$@"`, 'sh', ...program];
}

/**
 * The same for a process that may not be replaced, such as a test runner: the calling thread and the processes that it
 * starts from now on. Threads that exist already stay outside, so this process must not mount anything itself.
 */
export function unshareForChildren(): void {
  if (process.getuid?.() !== 0 || !hasHybridCgroups(readFileSync('/proc/thread-self/mountinfo', 'utf8'))) return;
  unshare(CloneFlag.newNs);
  mount({ target: '/', flags: MountFlag.slave | MountFlag.recursive });
  umount2(unified);
}

function livingShimd(execRoot: string): number | undefined {
  const directory = join(resolve(execRoot), 'shimd');
  try {
    const pid = Number(readFileSync(join(directory, 'shimd.pid'), 'utf8'));
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // The number may have become another process's.
    return command.includes(directory) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function sameNamespace(pid: number): boolean {
  return readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync('/proc/self/ns/mnt');
}

function findProgram(name: string): string {
  const folder = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin'].find((path) => existsSync(join(path, name)));
  if (folder === undefined) throw new Error(`${name} is missing, and this host has hybrid cgroups: install util-linux, or boot with systemd.unified_cgroup_hierarchy=1`);
  return join(folder, name);
}
