/** A linked container, as the one that links it sees it. */
export interface LinkedService {
  /** `/web/database`: the last part is the alias. */
  name: string;
  address: string;
  /** `5432/tcp` … */
  ports: string[];
  env: string[];
}

interface Port {
  number: number;
  protocol: string;
}

/** Of the builder, and of no use to others. */
const leftOut = ['HOME', 'PATH'];

/**
 * The variables by which a container finds one that it links: `DATABASE_PORT_5432_TCP=tcp://172.17.0.2:5432` …
 * Source: moby `daemon/links/links.go`.
 */
export function linkEnvironment({ name, address, ports: keys, env }: LinkedService): string[] {
  const prefix = name.slice(name.lastIndexOf('/') + 1).toUpperCase().replaceAll('-', '_');
  const ports = keys.flatMap(parsePort).sort((one, other) => one.number - other.number || (one.protocol === 'tcp' ? -1 : other.protocol === 'tcp' ? 1 : 0));
  const url = ({ protocol, number }: Port) => `${protocol}://${address}:${number}`;
  const key = ({ protocol, number }: Port) => `${prefix}_PORT_${number}_${protocol.toUpperCase()}`;
  return [
    ...(ports[0] === undefined ? [] : [`${prefix}_PORT=${url(ports[0])}`]),
    ...runsOf(ports).flatMap(([first, last]) => [
      `${key(first)}_START=${url(first)}`,
      `${key(first)}_ADDR=${address}`,
      `${key(first)}_PROTO=${first.protocol}`,
      `${key(first)}_PORT_START=${first.number}`,
      `${key(first)}_END=${url(last)}`,
      `${key(first)}_PORT_END=${last.number}`,
    ]),
    ...ports.flatMap((port) => [`${key(port)}=${url(port)}`, `${key(port)}_ADDR=${address}`, `${key(port)}_PORT=${port.number}`, `${key(port)}_PROTO=${port.protocol}`]),
    `${prefix}_NAME=${name}`,
    ...env.filter((entry) => entry.includes('=') && !leftOut.includes(entry.split('=', 1)[0]!)).map((entry) => `${prefix}_ENV_${entry}`),
  ];
}

/** `7000-7002/tcp` is three. */
function parsePort(key: string): Port[] {
  const [range = '', protocol = 'tcp'] = key.split('/');
  const [first = 0, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => ({ number: first + index, protocol }));
}

/** Ports that follow one another, from three on. */
function runsOf(ports: Port[]): [first: Port, last: Port][] {
  const runs: [Port, Port][] = [];
  for (let start = 0; start < ports.length; ) {
    let end = start;
    while (end + 1 < ports.length && ports[end + 1]!.number <= ports[end]!.number + 1) end += 1;
    if (end > start + 1) runs.push([ports[start]!, ports[end]!]);
    start = end > start + 1 ? end + 1 : start + 1;
  }
  return runs;
}
