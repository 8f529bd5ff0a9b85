import type { SandboxRequest } from '../../containers/collaborators.ts';
import type { MachineResolver } from '../dns/resolv-conf.ts';
import type { NetworkStore } from '../networks/network-store.ts';
import { addressesOf } from './endpoint.ts';
import { changeHosts, ownLine, writeEtcFiles } from './etc-files.ts';
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
  const isDefault = mode.kind === 'networks' && mode.networks.every(({ network }) => network.name === 'bridge');
  return writeEtcFiles({
    directory: request.directory,
    config: request.config,
    hostConfig: request.hostConfig,
    addresses: record.endpoints.flatMap(addressesOf),
    links: linkLines(request, sandboxOf),
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

/** One line for each container that is linked on the default network: alias, short id, name. */
function linkLines(request: SandboxRequest, sandboxOf: (containerId: string) => SandboxRecord | undefined): string[] {
  return (request.links ?? []).flatMap(({ containerId, alias }) => {
    const linked = sandboxOf(containerId);
    const endpoint = linked?.endpoints.find(({ networkName: name }) => name === 'bridge');
    if (linked === undefined || endpoint === undefined) return [];
    const names = [...new Set([alias, containerId.slice(0, 12), linked.containerName])].join(' ');
    return addressesOf(endpoint).map((address) => `${address}\t${names}`);
  });
}
