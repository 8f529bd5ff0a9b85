import type { ContainerUpdateRequest } from '../../../contract/engine-api/container.ts';
import { asFailure, type IpcFailure } from '../../api.ts';
import { docker, type DockerCommand } from '../../format/engine/docker-command.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { request } from '../../api.ts';
import { withCommand } from '../window/commands.ts';
import { actOnEngine } from '../window/engine-action.ts';
import { saveToFile } from '../window/file-transfer.ts';
import { beginTask } from '../window/tasks.ts';
import { showToast } from '../window/toasts.ts';
import { refreshContainers } from './containers.ts';

export interface Named {
  id: string;
  name: string;
}

/** @throws {IpcFailure} the name is taken, for one. */
export async function renameContainer({ id, name: old }: Named, name: string): Promise<void> {
  await actOnEngine({ command: docker.rename(old, name), operation: 'containers.rename', params: { id, name } });
  await refreshContainers();
}

/** Limits and restart policy of a container, at once while it runs. @throws {IpcFailure} */
export async function updateContainer({ id }: Named, command: DockerCommand, body: ContainerUpdateRequest): Promise<string[]> {
  const answer = await actOnEngine({ command, operation: 'containers.update', params: { id, body } });
  await refreshContainers();
  return answer.Warnings ?? [];
}

/** @throws {IpcFailure} */
export async function signalContainer({ id, name }: Named, signal: string): Promise<void> {
  await withCommand(docker.signal(name, signal), () => request('containers/kill', { id, signal }), undefined, `POST /containers/${id.slice(0, 12)}/kill?signal=${signal}`);
  await refreshContainers();
}

export interface CommitOptions {
  repo: string;
  tag: string;
  comment: string;
  pause: boolean;
}

/** A new image of what the container's files are now. Large ones take a while, so it is a task. */
export async function commitContainer({ id, name }: Named, { repo, tag, comment, pause }: CommitOptions): Promise<IpcFailure | undefined> {
  const image = `${repo}:${tag}`;
  const task = beginTask({ kind: 'commit', subject: image, route: { page: 'images' }, doneTitle: t('container-details:commit.done', { image }), failedTitle: t('container-details:commit.failed', { name }) });
  try {
    await actOnEngine({ command: docker.commit(name, image, { comment, pause }), operation: 'containers.commit', params: { container: id, repo, tag, pause, ...(comment === '' ? {} : { comment }) } });
    task.done();
    return undefined;
  } catch (error) {
    const failure = asFailure(error);
    task.failed(failure);
    return failure;
  }
}

/** All files of the container as one tar, to a file of the person's. */
export async function exportContainer({ id, name }: Named): Promise<void> {
  const fileName = `${name}.tar`;
  await saveToFile({
    kind: 'save',
    subject: fileName,
    command: docker.exportFiles(name, fileName),
    operation: 'containers.export',
    params: { id },
    fileName,
    doneTitle: t('container-details:export.done', { name }),
    failedTitle: t('container-details:export.failed', { name }),
  });
}

/** @throws {IpcFailure} */
export async function connectNetwork({ id, name }: Named, network: string): Promise<void> {
  await actOnEngine({ command: ['docker', 'network', 'connect', network, name], operation: 'networks.connect', params: { id: network, body: { Container: id } } });
  await refreshContainers();
}

export async function disconnectNetwork({ id, name }: Named, network: string): Promise<void> {
  try {
    await actOnEngine({ command: ['docker', 'network', 'disconnect', network, name], operation: 'networks.disconnect', params: { id: network, body: { Container: id } } });
    await refreshContainers();
  } catch (error) {
    const { message, hint } = asFailure(error);
    showToast({ kind: 'trouble', title: t('container-details:networks.disconnectFailed', { network }), detail: sentences(message, hint) });
  }
}
