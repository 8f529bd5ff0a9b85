import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { getrlimit } from '../../lib/syscalls/process.ts';
import { capabilityNames } from './capabilities.ts';
import { rlimitNumbers } from './rlimits.ts';

/** What the machine offers, as far as it decides an OCI config. Read once: none of it changes while the engine runs. */
export interface HostFacts {
  cgroupVersion: 1 | 2;
  /** cgroup controllers that containers can use: `memory`, `cpu`, `pids` … */
  controllers: ReadonlySet<string>;
  /** Limits on swap can be set. */
  swapLimit: boolean;
  kernel: { major: number; minor: number };
  architecture: string;
  /** Capabilities that this process can give away. */
  capabilities: readonly string[];
  /** Hard limit by RLIMIT name; `Infinity` for unlimited. */
  hardLimits: ReadonlyMap<string, number>;
  /** An `init` for containers that ask for one; null where none is installed. */
  initBinary: string | null;
  /** `/sys` files per CPU that tell about the host's load and heat. */
  thermalPaths: readonly string[];
}

const initCandidates = ['/usr/libexec/slipway/init', '/usr/bin/catatonit', '/usr/libexec/podman/catatonit', '/usr/bin/docker-init', '/usr/bin/tini-static'];

export function readHostFacts(): HostFacts {
  const cgroupVersion = existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1;
  const [major, minor] = release().split('.').map((part) => Number.parseInt(part, 10));
  return {
    cgroupVersion,
    controllers: readControllers(cgroupVersion),
    swapLimit: cgroupVersion === 2 ? existsSync('/proc/swaps') : existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes'),
    kernel: { major: major ?? 0, minor: minor ?? 0 },
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    capabilities: boundingCapabilities(readFileSync('/proc/self/status', 'utf8')),
    hardLimits: new Map(Object.entries(rlimitNumbers).map(([name, number]) => [name, hardLimit(number)])),
    initBinary: initCandidates.find((path) => existsSync(path)) ?? null,
    thermalPaths: thermalPaths(),
  };
}

function readControllers(cgroupVersion: 1 | 2): Set<string> {
  if (cgroupVersion === 2) return new Set(readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').trim().split(' '));
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').matchAll(/ - cgroup \S+ (\S+)$/gm);
  return new Set([...mounts].flatMap(([, options]) => options!.split(',')));
}

/** Who may raise hard limits is not bound by them. */
function hardLimit(number: number): number {
  const mayRaise = boundingCapabilities(readFileSync('/proc/self/status', 'utf8')).includes('CAP_SYS_RESOURCE');
  return mayRaise ? Infinity : getrlimit(number).hard;
}

/** @param status text of /proc/self/status. Bits are the capability's numbers (linux/capability.h). */
export function boundingCapabilities(status: string): string[] {
  const mask = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return capabilityNames.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
}

function thermalPaths(): string[] {
  const online = /-(\d+)\s*$/.exec(readText('/sys/devices/system/cpu/possible'))?.[1] ?? '0';
  return Array.from({ length: Number(online) + 1 }, (_, cpu) => `/sys/devices/system/cpu/cpu${cpu}/thermal_throttle`).filter((path) => existsSync(path));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
