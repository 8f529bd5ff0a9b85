import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname as machineHostname } from 'node:os';
import { join } from 'node:path';
import type { ContainerConfig, HostConfig } from '../../../contract/engine-api/container.ts';
import { InternalError, InvalidParameterError, messageOf } from '../../errors.ts';
import { writeInPlace } from '../../lib/files/write-in-place.ts';
import { formatResolvConf, type ResolverConfig } from '../dns/resolv-conf.ts';

export const resolverAddress = '127.0.0.11';

export interface EtcFileRequest {
  directory: string;
  config: ContainerConfig;
  hostConfig: HostConfig;
  /** Of the container's endpoints, in order; none with the modes `none` and `host`. */
  addresses: string[];
  /** Lines for linked containers. */
  links: string[];
  /** What `host-gateway` in `--add-host` stands for. */
  hostGateway: string;
  machine: ResolverConfig;
  /** `bridge`: the network with Docker's old rules. */
  mode: 'host' | 'none' | 'bridge' | 'user-defined';
}

/** Written in place when they exist: a running container has these very files bound over its own. */
export async function writeEtcFiles(request: EtcFileRequest): Promise<{ source: string; destination: string }[]> {
  await mkdir(request.directory, { recursive: true });
  const host = request.mode === 'host';
  const hostname = host ? (request.config.Hostname || machineHostname()) : (request.config.Hostname ?? '');
  const files = { hosts: buildHosts(request), hostname: `${hostname}\n`, 'resolv.conf': buildResolvConf(request) };
  return Object.entries(files).map(([name, content]) => {
    const source = join(request.directory, name);
    try {
      writeFileSync(source, content, { mode: 0o644 });
    } catch (error) {
      throw new InternalError(`cannot write ${source}: ${messageOf(error)}`, { cause: error });
    }
    return { source, destination: `/etc/${name}` };
  });
}

/** Source: moby libnetwork/etchosts: the fixed part, then the extra entries, then the container's own names. */
export function buildHosts(request: Pick<EtcFileRequest, 'config' | 'hostConfig' | 'addresses' | 'hostGateway' | 'mode' | 'links'>): string {
  const fixed = [
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::\tip6-localnet',
    'ff00::\tip6-mcastprefix',
    'ff02::1\tip6-allnodes',
    'ff02::2\tip6-allrouters',
  ];
  const extra = (request.hostConfig.ExtraHosts ?? []).map((entry) => {
    const { name, address } = parseExtraHost(entry);
    return `${address === 'host-gateway' ? request.hostGateway : address}\t${name}`;
  });
  const start = request.mode === 'host' ? readFileSync('/etc/hosts', 'utf8').trimEnd().split('\n') : fixed;
  return [...start, ...extra, ...request.links, ...request.addresses.map((address) => ownLine(request.config, address))].join('\n') + '\n';
}

/** A container's own line for one of its addresses. */
export function ownLine({ Hostname: hostname = '', Domainname: domain = '' }: ContainerConfig, address: string): string {
  return `${address}\t${domain === '' ? hostname : `${hostname}.${domain} ${hostname}`}`;
}

/** Adds and removes whole lines of a running container's hosts file, in place: it is bound over the container's own. */
export function changeHosts(path: string, change: { add: string[]; remove: string[] }): void {
  const lines = readFileSync(path, 'utf8').split('\n').filter((line) => line !== '' && !change.remove.includes(line));
  writeInPlace(path, `${[...lines, ...change.add].join('\n')}\n`);
}

/** Puts other lines in the place of some, in a running container's hosts file; its own stay last. */
export function replaceHosts(path: string, before: string[], after: string[]): void {
  const lines = readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
  const first = lines.findIndex((line) => before.includes(line));
  const kept = lines.filter((line) => !before.includes(line));
  kept.splice(first < 0 ? kept.length : first, 0, ...after);
  writeInPlace(path, `${kept.join('\n')}\n`);
}

/** `name:address` or `name=address`; the address may be `host-gateway` and IPv6 in brackets. @throws InvalidParameterError */
export function parseExtraHost(entry: string): { name: string; address: string } {
  const match = /^([^:=]+)[:=](.+)$/.exec(entry);
  const address = match?.[2]?.replace(/^\[(.*)\]$/, '$1') ?? '';
  if (match === null) throw new InvalidParameterError(`bad format for add-host: "${entry}"`);
  if (address !== 'host-gateway' && isIP(address) === 0) throw new InvalidParameterError(`invalid IP address in add-host: "${address}"`);
  return { name: match[1]!, address };
}

/**
 * With the engine's resolver at 127.0.0.11 on every bridge, the default one included: it follows the machine's own
 * servers when they change, and reaches servers that a container cannot. What `--dns` names on the default bridge is
 * written as it is, as moby does.
 */
export function buildResolvConf(request: Pick<EtcFileRequest, 'hostConfig' | 'machine' | 'mode'>): string {
  const { machine, mode } = request;
  const { Dns, DnsSearch, DnsOptions } = request.hostConfig;
  // `--dns-search .` is how clients say: none.
  const search = (DnsSearch?.length ? DnsSearch : machine.search).filter((domain) => domain !== '.');
  const options = DnsOptions?.length ? DnsOptions : machine.options;
  const direct = mode === 'host' || mode === 'none' || (mode === 'bridge' && Dns?.length);
  if (direct) return formatResolvConf({ servers: Dns?.length ? Dns : machine.servers, search, options });
  const withoutNdots = options.filter((option) => !option.startsWith('ndots:'));
  const asked = DnsOptions?.find((option) => option.startsWith('ndots:'));
  return formatResolvConf(
    { servers: [resolverAddress], search, options: [...withoutNdots, asked ?? 'ndots:0'] },
    `Forwards to: ${(Dns?.length ? Dns : machine.servers).join(' ') || 'nothing'}`,
  );
}
