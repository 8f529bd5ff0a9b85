import { readdir, readFile, readlink } from 'node:fs/promises';
import { parseAddress } from '../addressing/addresses.ts';
import type { HostPort } from '../host-ports.ts';

/** TCP_LISTEN, and for UDP a bound socket without a peer (TCP_CLOSE). Source: proc(5). */
const holdingState = { tcp: '0A', udp: '07' } as const;

/**
 * The process of this machine that holds a port: `nginx (process 812)`. Undefined when nobody does, or when the
 * kernel does not say (no permission, another PID namespace).
 */
export async function findPortHolder(port: HostPort): Promise<string | undefined> {
  const tables = await Promise.all(
    [port.protocol, `${port.protocol}6`].map((table) => readFile(`/proc/self/net/${table}`, 'utf8').catch(() => '')),
  );
  const inodes = new Set(tables.flatMap((table) => holdingInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '?');
      return `${name.trim()} (process ${pid})`;
    }
  }
  return undefined;
}

/** Inodes of sockets that stand in the way of binding `port`. Exported for its test. */
export function holdingInodes(table: string, port: HostPort): string[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const [address, hexPort] = local?.split(':') ?? [];
      if (state !== holdingState[port.protocol] || Number.parseInt(hexPort ?? '', 16) !== port.hostPort || inode === undefined) return [];
      return collides(address!, port.hostIp) ? [inode] : [];
    });
}

/** IPv4 stands in these tables as one number in host order, little endian. */
function collides(hexAddress: string, hostIp: string): boolean {
  const wildcard = /^0+$/.test(hexAddress) || hostIp === '' || hostIp === '0.0.0.0' || hostIp === '::';
  const wanted = parseAddress(hostIp);
  if (wildcard || wanted === null || wanted.family === 6) return true;
  return hexAddress.length === 8 && Buffer.from(hexAddress, 'hex').readUInt32LE(0) === Number(wanted.value);
}
