import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import type { VmFailure, VmPhase, VmState } from '../../../contract/vm-state.ts';
import type { Scene } from '../fake-bridge.ts';
import { fullDisk, homeOperations } from './home.ts';
import { fileOperations, hostileFiles } from './files.ts';
import { sampleLog, sampleTerminal } from './log.ts';
import { networks, withNetworks } from './networks.ts';
import { container, containers, idOf, images, inspectOf } from './sample.ts';

const done = (id: VmPhase['id'], startedMs: number, tookMs: number, detail: string): VmPhase => ({ id, status: 'done', startedMs, tookMs, detail });
const waiting = (id: VmPhase['id']): VmPhase => ({ id, status: 'waiting' });

const phases: VmPhase[] = [
  done('requirements', 0, 96, 'QEMU 7.2, TCG'),
  done('disk', 96, 41, '32 GB sparse, 1.2 GB used'),
  done('hypervisor', 137, 412, 'QEMU answers on QMP'),
  done('kernel', 549, 1638, 'Linux 6.12 booted'),
  done('guest', 2187, 514, 'Root mounted, read-only'),
  done('engine', 2701, 987, 'Engine 0.1.0 answers'),
];
const startedAgo = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();

const running: VmState = { status: 'running', startedAt: startedAgo(3_600_000), phases, accelerator: 'kvm', engineVersion: '0.1.0' };

const failure: VmFailure = {
  code: 'qemu-missing',
  phase: 'requirements',
  message: 'qemu-system-x86_64 is not on this computer; the virtual machine needs it.',
  steps: [
    { text: 'Install QEMU', command: 'sudo apt-get install --yes qemu-system-x86' },
    { text: 'Then try again', action: 'retry' },
  ],
  lastLines: [],
};

const bootFailure: VmFailure = {
  code: 'boot-timeout',
  phase: 'kernel',
  message: 'Linux did not reach its first program within 60 s (QEMU 7.2, KVM).',
  steps: [
    { text: 'Start without acceleration, which is slower but works everywhere', action: 'restart-without-acceleration' },
    { text: 'Or build the VM image anew', action: 'rebuild-image' },
    { text: 'Or try once more', action: 'retry' },
  ],
  lastLines: ['[    0.000000] Linux version 6.12.57', '[    0.412010] virtio_blk virtio1: [vda] 67108864 512-byte logical blocks', '[    1.204113] EROFS: (device vdb): cannot find valid erofs superblock', '[    1.204551] Kernel panic - not syncing: VFS: Unable to mount root fs'],
};

const base: Scene = {
  vm: running,
  facts: { version: '0.1.0', shell: 'web', platform: 'linux', dockerHost: 'unix:///home/jo/.slipway/run/docker.sock' },
  settings: { theme: 'system', memoryMiB: 4096, cpus: 4, diskGiB: 32, acceleration: 'auto' },
  info: {
    ID: 'x', Name: 'slipway', Containers: 14, ContainersRunning: 9, ContainersPaused: 1, ContainersStopped: 4, Images: 15, Driver: 'overlay2', NCPU: 4, MemTotal: 4096 * 2 ** 20,
    KernelVersion: '6.12.57', OperatingSystem: 'Slipway (Debian)', OSType: 'linux', Architecture: 'x86_64', ServerVersion: '0.1.0', CgroupVersion: '2', CgroupDriver: 'cgroupfs', Warnings: null,
  },
  containers: withNetworks(containers),
  inspects: Object.fromEntries(containers.map((summary) => [summary.Id, inspectOf(summary)])),
  images,
  logs: sampleLog(420),
  terminal: sampleTerminal,
  pull: [],
  failures: {},
  silent: [],
  operations: {
    'images.search': [
      { name: 'nginx', description: 'Official build of Nginx.', star_count: 20_841, is_official: true, is_automated: false },
      { name: 'nginx/nginx-ingress', description: 'NGINX and NGINX Plus Ingress Controllers for Kubernetes', star_count: 112, is_official: false, is_automated: false },
      { name: 'evil/nginx', description: '<img src=x onerror=alert(1)> the best of all nginx images, faster than every other one that was ever made', star_count: 3, is_official: false, is_automated: false },
    ],
    ...fileOperations, ...homeOperations, 'networks.list': networks, 'system.disk': fileOperations['system.disk'] },
  afterwards: [],
};

const layer = (id: string, status: string, current?: number, total?: number): ProgressMessage => ({ id, status, ...(total === undefined ? {} : { progressDetail: { current, total } }) });
const pull: ProgressMessage[] = [
  { status: 'Pulling from open-telemetry/collector', id: '0.116.0' },
  layer('c6a83fedfae6', 'Already exists'),
  layer('1b7ca6ed2f0a', 'Downloading', 1e6, 27.8e6),
  layer('1b7ca6ed2f0a', 'Pull complete'),
  layer('9f41c20be7d3', 'Downloading', 80e6, 89.3e6),
  layer('9f41c20be7d3', 'Extracting', 66e6, 89.3e6),
  layer('e02b8d7719af', 'Downloading', 42.1e6, 91.6e6),
  layer('77d0f5a4c118', 'Downloading', 1.3e6, 7.2e6),
  layer('4a0b9e6633c1', 'Waiting'),
];

