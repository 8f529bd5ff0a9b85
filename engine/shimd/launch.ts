import { closeSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readNow, setTerminalSize, SyscallError } from '../lib/syscalls/process.ts';
import { ConsoleSocket } from './console-socket.ts';
import { runCommand } from './command.ts';
import type { LaunchRequest } from './protocol.ts';
import { closeSide, openPipes, removePipes, type ShimSide } from './stdio.ts';

/** The command that was to leave a process behind failed; `message` is what it said. */
export class LaunchError extends Error {}

export interface Launched {
  pid: number;
  stdio: ShimSide | { terminal: number };
}

/** Where a command writes the number of the process that it leaves behind, in the process's directory. */
export const pidFileName = 'pid';

let consoleCount = 0;

/**
 * Runs the command, which makes a process with the pipes of `directory` (or a new terminal) as its stdio and exits.
 * The process is an orphan then, and as such a child of this subreaper.
 * @throws LaunchError
 */
export async function launch(request: LaunchRequest, directory: string, socketDirectory: string): Promise<Launched> {
  const pidFile = join(directory, pidFileName);
  const logFile = join(directory, 'said');
  const pipes = openPipes(directory, request.openStdin && !request.tty);
  let console: ConsoleSocket | undefined;
  let succeeded = false;
  try {
    // Paths of unix sockets are short: not in the container's directory.
    if (request.tty) console = await ConsoleSocket.listen(join(socketDirectory, `c${consoleCount++}`));
    const filled: Record<string, string> = { '{pid}': pidFile, '{console}': console?.path ?? '', '{log}': logFile };
    const command = request.command.map((argument) => filled[argument] ?? argument);
    const { stdin, stdout, stderr } = pipes.child;
    // `crun exec` lets the process go on and only then gives its terminal the size: it must not be made to wait in between.
    const exitCode = await runCommand({ command, stdin, stdout, stderr, urgent: request.size !== undefined });
    if (exitCode !== 0) throw new LaunchError(whatWasSaid(pipes.shim) || whatWasLogged(logFile) || `${command[0]} ended with code ${exitCode} and said nothing`);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0) throw new LaunchError(`${command[0]} wrote no process number to ${pidFile}`);
    if (console === undefined) {
      succeeded = true;
      return { pid, stdio: pipes.shim };
    }
    const terminal = await console.receive();
    if (request.size !== undefined) setTerminalSize(terminal, request.size);
    return { pid, stdio: { terminal } };
  } catch (error) {
    if (error instanceof SyscallError && error.syscall === 'posix_spawn') throw new LaunchError(`${request.command[0]} cannot be started: ${error.message}`);
    throw error;
  } finally {
    console?.close();
    closeSide(pipes.child);
    rmSync(pidFile, { force: true });
    if (request.tty) rmSync(logFile, { force: true });
    if (!succeeded) {
      closeSide(pipes.shim);
      removePipes(directory);
    }
  }
}

/** What a failed command left in its pipes: they are all that holds its words. */
function whatWasSaid(side: ShimSide): string {
  const buffer = Buffer.alloc(16 * 1024);
  const words: string[] = [];
  for (const fd of [side.stdout, side.stderr]) {
    const count = readNow(fd, buffer);
    if (count !== 'again') words.push(buffer.toString('utf8', 0, count));
  }
  return words.join('').trim();
}

/** crun's log without the moments before its lines. */
function whatWasLogged(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll(/^\d{4}-\d\d-\d\dT[\d:.]+Z: /gm, '').trim();
  } catch {
    return '';
  }
}

export function closeLaunched(launched: Launched): void {
  if ('terminal' in launched.stdio) closeSync(launched.stdio.terminal);
  else closeSide(launched.stdio);
}
