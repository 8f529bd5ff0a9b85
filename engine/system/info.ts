import { usualLog } from '../containers/config/log-options.ts';
import { currentPools } from '../network/addressing/default-subnets.ts';
import { cpus, hostname, machine, release, totalmem } from 'node:os';
import { readdir, readFile, statfs } from 'node:fs/promises';
import type { InfoResponse } from '../../contract/engine-api/system.ts';
import type { SupportedLimits } from '../runtime/supported-limits.ts';
import { currentProxies, maskedProxy } from '../registry/outgoing.ts';

export interface InfoSources {
  engineId: string;
  version: string;
  crunVersion: string;
  root: string;
  cgroupVersion: 1 | 2;
  insecureRegistries: readonly string[];
  registryMirrors: readonly string[];
  limits: SupportedLimits;
  count(): { running: number; paused: number; stopped: number };
  countImages(): Promise<number>;
  countListeners(): number;
}

/** All names lead to crun; clients ask for `runc` by habit. */
const runtimes = ['crun', 'io.containerd.runc.v2', 'runc'];

/** `GET /info`, in the shape of API 1.51. Older ones: `api/system-versions.ts`. */
export async function infoResponse(sources: InfoSources): Promise<InfoResponse> {
  const { limits } = sources;
  const mirrors = sources.registryMirrors.map((mirror) => mirror.replace(/\/*$/, '/'));
  const proxies = currentProxies();
  const { running, paused, stopped } = sources.count();
  const v2 = sources.cgroupVersion === 2;
  return {
    ID: sources.engineId,
    Containers: running + paused + stopped,
    ContainersRunning: running,
    ContainersPaused: paused,
    ContainersStopped: stopped,
    Images: await sources.countImages(),
    Driver: 'overlay2',
    DriverStatus: [
      ['Backing Filesystem', await backingFilesystem(sources.root)],
      ['Supports d_type', 'true'],
      ['Using metacopy', 'false'],
      ['Native Overlay Diff', 'true'],
      ['userxattr', 'false'],
    ],
    Plugins: { Volume: ['local'], Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null'], Authorization: null, Log: ['json-file', 'local', 'none'] },
    MemoryLimit: limits.memory,
    SwapLimit: limits.swap,
    CpuCfsPeriod: limits.cpuCfs,
    CpuCfsQuota: limits.cpuCfs,
    CPUShares: limits.cpuShares,
    CPUSet: limits.cpuset,
    PidsLimit: limits.pids,
    IPv4Forwarding: true,
    Debug: false,
    NFd: (await readdir('/proc/self/fd')).length,
    OomKillDisable: limits.oomKillDisable,
    // Of goroutines there are none: what keeps the event loop alive comes next to them.
    NGoroutines: process.getActiveResourcesInfo().length,
    SystemTime: new Date().toISOString(),
    LoggingDriver: usualLog().Type,
    CgroupDriver: 'cgroupfs',
    CgroupVersion: String(sources.cgroupVersion),
    NEventsListener: sources.countListeners(),
    KernelVersion: release(),
    OperatingSystem: (await osRelease()).name,
    OSVersion: (await osRelease()).version,
    OSType: 'linux',
    Architecture: machine(),
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8', ...sources.insecureRegistries.filter((entry) => entry.includes('/'))],
      IndexConfigs: {
        'docker.io': { Name: 'docker.io', Mirrors: mirrors, Secure: true, Official: true },
        ...Object.fromEntries(sources.insecureRegistries.filter((entry) => !entry.includes('/')).map((name) => [name, { Name: name, Mirrors: [], Secure: false, Official: false }])),
      },
      Mirrors: mirrors,
    },
    NCPU: cpus().length,
    MemTotal: totalmem(),
    ...(currentPools().length === 0 ? {} : { DefaultAddressPools: currentPools() }),
    GenericResources: null,
    DockerRootDir: sources.root,
    HttpProxy: maskedProxy(proxies.http),
    HttpsProxy: maskedProxy(proxies.https),
    NoProxy: proxies.no,
    Name: hostname(),
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: sources.version,
    Runtimes: Object.fromEntries(runtimes.map((runtime) => [runtime, { path: 'crun' }])),
    DefaultRuntime: 'crun',
    Swarm: { NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false, Error: '', RemoteManagers: null },
    // Containers outlive the engine.
    LiveRestoreEnabled: true,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: { ID: '' },
    RuncCommit: { ID: sources.crunVersion },
    InitCommit: { ID: '' },
    SecurityOptions: ['name=seccomp,profile=builtin', ...(v2 ? ['name=cgroupns'] : [])],
    CDISpecDirs: [],
    FirewallBackend: { Driver: 'nftables' },
    Warnings: warnings(limits),
  };
}

let knownRelease: { name: string; version: string } | undefined;

async function osRelease(): Promise<{ name: string; version: string }> {
  if (knownRelease === undefined) {
    const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
    const field = (key: string) => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1];
    knownRelease = { name: field('PRETTY_NAME') ?? 'Linux', version: field('VERSION_ID') ?? '' };
  }
  return knownRelease;
}

/** As moby names the file system under the data root. */
async function backingFilesystem(root: string): Promise<string> {
  const names: Record<number, string> = { 0xef53: 'extfs', 0x58465342: 'xfs', 0x9123683e: 'btrfs', 0x01021994: 'tmpfs', 0x794c7630: 'overlayfs' };
  return names[(await statfs(root)).type] ?? '<unknown>';
}

/** What the machine cannot limit, in moby's words (daemon/info_unix.go); null when it can all. */
function warnings(limits: SupportedLimits): string[] | null {
  const lines = [
    limits.memory ? '' : 'WARNING: No memory limit support',
    limits.swap ? '' : 'WARNING: No swap limit support',
    limits.cpuCfs ? '' : 'WARNING: No cpu cfs quota support',
    limits.cpuShares ? '' : 'WARNING: No cpu shares support',
    limits.cpuset ? '' : 'WARNING: No cpuset support',
    limits.blkioWeight ? '' : 'WARNING: No io.weight support',
  ].filter((line) => line !== '');
  return lines.length === 0 ? null : lines;
}
