import type { ExecInspect } from '../../../contract/engine-api/exec.ts';
import { ConflictError } from '../../errors.ts';
import { announce } from '../container-events.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import type { ExecStore } from './exec-store.ts';

/** `GET /exec/{id}/json`. @throws NotFoundError */
export function inspectExec(execs: ExecStore, id: string): ExecInspect {
  const exec = execs.get(id);
  return {
    ID: exec.id,
    Running: exec.state.status === 'running',
    ExitCode: exec.state.status === 'exited' ? exec.state.exitCode : null,
    ProcessConfig: {
      tty: exec.tty,
      entrypoint: exec.args[0] ?? '',
      arguments: exec.args.slice(1),
      privileged: exec.privileged,
      ...(exec.user === '' ? {} : { user: exec.user }),
    },
    OpenStdin: exec.stdin,
    OpenStderr: exec.stderr,
    OpenStdout: exec.stdout,
    // Of moby's garbage collection: what can be removed here is gone.
    CanRemove: false,
    ContainerID: exec.container.id,
    DetachKeys: exec.detachKeys,
    Pid: exec.state.status === 'created' ? 0 : exec.state.pid,
  };
}

/** `POST /exec/{id}/resize`. @throws ConflictError when it does not run */
export async function resizeExec(
  needs: Pick<ContainerDependencies, 'tasks' | 'events'> & { execs: ExecStore },
  id: string,
  size: { rows: number; columns: number },
): Promise<void> {
  const exec = needs.execs.get(id);
  if (exec.state.status === 'running') await exec.launched.promise;
  if (exec.state.status !== 'running') throw new ConflictError(`exec process ${id} is not running`);
  await needs.tasks.resize(exec.container.id, id, size);
  announce(needs.events, exec.container, 'resize', { height: String(size.rows), width: String(size.columns) });
}
