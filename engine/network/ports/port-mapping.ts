import { isIP } from 'node:net';
import type { ContainerConfig, HostConfig, PortBinding, PortMap } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';

export type Protocol = 'tcp' | 'udp';

/** One port that a user wants published. `hostPorts` in order of preference; empty: any free one. */
export interface WantedPort {
  /** `80/tcp` */
  key: string;
  protocol: Protocol;
  containerPort: number;
  /** As asked for: empty means every address. */
  hostIp: string;
  hostPorts: { first: number; last: number } | null;
}

/** `80`, `80/tcp`, `53/udp`. @throws InvalidParameterError; SCTP is not carried. */
export function parsePort(key: string): { port: number; protocol: Protocol } {
  const match = /^(\d{1,5})(?:\/([A-Za-z]+))?$/.exec(key);
  const port = Number(match?.[1] ?? 0);
  const protocol = (match?.[2] ?? 'tcp').toLowerCase();
  if (match === null || port < 1 || port > 65535) throw new InvalidParameterError(`invalid port specification: "${key}"`);
  if (protocol !== 'tcp' && protocol !== 'udp') throw new InvalidParameterError(`invalid protocol in port specification "${key}": tcp and udp can be published`);
  return { port, protocol };
}

/**
 * What is to be published, in the order of container ports: explicit bindings, and with `PublishAllPorts` every exposed
 * port that has none.
 */
export function wantedPorts(config: ContainerConfig, hostConfig: HostConfig): WantedPort[] {
  const wanted: WantedPort[] = [];
  const bindings = hostConfig.PortBindings ?? {};
  for (const [key, list] of Object.entries(bindings)) {
    const { port, protocol } = parsePort(key);
    // A key with an empty list means: any free port.
    for (const binding of list?.length ? list : [{ HostIp: '', HostPort: '' }]) {
      wanted.push({ key: `${port}/${protocol}`, protocol, containerPort: port, ...parseBinding(binding) });
    }
  }
  if (hostConfig.PublishAllPorts) {
    for (const key of Object.keys(config.ExposedPorts ?? {})) {
      const { port, protocol } = parsePort(key);
      if (wanted.some((other) => other.key === `${port}/${protocol}`)) continue;
      wanted.push({ key: `${port}/${protocol}`, protocol, containerPort: port, hostIp: '', hostPorts: null });
    }
  }
  return wanted.sort((one, other) => one.containerPort - other.containerPort || one.protocol.localeCompare(other.protocol));
}

/** Every exposed port with its bindings, as inspect shows it: `null` when it is not published. */
export function portMap(config: ContainerConfig, hostConfig: HostConfig, published: { key: string; binding: PortBinding }[]): PortMap {
  const map: PortMap = {};
  for (const exposed of [...Object.keys(config.ExposedPorts ?? {}), ...Object.keys(hostConfig.PortBindings ?? {})]) {
    const { port, protocol } = parsePort(exposed);
    map[`${port}/${protocol}`] = null;
  }
  for (const { key, binding } of published) map[key] = [...(map[key] ?? []), binding];
  return map;
}

function parseBinding(binding: Partial<PortBinding>): Pick<WantedPort, 'hostIp' | 'hostPorts'> {
  const { HostIp: hostIp = '', HostPort: text = '' } = binding;
  if (hostIp !== '' && isIP(hostIp) === 0) throw new InvalidParameterError(`invalid IP address in port binding: "${hostIp}"`);
  if (text === '' || text === '0') return { hostIp, hostPorts: null };
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first < 1 || last > 65535 || first > last) throw new InvalidParameterError(`invalid host port: "${text}": a number from 1 to 65535 or a range of them`);
  return { hostIp, hostPorts: { first, last } };
}
