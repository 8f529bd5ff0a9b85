import type { PortSummary } from '../../../contract/engine-api/container.ts';

/** One port of a container; `publicPort` only where it is published on this computer. */
export interface PortView {
  privatePort: number;
  publicPort?: number;
  protocol: string;
  /** Where a browser finds it; only for published TCP. */
  url?: string;
}

/** Docker lists a published port once per address family and an exposed one beside; this is each port once, published first. */
export function portsOf(ports: readonly PortSummary[] | null | undefined): PortView[] {
  const seen = new Map<string, PortView>();
  const published = new Set<string>();
  for (const port of ports ?? []) {
    const inside = `${port.PrivatePort}/${port.Type}`;
    if (port.PublicPort === undefined || port.PublicPort === 0) {
      if (!seen.has(inside)) seen.set(inside, { privatePort: port.PrivatePort, protocol: port.Type });
      continue;
    }
    published.add(inside);
    seen.set(`${port.PublicPort}→${inside}`, {
      privatePort: port.PrivatePort,
      publicPort: port.PublicPort,
      protocol: port.Type,
      ...(port.Type === 'tcp' ? { url: urlOf(port.PublicPort, port.PrivatePort) } : {}),
    });
  }
  return [...seen.entries()]
    .filter(([key, port]) => port.publicPort !== undefined || !published.has(key))
    .map(([, port]) => port)
    .sort((a, b) => Number(a.publicPort === undefined) - Number(b.publicPort === undefined) || (a.publicPort ?? a.privatePort) - (b.publicPort ?? b.privatePort));
}

function urlOf(publicPort: number, privatePort: number): string {
  return `${privatePort === 443 || privatePort === 8443 ? 'https' : 'http'}://localhost:${publicPort}`;
}

/** `:8080→80`, `:3000`, `6379`, with `/udp` where it is not TCP. */
export function formatPort(port: PortView): { published: string; inside: string } {
  const suffix = port.protocol === 'tcp' ? '' : `/${port.protocol}`;
  if (port.publicPort === undefined) return { published: '', inside: `${port.privatePort}${suffix}` };
  if (port.publicPort === port.privatePort) return { published: `:${port.publicPort}${suffix}`, inside: '' };
  return { published: `:${port.publicPort}`, inside: `→${port.privatePort}${suffix}` };
}

/** @returns the port number, or undefined for what is none (1 to 65535). */
export function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text.trim())) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** The next port above one that is taken, skipping those taken too. */
export function nextFreePort(port: number, taken: ReadonlySet<number>): number | undefined {
  for (let candidate = port + 1; candidate <= 65_535; candidate++) {
    if (!taken.has(candidate)) return candidate;
  }
  return undefined;
}
