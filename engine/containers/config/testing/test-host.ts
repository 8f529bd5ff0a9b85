import type { HostFacts } from '../../dependencies.ts';

/** A machine of two CPUs that can limit everything. */
export const testHost: HostFacts = {
  hostname: 'host',
  cpus: 2,
  cgroupVersion: 2,
  limits: {
    memory: true,
    memoryReservation: true,
    swap: true,
    swappiness: true,
    oomKillDisable: true,
    pids: true,
    cpuShares: true,
    cpuCfs: true,
    cpuRealtime: true,
    cpuset: true,
    cpus: '0-1',
    mems: '0',
    blkioWeight: true,
    blkioWeightDevice: true,
    blkioReadBps: true,
    blkioWriteBps: true,
    blkioReadIops: true,
    blkioWriteIops: true,
  },
};
