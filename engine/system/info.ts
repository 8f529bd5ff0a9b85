import { cpus, hostname, machine, release, totalmem } from 'node:os';
import { readFile } from 'node:fs/promises';
import type { InfoResponse } from '../../contract/engine-api/system.ts';

export interface InfoSources {
  engineId: string;
  version: string;
  crunVersion: string;
  root: string;
  cgroupVersion: 1 | 2;
  insecureRegistries: string[];
  count(): { running: number; paused: number; stopped: number };
  countImages(): Promise<number>;
  countListeners(): number;
}

/** `GET /info`, in moby's shape. */
export async function infoResponse(sources: InfoSources): Promise<InfoResponse> {
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
      ['Supports d_type', 'true'],
      ['Native Overlay Diff', 'true'],
      ['userxattr', 'false'],
    ],
    Plugins: { Volume: ['local'], Network: ['bridge', 'host', 'null'], Authorization: null, Log: ['json-file', 'local', 'none'] },
    MemoryLimit: true,
    SwapLimit: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    BridgeNfIptables: false,
    BridgeNfIp6tables: false,
    Debug: false,
    NFd: 0,
    OomKillDisable: !v2,
    NGoroutines: 0,
    SystemTime: new Date().toISOString(),
    LoggingDriver: 'json-file',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: String(sources.cgroupVersion),
    NEventsListener: sources.countListeners(),
    KernelVersion: release(),
    OperatingSystem: await osName(),
    OSVersion: '',
    OSType: 'linux',
    Architecture: machine(),
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      AllowNondistributableArtifactsCIDRs: [],
      AllowNondistributableArtifactsHostnames: [],
      InsecureRegistryCIDRs: ['127.0.0.0/8', ...sources.insecureRegistries.filter((entry) => entry.includes('/'))],
      IndexConfigs: { 'docker.io': { Name: 'docker.io', Mirrors: [], Secure: true, Official: true } },
      Mirrors: [],
    },
    NCPU: cpus().length,
    MemTotal: totalmem(),
    GenericResources: null,
    DockerRootDir: sources.root,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: hostname(),
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: sources.version,
    Runtimes: { crun: { path: 'crun' } },
    DefaultRuntime: 'crun',
    Swarm: { NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false, Error: '', RemoteManagers: null },
    // Containers outlive the engine.
    LiveRestoreEnabled: true,
    Isolation: '',
    InitBinary: '',
    ContainerdCommit: { ID: '', Expected: '' },
    RuncCommit: { ID: sources.crunVersion, Expected: sources.crunVersion },
    InitCommit: { ID: '', Expected: '' },
    SecurityOptions: ['name=seccomp,profile=builtin', ...(v2 ? ['name=cgroupns'] : [])],
    ProductLicense: '',
    Warnings: null,
  };
}

let name: string | undefined;

async function osName(): Promise<string> {
  if (name === undefined) {
    const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
    name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? 'Linux';
  }
  return name;
}