const hostile = '"><img src=x onerror=alert(1)>\u202egnp.exe';

/** The named states that the window is looked at in. */
export const scenes = {
  containers: () => base,
  native: () => ({ ...base, vm: { ...running, accelerator: 'external' } }),
  startup: () => ({
    ...base,
    vm: { status: 'starting', startedAt: startedAgo(2451), phases: [...phases.slice(0, 4), { id: 'guest', status: 'running', startedMs: 2187 }, waiting('engine')] },
  }),
  'startup-failed': () => ({ ...base, vm: { status: 'failed', phases: [{ id: 'requirements', status: 'failed', startedMs: 0, tookMs: 31 }, ...phases.slice(1).map(({ id }) => waiting(id))], failure } }),
  'startup-boot-failed': () => ({
    ...base,
    vm: { status: 'failed', phases: [...phases.slice(0, 3), { id: 'kernel', status: 'failed', startedMs: 549, tookMs: 60_000 }, waiting('guest'), waiting('engine')], failure: bootFailure },
  }),
  stopped: () => ({ ...base, vm: { status: 'stopped' } }),
  suspended: () => ({ ...base, vm: { status: 'suspended', since: startedAgo(600_000), containers: 2 } }),
  connecting: () => ({ ...base, silent: ['vm/state'] }),
  loading: () => ({ ...base, silent: ['containers/list', 'images/list'] }),
  empty: () => ({ ...base, operations: { 'volumes.list': { Volumes: [], Warnings: null } }, containers: [], images: images.filter(({ RepoTags }) => RepoTags.includes('slipway/hello:latest')) }),
  'empty-images': () => ({ ...base, containers: [], images: [] }),
  away: () => ({ ...base, afterwards: [{ type: 'push', channel: 'engine/connection', payload: { status: 'away', since: startedAgo(20_000) } }] }),
  died: () => ({
    ...base,
    afterwards: [{ type: 'push', channel: 'vm/state', payload: { status: 'failed', phases, failure: { ...bootFailure, code: 'vm-died', phase: 'engine', message: 'QEMU ended with signal 9' } } }],
  }),
  pulling: () => ({ ...base, pull }),
  'pull-failed': () => ({
    ...base,
    failures: { 'images/pull': { kind: 'not-found', message: 'manifest for postgress:17 not found: manifest unknown', hint: 'Check the spelling of the name and tag; a private image needs a login to its registry.' } },
  }),
  'start-refused': () => ({
    ...base,
    failures: {
      'containers/start': {
        kind: 'conflict',
        message: 'driver failed programming external connectivity: Bind for 0.0.0.0:5432 failed: port is already allocated',
        hint: 'Something else holds port 5432: publish on another port of this computer, or stop what holds it.',
        status: 500,
      },
    },
  }),
  hostile: () => ({ ...base, containers: [container(hostile, hostile, 'running', 'Up 2 hours', [], hostile), container('<b>bold</b>', 'x', 'exited', 'Exited (3) 5 seconds ago')] }),
  'hostile-files': () => ({ ...base, operations: { ...fileOperations, 'containers.files': hostileFiles } }),
  'no-volumes': () => ({ ...base, operations: { ...fileOperations, 'volumes.list': { Volumes: [], Warnings: null } } }),
  many: () => ({
    ...base,
    containers: Array.from({ length: 400 }, (_, index) => container(`p${index % 12}-service-${index}`, `registry.example/team/app-${index % 40}:v1.${index}`, index % 7 === 0 ? 'exited' : 'running', index % 7 === 0 ? 'Exited (0) 2 hours ago' : 'Up 3 hours', [], `p${index % 12}`)),
  }),
  configured: () => ({
    ...base,
    facts: { ...base.facts, shell: 'electron' },
    settings: { ...base.settings, proxy: 'manual', httpProxy: 'http://proxy.corp.example:3128', noProxy: 'localhost,.corp.example,10.0.0.0/8', certificates: ['/etc/ssl/corp.pem', '/etc/ssl/old.pem'], logMaxSize: '10m', logMaxFiles: 3, addressPools: ['base=10.10.0.0/16,size=24', 'base=10.20.0.0/16,size=26'] },
  }),
  calm: () => ({ ...base, containers: containers.filter(({ Status }) => !/unhealthy|Restarting|Exited \([1-9]/.test(Status)) }),
  'disk-low': () => ({ ...base, operations: { ...homeOperations, 'system.disk': fullDisk } }),
  'long-log': () => ({ ...base, logs: sampleLog(420), logLines: 10_482_113 }),
  'plain-log': () => ({ ...base, logLines: null }),
  'empty-log': () => ({ ...base, logs: [] }),
} satisfies Record<string, () => Scene>;

export type SceneName = keyof typeof scenes;
export { idOf };
