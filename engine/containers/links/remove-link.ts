import { InternalError, NotFoundError } from '../../errors.ts';
import { isRunning } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { sandboxRequest } from '../network-connections.ts';

/**
 * `docker rm --link web/database`: the link goes, both containers stay. Source: moby `daemon/delete.go` rmLink.
 * @throws NotFoundError for a link that is not there, InternalError for the name of a container
 */
export async function removeLink(needs: Pick<ContainerDependencies, 'store' | 'network'>, reference: string): Promise<void> {
  const { store } = needs;
  const name = reference.startsWith('/') ? reference.slice(1) : reference;
  const link = store.links.find(name);
  if (link === undefined) {
    store.resolve(reference);
    throw new InternalError('Conflict, cannot remove the default link name of the container');
  }
  const parent = store.get(link.parentId);
  if (parent === undefined) throw new NotFoundError(`No such container: ${name}`);
  await parent.lock.run(async () => {
    await store.update(parent, { links: parent.record.links?.filter(({ alias }) => alias !== link.alias) });
    if (isRunning(parent.state)) await needs.network.relink(sandboxRequest(needs, parent));
  });
}
