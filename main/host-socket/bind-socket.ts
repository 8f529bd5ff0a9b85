import { once } from 'node:events';
import { chmod, mkdir, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { Failure, messageOf } from '../failure.ts';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the ending zero included. */
const longestSocketPath = process.platform === 'darwin' ? 103 : 107;

/**
 * Lets a server listen on a unix socket or named pipe of this user.
 *
 * On unix the socket is 0600 in a directory that is made 0700: that directory is what keeps other users out, also in the
 * moment between `bind` and `chmod`. On Windows libuv gives the pipe the system's default ACL: writing is for the user,
 * administrators and the system; others may open it for reading, where nothing is ever sent to them unasked. That half
 * has never been run.
 *
 * @param name of the socket, for messages: `Docker socket`.
 * @throws Failure `conflict` when another living instance listens there, `invalid` when the path is too long.
 */
export async function bindSocket(server: Server, path: string, name: string): Promise<void> {
  const isPipe = path.startsWith('\\\\');
  if (!isPipe) {
    const length = Buffer.byteLength(path);
    if (length > longestSocketPath) {
      throw new Failure('invalid', `The path of the ${name} is too long: ${path} has ${length} bytes, ${longestSocketPath} are allowed.`, {
        hint: 'Choose a home folder with a shorter path: --home DIR or SLIPWAY_HOME.',
      });
    }
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await chmod(dirname(path), 0o700);
    } catch (error) {
      throw cannotListen(path, error);
    }
  }
  await listen(server, path, isPipe);
  if (!isPipe) await chmod(path, 0o600);
}

async function listen(server: Server, path: string, isPipe: boolean): Promise<void> {
  try {
    await bind(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cannotListen(path, error);
    if (isPipe || (await answers(path))) {
      throw new Failure('conflict', `Another Slipway is running: it listens on ${path}.`, {
        hint: 'Use its window (slipway open, or r and Enter in its terminal), or end it first (slipway stop); --home DIR keeps two apart.',
        cause: error,
      });
    }
    // Nobody listens: the file was left behind by a process that was killed.
    await unlink(path);
    await bind(server, path).catch((second: unknown) => {
      throw cannotListen(path, second);
    });
  }
}

async function bind(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}

function cannotListen(path: string, cause: unknown): Failure {
  return new Failure('internal', `Cannot listen on ${path}: ${messageOf(cause)}`, {
    hint: 'Check that the folder is yours and can be written, or choose another with --home DIR.',
    cause,
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    const settle = (alive: boolean) => {
      probe.destroy();
      resolve(alive);
    };
    probe.on('connect', () => settle(true));
    probe.on('error', () => settle(false));
  });
}
