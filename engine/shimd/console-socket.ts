import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { receiveDescriptor } from '../lib/syscalls/process.ts';
import { descriptorOf } from './socket-descriptor.ts';

/**
 * A unix socket over which crun hands the pty master of a container with a terminal: one connection, one message, one
 * descriptor. Source: runc `docs/terminals.md`.
 */
export class ConsoleSocket {
  readonly path: string;
  readonly #server: Server;
  readonly #connection: Promise<Socket>;
  readonly #closed = new AbortController();

  private constructor(path: string, server: Server) {
    this.path = path;
    this.#server = server;
    this.#connection = new Promise((resolve, reject) => {
      server.once('connection', resolve);
      this.#closed.signal.addEventListener('abort', () => reject(new Error('the console socket was closed')));
    });
    this.#connection.catch(() => undefined);
  }

  static async listen(path: string): Promise<ConsoleSocket> {
    rmSync(path, { force: true });
    // Paused: Node's own reading would drop the descriptor that comes with the bytes.
    const server = createServer({ pauseOnConnect: true });
    const console = new ConsoleSocket(path, server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    return console;
  }

  /** To be called when the command has ended well: its message has been sent by then. The caller closes the descriptor. */
  async receive(): Promise<number> {
    const socket = await this.#connection;
    try {
      const master = receiveDescriptor(descriptorOf(socket));
      if (master === undefined) throw new Error(`no terminal came over ${this.path}`);
      return master;
    } finally {
      socket.destroy();
    }
  }

  close(): void {
    this.#closed.abort();
    this.#server.close();
  }
}
