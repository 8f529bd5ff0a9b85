import type { Duplex } from 'node:stream';
import { encodeStdFrame } from '../../../contract/stdcopy.ts';
import { ConflictError, InvalidParameterError, messageOf, NotFoundError } from '../../errors.ts';
import type { TaskExit } from '../collaborators.ts';
import { announce } from '../container-events.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { parseDetachKeys } from '../stdio/detach-keys.ts';
import { bridgeStdio } from '../stdio/stdio-bridge.ts';
import { checkExecutable, commandOf } from './create-exec.ts';
import type { Exec, ExecStore } from './exec-store.ts';

type StartExecNeeds = Pick<ContainerDependencies, 'tasks' | 'events' | 'log'> & { execs: ExecStore };

export interface ExecStartOptions {
  /** Must agree with what create said where the client says it. */
  consoleSize: [height: number, width: number] | undefined;
  /** Takes the client's connection over; null for a detached exec. */
  open: (() => Promise<Duplex>) | null;
}

/**
 * Second half of `docker exec`. A detached one returns when the process runs; an attached one when the client has been
 * joined to it. What goes wrong after the connection was taken over is written into the stream, as moby does.
 * @throws NotFoundError, ConflictError before that
 */
export async function startExec(needs: StartExecNeeds, id: string, options: ExecStartOptions): Promise<void> {
  const exec = needs.execs.get(id);
  if (exec.state.status === 'running') throw new ConflictError(`Error: Exec command ${id} is already running`);
  if (exec.state.status === 'exited') throw new ConflictError(`Error: Exec command ${id} has already run`);
  checkExecutable(exec.container);
  const detachKeys = parseDetachKeys(exec.detachKeys);
  if (options.consoleSize !== undefined) exec.consoleSize = options.consoleSize;
  // At once, so that a second start of the same exec is refused while the first is under way.
  exec.state = { status: 'running', pid: 0 };
  if (options.open === null) {
    await launch(needs, exec, false);
    return;
  }
  const client = await options.open();
  try {
    await launch(needs, exec, true);
    await join(needs, exec, client, detachKeys);
  } catch (error) {
    const text = Buffer.from(`${messageOf(error)}\r\n`);
    client.end(exec.tty ? text : encodeStdFrame('stdout', text));
  }
}

async function launch(needs: StartExecNeeds, exec: Exec, attached: boolean): Promise<void> {
  const { container } = exec;
  // Before it is: what ends at once would be announced first.
  announce(needs.events, container, `exec_start: ${commandOf(exec.args)}`, { execID: exec.id });
  try {
    const { pid } = await needs.tasks.exec({
      containerId: container.id,
      execId: exec.id,
      args: exec.args,
      env: exec.env,
      cwd: exec.cwd,
      user: exec.user,
      tty: exec.tty,
      openStdin: exec.stdin && attached,
      privileged: exec.privileged,
      consoleSize: exec.consoleSize,
      attached,
    });
    // A process that has ended already has been noted by handleExecExit, which knew no number yet.
    if (exec.state.status !== 'created') exec.state = { ...exec.state, pid };
    container.execIds.add(exec.id);
    if (hasExited(exec)) container.execIds.delete(exec.id);
  } catch (error) {
    exec.state = { status: 'exited', pid: 0, exitCode: exitCodeOf(messageOf(error)) };
    needs.execs.settled(exec);
    // The client's mistake, not the engine's: there is no such command in the container.
    if (exec.state.exitCode !== 128 && !(error instanceof InvalidParameterError)) throw new InvalidParameterError(messageOf(error), { cause: error });
    throw error;
  } finally {
    exec.launched.resolve();
  }
}

function hasExited(exec: Exec): boolean {
  return exec.state.status === 'exited';
}

async function join(needs: StartExecNeeds, exec: Exec, client: Duplex, detachKeys: Buffer): Promise<void> {
  let process: Duplex;
  try {
    process = await needs.tasks.attach(exec.container.id, exec.id, { stdin: exec.stdin, stdout: exec.stdout, stderr: exec.stderr });
  } catch (error) {
    // Ended and forgotten before the attach came: there is nothing to show.
    if (!(error instanceof NotFoundError)) throw error;
    client.end();
    return;
  }
  void bridgeStdio(client, process, {
    stdin: exec.stdin,
    endOfInput: exec.tty ? 'leave' : 'close-stdin',
    detachKeys: exec.tty ? detachKeys : null,
    // The client asks for the exit code as soon as its stream ends.
    beforeEnd: () => needs.tasks.wait(exec.container.id, exec.id).then((exit) => handleExecExit(needs, exit), () => undefined),
  }).then((how) => {
    if (how === 'detached') announce(needs.events, exec.container, 'exec_detach', { execID: exec.id });
  });
}

/** What follows the end of an exec's process. */
export function handleExecExit(needs: Pick<StartExecNeeds, 'execs' | 'events'>, exit: TaskExit): void {
  const exec = exit.execId === null ? undefined : needs.execs.find(exit.execId);
  if (exec === undefined || exec.state.status === 'exited') return;
  const pid = exec.state.status === 'running' ? exec.state.pid : 0;
  exec.state = { status: 'exited', pid, exitCode: exit.exitCode };
  exec.container.execIds.delete(exec.id);
  needs.execs.settled(exec);
  announce(needs.events, exec.container, 'exec_die', { execID: exec.id, exitCode: String(exit.exitCode) });
}

function exitCodeOf(message: string): number {
  const lower = message.toLowerCase();
  if (lower.includes('permission denied')) return 126;
  return lower.includes('executable file not found') || lower.includes('no such file or directory') ? 127 : 128;
}
