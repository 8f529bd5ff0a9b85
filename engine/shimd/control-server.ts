import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { readLines } from './line-reader.ts';
import { type AttachReply, type AttachRequest, type Failure, type FailureCode, maxLineLength, type Reply } from './protocol.ts';
import { TableError } from './process-table.ts';

export interface ControlHandlers {
  /** Answers one request; what it throws becomes the reply's error. */
  request(request: unknown): unknown;
  /** Joins the socket to a process, after the reply line. @throws TableError */
  attach(request: AttachRequest): (socket: Socket) => void;
  onConnectionsChanged(): void;
}

/** The unix socket of shimd. Nothing that comes over it can end the process: bad lines get an error, bad connections are closed. */
export class ControlServer {
  readonly #handlers: ControlHandlers;
  readonly #server: Server;
  readonly #controls = new Set<Socket>();
  readonly #sockets = new Set<Socket>();

  constructor(handlers: ControlHandlers) {
    this.#handlers = handlers;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Control connections; attach streams do not count. */
  get controlCount(): number {
    return this.#controls.size;
  }

  async listen(path: string): Promise<void> {
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
  }

  /** Sends one line to every control connection. */
  broadcast(message: unknown): void {
    const line = `${JSON.stringify(message)}\n`;
    for (const socket of this.#controls) socket.write(line);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#controls.delete(socket)) this.#handlers.onConnectionsChanged();
    });
    readLines(
      socket,
      maxLineLength,
      (line) => this.#line(socket, line),
      () => socket.destroy(),
    );
  }

  #line(socket: Socket, line: string): boolean {
    const message = parse(line);
    if (this.#controls.has(socket)) {
      void this.#answer(socket, message);
      return true;
    }
    if (message?.control === 1) {
      this.#controls.add(socket);
      this.#handlers.onConnectionsChanged();
      return true;
    }
    if (isAttachRequest(message?.attach)) this.#join(socket, message.attach);
    else socket.end(`${JSON.stringify({ error: { code: 'bad-request', message: 'a connection opens with {"control":1} or {"attach":{…}}' } })}\n`);
    return false;
  }

  async #answer(socket: Socket, message: Record<string, unknown> | undefined): Promise<void> {
    const id = typeof message?.id === 'number' ? message.id : -1;
    let reply: Reply;
    try {
      if (message === undefined || id === -1) throw new TableError('bad-request', 'a request is a JSON object with a numeric id');
      reply = { id, result: (await this.#handlers.request(message)) ?? null };
    } catch (error) {
      reply = { id, error: failureOf(error) };
    }
    if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
  }

  #join(socket: Socket, request: AttachRequest): void {
    let reply: AttachReply = { attached: true };
    let join: ((socket: Socket) => void) | undefined;
    try {
      join = this.#handlers.attach(request);
    } catch (error) {
      reply = { error: failureOf(error) };
    }
    const line = `${JSON.stringify(reply)}\n`;
    if (join === undefined) {
      socket.end(line);
    } else {
      // Output goes past the socket's own queue: the reply must have left it.
      socket.write(line, (error) => (error == null ? join(socket) : undefined));
    }
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isAttachRequest(value: unknown): value is AttachRequest {
  if (typeof value !== 'object' || value === null) return false;
  const { containerId, execId } = value as Partial<AttachRequest>;
  return typeof containerId === 'string' && (execId === null || typeof execId === 'string');
}

function failureOf(error: unknown): Failure {
  const code: FailureCode = error instanceof TableError ? error.code : 'internal';
  return { code, message: error instanceof Error ? error.message : String(error) };
}
