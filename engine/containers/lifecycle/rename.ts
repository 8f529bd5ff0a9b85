import { ConflictError, InvalidParameterError, messageOf } from '../../errors.ts';
import { announce } from '../container-events.ts';
import { isRunning } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { checkName } from '../config/names.ts';
import { sandboxRequest } from '../network-connections.ts';

/** `docker rename`. @throws ConflictError when the name is taken, InvalidParameterError for a name that cannot be */
export async function renameContainer(needs: Pick<ContainerDependencies, 'store' | 'events' | 'network'>, reference: string, newName: string): Promise<void> {
  const { store } = needs;
  if (newName === '') throw new InvalidParameterError('Neither old nor new names may be empty');
  const container = store.resolve(reference);
  const name = checkNewName(newName);
  await container.lock.run(async () => {
    const oldName = container.name;
    if (name === oldName) throw new InvalidParameterError('Renaming a container with the same name as its current name');
    if (container.state.status === 'removing') throw new ConflictError(`container ${container.id} is being removed`);
    try {
      store.reserveName(name, container.id);
    } catch (error) {
      throw new ConflictError(`Error when allocating new name: ${messageOf(error)}`, { cause: error });
    }
    try {
      await store.update(container, { name });
    } catch (error) {
      container.record = { ...container.record, name: oldName };
      store.releaseName(name);
      throw error;
    }
    store.releaseName(oldName);
    for (const parent of store.links.parentsOf(container.id).map((id) => store.get(id))) {
      // What is shown of the link once this container has gone.
      if (parent !== undefined) await store.update(parent, { links: parent.record.links?.map((link) => (link.containerId === container.id ? { ...link, name } : link)) });
    }
    if (isRunning(container.state)) await needs.network.rename(sandboxRequest(needs, container));
    announce(needs.events, container, 'rename', { oldName: `/${oldName}` });
  });
}

function checkNewName(name: string): string {
  try {
    return checkName(name.startsWith('/') ? name : `/${name}`);
  } catch (error) {
    throw new InvalidParameterError(`Error when allocating new name: ${messageOf(error)}`, { cause: error });
  }
}
