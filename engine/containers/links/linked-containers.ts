import { InternalError } from '../../errors.ts';
import type { SandboxRequest } from '../collaborators.ts';
import type { Container } from '../container.ts';
import { isRunning } from '../container.ts';
import type { ContainerStore } from '../container-store.ts';
import { linkEnvironment } from './link-environment.ts';

const defaultNetwork = 'bridge';

/** What a container's hosts file says of those that it links. */
export function linkedNames(store: ContainerStore, { links = [] }: Container['record']): SandboxRequest['links'] {
  return links.map(({ containerId, alias, name }) => {
    const target = store.get(containerId)?.record;
    return { containerId, alias, names: [...new Set([alias, target?.config.Hostname || containerId.slice(0, 12), target?.name ?? name])] };
  });
}

/** `HostConfig.Links` of inspect: `/db:/web/database`; null without any. */
export function shownLinks(store: ContainerStore, { name, links = [] }: Container['record']): string[] | null {
  if (links.length === 0) return null;
  return links.map((link) => `/${store.get(link.containerId)?.name ?? link.name}:/${name}/${link.alias}`);
}

/** @throws InternalError in moby's words for a linked container that does not run or is elsewhere */
export function checkLinked(store: ContainerStore, { record }: Container): void {
  for (const { containerId, alias, name } of record.links ?? []) {
    const target = store.get(containerId);
    if (target === undefined || !isRunning(target.state)) throw new InternalError(`Cannot link to a non running container: /${target?.name ?? name} AS /${record.name}/${alias}`);
    if (target.record.endpoints[defaultNetwork] === undefined) throw new InternalError(`Cannot link to /${target.name}, as it does not belong to the default network`);
  }
}

/** The variables of all links whose containers run, in the order of the links; none for a container that is not on the default network itself. */
export function linkVariables(store: ContainerStore, { record }: Container): string[] {
  if (record.links === undefined || record.endpoints[defaultNetwork] === undefined) return [];
  return record.links.flatMap(({ containerId, alias }) => {
    const target = store.get(containerId);
    const address = target?.sandbox?.endpoints[defaultNetwork]?.IPAddress;
    if (target === undefined || !address) return [];
    const { config, hostConfig } = target.record;
    const ports = new Set([...Object.keys(config.ExposedPorts ?? {}), ...Object.keys(hostConfig.PortBindings ?? {})]);
    return linkEnvironment({ name: `/${record.name}/${alias}`, address, ports: [...ports], env: config.Env ?? [] });
  });
}
