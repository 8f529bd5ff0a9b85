import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { IpcStreams, TerminalUp } from '../../../contract/ipc.ts';
import type { EngineClient } from '../../engine-client/engine-client.ts';
import { toEngineFailure } from '../../engine-client/engine-failure.ts';
import { Failure } from '../../failure.ts';
import { isMissingCommand, noShell, ShellGreeting, shellProbe } from './shell-probe.ts';
import type { StreamSession } from '../stream-session.ts';

type Terminal = IpcStreams['containers/terminal'];
type Session = StreamSession<Terminal['down'], Terminal['up']>;

/** How long the exit code may take after the output has ended. */
const exitCodeDeadlineMs = 5_000;

/**
 * A TTY process in a running container, joined to the window both ways until it ends or the window closes. Without a
 * command it is the best shell there is, and closing the window hangs that shell up, so that none is left behind.
 */
export async function runTerminal(engine: EngineClient, params: Terminal['params'], session: Session): Promise<void> {
  const { id, command, shell: preferred, user, columns, rows } = params;
  const execId = await engine.exec.create(id, {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
    ConsoleSize: [rows, columns],
    Env: ['TERM=xterm-256color', 'COLORTERM=truecolor'],
    Cmd: command ?? shellProbe(preferred),
    ...(user === undefined ? {} : { User: user }),
  });
  const stream = await engine.exec.start(execId, { tty: true }).catch((error: unknown) => {
    throw command === undefined && isMissingCommand((error as Error).message) ? noShell(error) : error;
  });
  const cut = () => stream.destroy();
  session.signal.addEventListener('abort', cut);
  let shell: ShellGreeting | undefined;
  try {
    session.signal.throwIfAborted();
    // Engines before API 1.42 ignore ConsoleSize.
    await engine.exec.resize(execId, { columns, rows }).catch(() => undefined);
    shell = command === undefined ? new ShellGreeting() : undefined;
    await joined(engine, execId, stream, session, shell, command);
    await session.send({ type: 'exit', exitCode: await exitCode(engine, execId) });
  } catch (error) {
    if (session.signal.aborted && shell?.pid !== undefined) await hangUp(engine, id, shell.pid, user);
    throw toEngineFailure(error);
  } finally {
    session.signal.removeEventListener('abort', cut);
    stream.destroy();
  }
}

/** Passes bytes until the process has ended. */
async function joined(
  engine: EngineClient,
  execId: string,
  stream: Duplex,
  session: Session,
  shell: ShellGreeting | undefined,
  command: string[] | undefined,
): Promise<void> {
  // An error also ends the reading loop below, which reports it.
  stream.on('error', () => undefined);
  const opened = (started: string[]) => {
    void passInput(engine, execId, stream, session);
    return session.send({ type: 'opened', command: started });
  };
  if (command !== undefined) await opened(command);
  for await (const bytes of stream as AsyncIterable<Uint8Array>) {
    if (shell === undefined || shell.name !== undefined) {
      await session.send(bytes);
      continue;
    }
    const rest = shell.push(bytes);
    if (shell.name === undefined) continue;
    await opened([shell.name]);
    if (rest.length > 0) await session.send(rest);
  }
  if (shell !== undefined && shell.name === undefined) {
    throw isMissingCommand(shell.text) ? noShell() : new Failure('internal', `The shell ended before it was ready: ${shell.text.trim() || 'it said nothing'}`);
  }
}

/** The window's keys and sizes. Waits while the process does not read, which in turn holds the window back. */
async function passInput(engine: EngineClient, execId: string, stream: Duplex, session: Session): Promise<void> {
  const { signal } = session;
  try {
    for await (const message of session.received()) {
      if (stream.destroyed || stream.writableEnded) return;
      if (isResize(message)) await engine.exec.resize(execId, message).catch(() => undefined);
      else if (!stream.write(message)) await once(stream, 'drain', { signal });
    }
  } catch {
    // The stream broke or the window went: the reading side ends as well and tells.
  }
}

const isResize = (message: Uint8Array | TerminalUp): message is TerminalUp => !(message instanceof Uint8Array);

/** The stream may end a moment before the engine has noted the exit. */
async function exitCode(engine: EngineClient, execId: string): Promise<number> {
  const deadline = performance.now() + exitCodeDeadlineMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    const { Running, ExitCode } = await engine.exec.inspect(execId);
    if (!Running && ExitCode !== null) return ExitCode;
    if (performance.now() > deadline) throw new Failure('internal', 'The terminal ended, but the engine does not tell its exit code.');
    await delay(pauseMs);
  }
}

/** An engine leaves an exec running when its client goes, so the shell is told what a closed terminal tells it. */
async function hangUp(engine: EngineClient, id: string, pid: number, user: string | undefined): Promise<void> {
  try {
    const execId = await engine.exec.create(id, { Cmd: ['sh', '-c', `kill -HUP ${pid}`], ...(user === undefined ? {} : { User: user }) });
    await engine.exec.startDetached(execId);
  } catch {
    // The container or the engine is gone, and the shell with it.
  }
}
