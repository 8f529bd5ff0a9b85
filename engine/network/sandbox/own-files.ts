import type { SandboxRequest } from '../../containers/collaborators.ts';
import type { MachineResolver } from '../dns/resolv-conf.ts';
import type { NetworkStore } from '../networks/network-store.ts';
import { addressesOf } from './endpoint.ts';
import { changeHosts, ownLine, replaceHosts, writeEtcFiles } from './etc-files.ts';
import type { NetworkMode } from './network-mode.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface FileParts {
  store: NetworkStore;
  machine: MachineResolver;
  /** What `host-gateway` stands for; by default the default network's gateway. */
  hostGateway?: string;
}

/** `/etc/hosts` and its kin of one sandbox. @param sandboxOf running containers, for links */
export function writeOwnFiles(parts: FileParts, record: SandboxRecord, request: SandboxRequest, mode: Exclude<NetworkMode, { kind: 'container' }>, sandboxOf: (containerId: string) => SandboxRecord | undefined): Promise<SandboxRecord['etcFiles']> {
  const { store, machine } = parts;
  record.linkLines = record.endpoints.some(({ networkName: name }) => name === 'bridge') ? linkLines(request, sandboxOf) : {};
  const isDefault = mode.kind === 'networks' && mode.networks.every(({ network }) => network.name === 'bridge');
  return writeEtcFiles({
    directory: request.directory,
    config: request.config,
    hostConfig: request.hostConfig,
    addresses: record.endpoints.flatMap(addressesOf),
    links: Object.values(record.linkLines).flat(),
    hostGateway: parts.hostGateway ?? store.get('bridge').ranges[0]!.gateway,
    machine: machine.config(),
    mode: mode.kind === 'disabled' ? 'none' : mode.kind === 'networks' ? (isDefault ? 'bridge' : 'user-defined') : mode.kind,
  });
}

/** After a change of the networks of a running container. */
export function changeOwnHosts(record: SandboxRecord, { config }: SandboxRequest, change: { add: string[]; remove: string[] }): void {
  const hosts = record.etcFiles.find((file) => file.destination === '/etc/hosts');
  const lines = (addresses: string[]) => addresses.map((address) => ownLine(config, address));
  if (hosts !== undefined) changeHosts(hosts.source, { add: lines(change.add), remove: lines(change.remove) });
}

/** Writes the lines of linked containers anew. @returns what stands there now, by alias */
export function changeLinks(record: SandboxRecord, request: SandboxRequest, sandboxOf: (containerId: string) => SandboxRecord | undefined): Record<string, string[]> {
  const lines = linkLines(request, sandboxOf, record.linkLines);
  const hosts = record.etcFiles.find((file) => file.destination === '/etc/hosts');
  if (hosts !== undefined) replaceHosts(hosts.source, Object.values(record.linkLines ?? {}).flat(), Object.values(lines).flat());
  return lines;
}

/**
 * Lines for each container that is linked on the default network, by alias: alias, host name, name.
 * @param known what stands there; kept for those that do not run
 */
function linkLines(request: SandboxRequest, sandboxOf: (containerId: string) => SandboxRecord | undefined, known: Record<string, string[]> = {}): Record<string, string[]> {
  return Object.fromEntries(
    (request.links ?? []).map(({ containerId, alias, names }) => {
      const endpoint = sandboxOf(containerId)?.endpoints.find(({ networkName: name }) => name === 'bridge');
      return [alias, endpoint === undefined ? (known[alias] ?? []) : addressesOf(endpoint).map((address) => `${address}\t${names.join(' ')}`)];
    }),
  );
}
