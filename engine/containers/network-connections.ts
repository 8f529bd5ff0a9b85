import type { EndpointSettings } from '../../contract/engine-api/network.ts';
import { ConflictError, InternalError, NotFoundError } from '../errors.ts';
import type { SandboxRequest } from './collaborators.ts';
import type { Container } from './container.ts';
import { isRunning } from './container.ts';
import type { ContainerDependencies } from './dependencies.ts';
import { linkedNames } from './links/linked-containers.ts';

type Needs = Pick<ContainerDependencies, 'store' | 'network'>;

/** What the network is told of a container. */
export function sandboxRequest(needs: Pick<ContainerDependencies, 'store'>, { id, record }: Container): SandboxRequest {
  return {
    containerId: id,
    containerName: record.name,
    config: record.config,
    hostConfig: record.hostConfig,
    endpoints: record.endpoints,
    directory: needs.store.directoryOf(id),
    ...(record.links === undefined ? {} : { links: linkedNames(needs.store, record) }),
  };
}

/** `docker network connect`, for a container that runs or not. @throws what `NetworkController.describeEndpoint` and `attach` throw */
export async function connectNetwork(needs: Needs, reference: string, containerReference: string, asked: EndpointSettings): Promise<void> {
  const container = needs.store.resolve(containerReference);
  await container.lock.run(async () => {
    refuseRemoved(container);
    const request = sandboxRequest(needs, container);
    const { network, settings } = needs.network.describeEndpoint(request, reference, asked);
    const endpoints = { ...container.record.endpoints, [network]: settings };
    if (!isRunning(container.state)) {
      await needs.store.update(container, { endpoints });
      return;
    }
    container.sandbox = await needs.network.attach(request, reference, asked);
    await needs.store.update(container, { endpoints });
  });
}

/** `docker network disconnect`. @throws InternalError when it is not connected; with force a container that is gone is told in another way */
export async function disconnectNetwork(needs: Needs, reference: string, containerReference: string, force: boolean): Promise<void> {
  const container = find(needs, containerReference, force);
  await container.lock.run(async () => {
    refuseRemoved(container);
    const network = needs.network.nameOf(reference);
    const { [network]: gone, ...endpoints } = container.record.endpoints;
    if (isRunning(container.state)) {
      container.sandbox = await needs.network.detach(sandboxRequest(needs, container), reference);
      // It has left the network, which the sandbox's record says too.
      await needs.store.note(container, { endpoints }, { sync: true });
      return;
    }
    if (gone === undefined) throw new InternalError(`container ${container.id} is not connected to the network ${network}`);
    await needs.store.attempt(container, { endpoints });
  });
}

function find(needs: Needs, reference: string, force: boolean): Container {
  try {
    return needs.store.resolve(reference);
  } catch (error) {
    // With force moby looks among the endpoints, and ours end with their containers.
    throw force && error instanceof NotFoundError ? new NotFoundError(`endpoint ${reference} not found`, { cause: error }) : error;
  }
}

function refuseRemoved({ id, state }: Container): void {
  if (state.status === 'removing' || state.status === 'dead') {
    throw new ConflictError(`container ${id} is marked for removal and cannot be connected to or disconnected from the network`);
  }
}
