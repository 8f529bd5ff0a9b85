import { once } from 'node:events';
import { chmod, mkdir, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import { Failure, messageOf } from '../failure.ts';
import type { HostAddress } from './host-address.ts';

export interface HostSocket {
  /** Stops listening and cuts what is still connected; removes the socket file. Idempotent. */
  close(): Promise<void>;
}

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the ending zero included. */
const longestSocketPath = process.platform === 'darwin' ? 103 : 107;

/**
 * Listens for the docker CLI and its kin, and passes bytes to the engine without reading them: half-closes travel both
 * ways and neither side is read faster than the other takes.
 *
 * On unix the socket is 0600 in a directory that is made 0700: that directory is what keeps other users out, also in the
 * moment between `bind` and `chmod`. On Windows libuv gives the pipe the system's default ACL: writing is for the user,
 * administrators and the system; others may open it for reading, where nothing is ever sent to them unasked. That half
 * has never been run.
 *
 * @throws Failure `conflict` when another living instance listens there, `invalid` when the path is too long.
 */
export async function listenHostSocket(address: HostAddress, open: () => Promise<Duplex>): Promise<HostSocket> {
  const isPipe = address.path.startsWith('\\\\');
  if (!isPipe) {
    const length = Buffer.byteLength(address.path);
    if (length > longestSocketPath) {
      throw new Failure('invalid', `The path of the Docker socket is too long: ${address.path} has ${length} bytes, ${longestSocketPath} are allowed.`, {
        hint: 'Choose a home folder with a shorter path: --home DIR or SLIPWAY_HOME.',
      });
    }
    try {
      await mkdir(dirname(address.path), { recursive: true, mode: 0o700 });
      await chmod(dirname(address.path), 0o700);
    } catch (error) {
      throw cannotListen(address, error);
    }
  }
  const connected = new Set<Socket>();
  // Without allowHalfOpen Node would answer a client's end with its own, and `docker run -i < file` would lose its output.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    connected.add(client);
    client.on('close', () => connected.delete(client));
    void pass(client, open);
  });
  await listen(server, address, isPipe);
  if (!isPipe) await chmod(address.path, 0o600);
  let closing: Promise<void> | undefined;
  return {
    close: () =>
      (closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of connected) client.destroy();
      })),
  };
}

async function pass(client: Socket, open: () => Promise<Duplex>): Promise<void> {
  client.on('error', () => client.destroy());
  let engine: Duplex;
  try {
    engine = await open();
  } catch (error) {
    answerUnavailable(client, messageOf(error));
    return;
  }
  if (client.destroyed) {
    engine.destroy();
    return;
  }
  engine.on('error', () => client.destroy());
  engine.on('close', () => {
    // A stream that closed without an end was cut off; one that ended lets the client drain what is on its way.
    if (!engine.readableEnded) client.destroy();
  });
  client.on('close', () => engine.destroy());
  client.pipe(engine);
  engine.pipe(client);
}

/** The CLI prints `Error response from daemon: …` for this; a closed connection would read as a broken daemon. */
function answerUnavailable(client: Socket, reason: string): void {
  const body = JSON.stringify({ message: `Slipway's engine does not run: ${reason}` });
  client.end(
    `HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // What the client still sends is thrown away, so that it can finish sending and read the answer.
  client.resume();
}

async function listen(server: Server, address: HostAddress, isPipe: boolean): Promise<void> {
  try {
    await bind(server, address.path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cannotListen(address, error);
    if (isPipe || (await answers(address.path))) {
      throw new Failure('conflict', `Another Slipway is running: it listens on ${address.path}.`, {
        hint: 'Use its window (r and Enter in its terminal make a new address), or end it first; --home DIR keeps two apart.',
        cause: error,
      });
    }
    // Nobody listens: the file was left behind by a process that was killed.
    await unlink(address.path);
    await bind(server, address.path).catch((second: unknown) => {
      throw cannotListen(address, second);
    });
  }
}

async function bind(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}

function cannotListen(address: HostAddress, cause: unknown): Failure {
  return new Failure('internal', `Cannot listen on ${address.path}: ${messageOf(cause)}`, {
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
