import { InvalidParameterError } from '../../errors.ts';

/** What an image runs on, in the OCI index's words (Go's GOOS and GOARCH). */
export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

const architectures: Record<string, Platform> = {
  x64: { os: 'linux', architecture: 'amd64' },
  arm64: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  arm: { os: 'linux', architecture: 'arm', variant: 'v7' },
};

export function machinePlatform(): Platform {
  return architectures[process.arch] ?? { os: 'linux', architecture: process.arch };
}

/** @param text `linux/arm64`, `linux/arm/v7`, `arm64` @throws InvalidParameterError */
export function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split('/');
  if (parts.length > 3 || !parts.every((part) => /^[a-z0-9_.-]+$/.test(part))) {
    throw new InvalidParameterError(`${JSON.stringify(text)} is an invalid platform: give os/architecture or os/architecture/variant`);
  }
  const [os = 'linux', architecture = 'amd64', variant] = parts.length === 1 ? ['linux', parts[0]] : parts;
  const aliases: Record<string, string> = { x86_64: 'amd64', 'x86-64': 'amd64', aarch64: 'arm64', armhf: 'arm', i386: '386' };
  return { os, architecture: aliases[architecture] ?? architecture, ...(variant === undefined ? {} : { variant }) };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== undefined && part !== '').join('/');
}

/**
 * The best of an index's entries: the same variant before none given, before a lower one of the same architecture
 * (an arm/v7 machine runs v6). Undefined when nothing fits.
 */
export function choosePlatform<T extends { platform?: Partial<Platform> }>(entries: readonly T[], wanted: Platform): T | undefined {
  const score = ({ platform }: T): number => {
    if (platform?.os !== wanted.os || platform.architecture !== wanted.architecture) return -1;
    const [has, wants] = [level(platform.variant, wanted.architecture), level(wanted.variant, wanted.architecture)];
    if (has === wants) return 1000;
    return has < wants ? has : -1;
  };
  let best: T | undefined;
  for (const entry of entries) if (score(entry) >= 0 && (best === undefined || score(entry) > score(best))) best = entry;
  return best;
}

/** `v7` is 7. Without one: what the architecture began with. */
function level(variant: string | undefined, architecture: string): number {
  const stated = /^v([0-9]+)$/.exec(variant ?? '')?.[1];
  if (stated !== undefined) return Number(stated);
  return { arm64: 8, arm: 7, amd64: 1 }[architecture] ?? 0;
}
