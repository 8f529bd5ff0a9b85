import type { ContainerCreateRequest } from '../../../contract/engine-api/container.ts';
import { request } from '../../api.ts';
import type { DockerCommand } from '../../format/engine/docker-command.ts';
import { withCommand } from '../window/commands.ts';
import { refreshContainers } from './containers.ts';

function apiOf({ name, start = true }: { name?: string; start?: boolean }): string {
  const create = `POST /containers/create${name === undefined ? '' : `?name=${name}`}`;
  return start ? `${create}, POST /containers/${name ?? '{id}'}/start` : create;
}

/**
 * Creates and, unless told otherwise, starts. The list is read again either way: a container that could not start is
 * kept by the engine.
 * @throws {IpcFailure}
 */
export async function runContainer(command: DockerCommand, run: { name?: string; platform?: string; request: ContainerCreateRequest; start?: boolean }): Promise<{ id: string; warnings: string[] }> {
  try {
    return await withCommand(command, () => request('containers/run', run), undefined, apiOf(run));
  } finally {
    await refreshContainers();
  }
}
