import type { PortRow } from './draft.ts';

export interface PortPair {
  /** Of this computer; empty for all of them. */
  address: string;
  /** A port or a range on this computer; empty lets the engine choose. */
  host: string;
  inside: string;
  protocol: PortRow['protocol'];
}

/** What a row means; the same number inside when only one was typed. */
export function portPair({ host: typed, inside, protocol }: PortRow): PortPair {
  const text = typed.trim();
  const at = /^[\d-]*$/.test(text) ? -1 : text.lastIndexOf(':');
  const host = text.slice(at + 1);
  return { address: at < 0 ? '' : text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), host, inside: inside.trim() === '' ? host : inside.trim(), protocol };
}

/** `127.0.0.1:8080:80/udp`, as `--publish` takes it. */
export function publishText(row: PortRow): string {
  const { address, host, inside, protocol } = portPair(row);
  const shown = address.includes(':') ? `[${address}]` : address;
  return `${shown === '' ? '' : `${shown}:`}${host === '' && shown === '' ? '' : `${host}:`}${inside}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}

/** First and last; the same for a single port. */
export function readRange(text: string): [number, number] | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
  return first >= 1 && last <= 65_535 && first <= last ? [first, last] : undefined;
}

/** Each port of the container with where it is published. A single port may be published somewhere in a range, which the engine then picks. */
export function bindingsOf(row: PortRow): { port: string; HostIp: string; HostPort: string }[] {
  const { address, host, inside, protocol } = portPair(row);
  const [first, last] = readRange(inside) ?? [0, -1];
  const hosts = readRange(host);
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    port: `${first + index}/${protocol}`,
    HostIp: address,
    HostPort: hosts === undefined || first === last ? host : String(hosts[0] + index),
  }));
}

/** Ports of this computer that a row is certain to take. */
export function takenBy(row: PortRow): number[] {
  return bindingsOf(row).flatMap(({ HostPort }) => (/^\d+$/.test(HostPort) ? [Number(HostPort)] : []));
}

const protocolOf = (text: string | undefined): PortRow['protocol'] => (text === 'udp' || text === 'sctp' ? text : 'tcp');

/** `[address:][port]:port[/protocol]`, or `published=8080,target=80`. @returns undefined when it is neither. */
export function readPublish(text: string): Pick<PortRow, 'host' | 'inside' | 'protocol'> | undefined {
  if (text.includes('target=')) {
    const fields = new Map(text.split(',').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]));
    return { host: fields.get('published') ?? '', inside: fields.get('target') ?? '', protocol: protocolOf(fields.get('protocol')) };
  }
  const [ports = '', protocol] = text.split('/');
  const parts = /^(?:(\[[^\]]*\]|[^[\]]*?):)?([\d-]*):([\d-]+)$/.exec(ports) ?? /^()()([\d-]+)$/.exec(ports);
  if (parts === null) return undefined;
  const [, address = '', host = '', inside = ''] = parts;
  return { host: address === '' ? host : `${address}:${host}`, inside, protocol: protocolOf(protocol?.toLowerCase()) };
}
