import type { OciMount } from './oci-config.ts';

/** Bytes of /dev/shm when nothing else is asked for. */
const defaultShmSize = 64 * 1024 * 1024;

/** The file systems of every container, in moby's order. Source: moby `daemon/pkg/oci/defaults.go`. */
export function defaultMounts(options: { privileged: boolean; shmSize: number; ipcMode: string; writableCgroups: boolean }): OciMount[] {
  const access = options.privileged ? 'rw' : 'ro';
  const cgroupAccess = options.privileged || options.writableCgroups ? 'rw' : 'ro';
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
    { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'] },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', access] },
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [cgroupAccess, 'nosuid', 'noexec', 'nodev'] },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    ...sharedMemory(options),
  ];
}

/** Who shares another's is given a mount of it; `none` means none. */
function sharedMemory({ ipcMode, shmSize }: { ipcMode: string; shmSize: number }): OciMount[] {
  if (ipcMode === 'none') return [];
  if (ipcMode === 'host') return [{ destination: '/dev/shm', type: 'bind', source: '/dev/shm', options: ['rbind', 'nosuid', 'noexec', 'nodev'] }];
  const size = shmSize > 0 ? shmSize : defaultShmSize;
  return [{ destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${size}`] }];
}

/** Hidden from containers. Source: moby `daemon/pkg/oci/defaults.go`; the last ones and thermal_throttle came with 25 to 28. */
export function defaultMaskedPaths(thermalPaths: readonly string[]): string[] {
  return [
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
    ...thermalPaths,
  ];
}

export const defaultReadonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** Mounts that stay writable in a read-only container: they hold nothing of the image. */
const alwaysWritable = new Set(['/proc', '/dev', '/dev/pts', '/dev/shm', '/dev/mqueue']);

/**
 * The defaults, without those that the user mounts over, and then the user's. A user's /dev takes all below it away.
 * Source: moby `daemon/oci_linux.go` withMounts.
 */
export function mergeMounts(defaults: readonly OciMount[], asked: readonly OciMount[], readonlyRootfs: boolean): OciMount[] {
  const taken = new Set(asked.map((mount) => mount.destination.replace(/(.)\/+$/, '$1')));
  const kept = defaults
    .filter(({ destination }) => !taken.has(destination) && !(taken.has('/dev') && destination.startsWith('/dev/')))
    .map((mount) =>
      readonlyRootfs && !alwaysWritable.has(mount.destination) ? { ...mount, options: [...mount.options.filter((option) => option !== 'rw' && option !== 'ro'), 'ro'] } : mount,
    );
  return [...kept, ...asked];
}
