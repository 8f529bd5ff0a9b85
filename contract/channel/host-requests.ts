/**
 * What the engine asks of the host, as JSON lines on the one stream `host` that the guest opens. Every request has an id
 * and gets one answer; answers may come in any order.
 */
export type HostRequest =
  | { id: number; method: 'ports.reserve'; port: ChannelPort }
  | { id: number; method: 'ports.release'; port: ChannelPort }
  /** The whole list after the engine (re)connected; whatever else is reserved is released. */
  | { id: number; method: 'ports.sync'; ports: ChannelPort[] }
  /** Whether a container may be given a path of the host, made as a folder where nothing is and `create` says so. */
  | { id: number; method: 'folders.find'; path: string; create: boolean };

/** `taken`: another process of the host, or another reservation, holds the port. `path`: below the mount of shared folders. */
export type HostAnswer = { id: number; ok: true; path?: string } | { id: number; ok: false; code: 'taken' | 'invalid' | 'internal'; message: string };

/** A port of the host. An empty `hostIp` or 0.0.0.0 means all addresses that the host's settings allow. */
export interface ChannelPort {
  protocol: 'tcp' | 'udp';
  hostIp: string;
  hostPort: number;
  /** TCP only: a port of the guest's network card that leads there as well; another one when it leads elsewhere. Absent: by a stream alone. */
  lane?: number;
}

/** Why the text is no request of ours, or the request. Never throws: the text comes from the other side of the channel. */
export function parseHostRequest(line: string): HostRequest | { invalid: string; id: number | null } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { invalid: 'the request is no JSON', id: null };
  }
  if (!isRecord(value) || typeof value.id !== 'number' || !Number.isSafeInteger(value.id)) return { invalid: 'the request has no id', id: null };
  const { id, method } = value;
  if (method === 'ports.reserve' || method === 'ports.release') {
    const port = parseChannelPort(value.port);
    return port === null ? { invalid: 'the request names no valid port', id } : { id, method, port };
  }
  if (method === 'ports.sync') {
    if (!Array.isArray(value.ports)) return { invalid: 'the request has no list of ports', id };
    const ports: ChannelPort[] = [];
    for (const item of value.ports) {
      const port = parseChannelPort(item);
      if (port === null) return { invalid: 'the list names an invalid port', id };
      ports.push(port);
    }
    return { id, method, ports };
  }
  if (method === 'folders.find') {
    const { path, create } = value;
    if (typeof path !== 'string' || typeof create !== 'boolean') return { invalid: 'the request names no path', id };
    return { id, method, path, create };
  }
  return { invalid: 'the request has an unknown method', id };
}

/** The answer in a line of JSON, or null for anything else. */
export function parseHostAnswer(line: string): HostAnswer | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isRecord(value) || typeof value.id !== 'number') return null;
  if (value.ok === true) return { id: value.id, ok: true, ...(typeof value.path === 'string' ? { path: value.path } : {}) };
  if (value.ok !== false || typeof value.message !== 'string') return null;
  const code = value.code === 'taken' || value.code === 'invalid' ? value.code : 'internal';
  return { id: value.id, ok: false, code, message: value.message };
}

/** A port out of untrusted JSON; null when a field is missing or out of range. */
export function parseChannelPort(value: unknown): ChannelPort | null {
  if (!isRecord(value)) return null;
  const { protocol, hostIp, hostPort, lane } = value;
  if (protocol !== 'tcp' && protocol !== 'udp') return null;
  if (typeof hostIp !== 'string' || !/^[0-9a-fA-F.:]{0,45}$/.test(hostIp)) return null;
  if (!isPort(hostPort)) return null;
  if (lane === undefined) return { protocol, hostIp, hostPort };
  return protocol === 'tcp' && isPort(lane) ? { protocol, hostIp, hostPort, lane } : null;
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
