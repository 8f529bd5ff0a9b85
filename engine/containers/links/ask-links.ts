import { posix } from 'node:path';
import type { HostConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError, messageOf } from '../../errors.ts';
import type { Container, ContainerLink } from '../container.ts';
import type { ContainerStore } from '../container-store.ts';

/**
 * What `HostConfig.Links` asks for. On a network of the user's links are names for the resolver, which the endpoint has; these are
 * those of the default network. The first of two with one alias wins. Source: moby `daemon/daemon_unix.go` registerLinks.
 * @throws InvalidParameterError for links that cannot be
 */
export function askedLinks(store: ContainerStore, hostConfig: HostConfig): ContainerLink[] {
  if (!['bridge', 'default', 'none', ''].includes(hostConfig.NetworkMode ?? '')) return [];
  const links = new Map<string, ContainerLink>();
  for (const text of hostConfig.Links ?? []) {
    const { name, alias } = parseLink(text);
    const target = linkTarget(store, name);
    if (!links.has(alias)) links.set(alias, { containerId: target.id, name: target.name, alias });
  }
  return [...links.values()];
}

/** `name:alias`, a name alone, or as inspect shows it: `/db:/web/database`. Source: docker/cli `opts/opts.go` ParseLink. */
export function parseLink(text: string): { name: string; alias: string } {
  if (text === '') throw new InvalidParameterError('empty string specified for links');
  const [name = '', alias = '', ...rest] = text.split(':');
  if (rest.length > 0) throw new InvalidParameterError(`bad format for links: ${text}`);
  if (alias === '') return { name, alias: posix.basename(name) };
  return name.startsWith('/') ? { name: name.slice(1), alias: posix.basename(alias) } : { name, alias };
}

/** Whose network is another's is linked by that one. */
function linkTarget(store: ContainerStore, name: string): Container {
  try {
    let target = store.resolve(name);
    while (target.record.hostConfig.NetworkMode?.startsWith('container:') === true) target = store.resolve(target.record.hostConfig.NetworkMode.slice('container:'.length));
    if (target.record.hostConfig.NetworkMode === 'host') {
      throw new InvalidParameterError("conflicting options: host type networking can't be used with links. This would result in undefined behavior");
    }
    return target;
  } catch (error) {
    if (messageOf(error).startsWith('conflicting')) throw error;
    // As a 404 it would say that the image is missing.
    throw new InvalidParameterError(`could not get container for ${name}: ${messageOf(error)}`, { cause: error });
  }
}
