import type { ContainerConfig, HostConfig } from '../../../contract/engine-api/container.ts';
import type { TaskSpec } from '../../containers/collaborators.ts';
import { capabilityNames } from './capabilities.ts';
import type { HostFacts } from './host-facts.ts';
import type { SpecContext } from './oci-spec.ts';

/** A machine that has everything, for tests of what is written for it. */
export const testFacts: HostFacts = {
  cgroupVersion: 2,
  controllers: new Set(['cpu', 'cpuset', 'io', 'memory', 'pids']),
  swapLimit: true,
  kernel: { major: 6, minor: 12 },
  architecture: 'amd64',
  capabilities: capabilityNames,
  hardLimits: new Map(),
  initBinary: '/usr/bin/catatonit',
  thermalPaths: ['/sys/devices/system/cpu/cpu0/thermal_throttle'],
};

export const testContext: SpecContext = {
  facts: testFacts,
  user: { uid: 0, gid: 0, additionalGids: [0], home: '/root' },
  devices: { devices: [], rules: [] },
  pidOf: () => 4711,
};

/** What dockerd was given for the captured config, unless changed. */
export function testTask(config: ContainerConfig = {}, hostConfig: HostConfig = {}): TaskSpec {
  const id = 'c174d1ce7c808afd01cddec622ec7aca27e5803f9d36f4e250566f4d871a0d60';
  return {
    id,
    config: { Cmd: ['sleep', '1000'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], ...config },
    hostConfig,
    hostname: 'c174d1ce7c80',
    rootfs: '/rootfs',
    mounts: ['resolv.conf', 'hostname', 'hosts'].map((name) => ({ type: 'bind', source: `/state/${name}`, destination: `/etc/${name}`, options: ['rbind', 'rprivate'] })),
    netns: '/run/netns/x',
    logPath: null,
    logRotation: { maxSize: 0, maxFile: 1 },
  };
}
