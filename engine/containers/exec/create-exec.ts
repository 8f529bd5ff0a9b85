import { randomBytes } from 'node:crypto';
import type { ExecCreateRequest } from '../../../contract/engine-api/exec.ts';
import { ConflictError, InvalidParameterError } from '../../errors.ts';
import { announce } from '../container-events.ts';
import { linkVariables } from '../links/linked-containers.ts';
import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { parseDetachKeys } from '../stdio/detach-keys.ts';
import type { ExecStore } from './exec-store.ts';

type CreateExecNeeds = Pick<ContainerDependencies, 'store' | 'events'> & { execs: ExecStore };

/**
 * First half of `docker exec`: notes what is to run.
 * @returns the exec's id
 * @throws ConflictError when the container does not run or is paused
 */
export function createExec(needs: CreateExecNeeds, reference: string, request: ExecCreateRequest): string {
  const args = typeof request.Cmd === 'string' ? [request.Cmd] : (request.Cmd ?? []);
  if (args.length === 0) throw new InvalidParameterError('No exec command specified');
  const container = needs.store.resolve(reference);
  parseDetachKeys(request.DetachKeys ?? '', 'escape');
  checkExecutable(container, container.name);
  const { config, hostConfig } = container.record;
  const id = randomBytes(32).toString('hex');
  needs.execs.add({
    id,
    container,
    args,
    env: [...linkVariables(needs.store, container), ...(config.Env ?? []), ...(request.Env ?? [])],
    cwd: request.WorkingDir || config.WorkingDir || '/',
    user: request.User || config.User || '',
    tty: request.Tty ?? false,
    privileged: (request.Privileged ?? false) || hostConfig.Privileged === true,
    stdin: request.AttachStdin ?? false,
    stdout: request.AttachStdout ?? false,
    stderr: request.AttachStderr ?? false,
    detachKeys: request.DetachKeys ?? '',
    consoleSize: request.ConsoleSize ?? undefined,
    state: { status: 'created' },
    launched: Promise.withResolvers(),
  });
  announce(needs.events, container, `exec_create: ${commandOf(args)}`, { execID: id });
  return id;
}

/** As events show it: with a blank after a command without arguments, as moby. */
export function commandOf([entrypoint = '', ...args]: string[]): string {
  return `${entrypoint} ${args.join(' ')}`;
}

/** @param shown what a paused one is called: moby's create and start differ. @throws ConflictError in moby's words */
export function checkExecutable(container: Container, shown = container.id): void {
  const { status } = container.state;
  if (status === 'paused') throw new ConflictError(`Container ${shown} is paused, unpause the container before exec`);
  if (status === 'restarting') throw new ConflictError(`Container ${container.id} is restarting, wait until the container is running`);
  if (status !== 'running') throw new ConflictError(`Container ${container.id} is not running`);
}
