import { closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mkfifo } from '../lib/syscalls/files.ts';

/**
 * The pipes of a process without a terminal: named pipes in its directory, so that a new shimd can take them up by path.
 * The container's side of stdout and stderr is open for reading as well as writing: it is its own reader, so when shimd
 * dies a write waits for the next shimd instead of ending the process with SIGPIPE. Its side of stdin is for reading only,
 * or it would never see the end of it.
 */
export interface ShimSide {
  stdin: number | null;
  stdout: number;
  stderr: number;
}

/** Descriptors to hand to the child; closed with {@link closeSide} once it runs. */
export interface ChildSide {
  stdin: number | null;
  stdout: number;
  stderr: number;
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = constants;

export function openPipes(directory: string, openStdin: boolean): { child: ChildSide; shim: ShimSide } {
  const opened: number[] = [];
  const open = (name: string, flags: number) => {
    const fd = openSync(join(directory, name), flags);
    opened.push(fd);
    return fd;
  };
  try {
    for (const name of ['stdout', 'stderr']) mkfifo(join(directory, name));
    const child: ChildSide = { stdin: null, stdout: open('stdout', O_RDWR), stderr: open('stderr', O_RDWR) };
    const shim: ShimSide = { stdin: null, stdout: open('stdout', O_RDONLY | O_NONBLOCK), stderr: open('stderr', O_RDONLY | O_NONBLOCK) };
    if (openStdin) {
      mkfifo(join(directory, 'stdin'));
      // Opening one end waits for the other; a first descriptor that is both makes neither wait.
      const both = openSync(join(directory, 'stdin'), O_RDWR | O_NONBLOCK);
      try {
        child.stdin = open('stdin', O_RDONLY);
        shim.stdin = open('stdin', O_WRONLY | O_NONBLOCK);
      } finally {
        closeSync(both);
      }
    }
    return { child, shim };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  }
}

/** Takes up the pipes of a process that an earlier shimd started. */
export function reopenPipes(directory: string): ShimSide {
  const stdin = join(directory, 'stdin');
  return {
    stdin: existsSync(stdin) ? openIfRead(stdin) : null,
    stdout: openSync(join(directory, 'stdout'), O_RDONLY | O_NONBLOCK),
    stderr: openSync(join(directory, 'stderr'), O_RDONLY | O_NONBLOCK),
  };
}

/** Pipes at their end, for a process whose stdio is lost. */
export function endedPipes(directory: string): ShimSide {
  removePipes(directory);
  const { child, shim } = openPipes(directory, false);
  closeSide(child);
  return shim;
}

/** ENXIO: the process does not read its stdin any more. */
function openIfRead(path: string): number | null {
  try {
    return openSync(path, O_WRONLY | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return null;
    throw error;
  }
}

export function closeSide(side: ShimSide | ChildSide): void {
  for (const fd of [side.stdin, side.stdout, side.stderr]) if (fd !== null) closeSync(fd);
}

export function removePipes(directory: string): void {
  for (const name of ['stdin', 'stdout', 'stderr']) rmSync(join(directory, name), { force: true });
}
