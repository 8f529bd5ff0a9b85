import type { Socket } from 'node:net';
import { readLines } from '../shimd/line-reader.ts';
import type { ExitEvent, Failure, ProcessExit, Reply, Request } from '../shimd/protocol.ts';

export type RequestBody = Request extends infer One ? (One extends { id: number } ? Omit<One, 'id'> : never) : never;

/** Thrown for what shimd refuses. */
export class ShimdError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The connection broke before the answer came: the request may have been done or not. */
export class LostConnection extends Error {
  constructor() {
    super('the connection to shimd broke');
  }
}

/** One control connection: requests and their replies, and exits as they come. */
export class ShimdConnection {
  readonly #socket: Socket;
  readonly #pending = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #lost = false;

  constructor(socket: Socket, events: { onExit: (exit: ProcessExit) => void; onLost: () => void }) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#lost = true;
      for (const { reject } of this.#pending.values()) reject(new LostConnection());
      this.#pending.clear();
      events.onLost();
    });
    readLines(
      socket,
      Infinity,
      (line) => {
        const message = JSON.parse(line) as Reply | ExitEvent;
        if ('event' in message) events.onExit(message.exit);
        else this.#settle(message);
        return true;
      },
      () => undefined,
    );
    socket.write('{"control":1}\n');
  }

  /** @throws ShimdError, LostConnection */
  send(body: RequestBody): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#lost) {
        reject(new LostConnection());
        return;
      }
      this.#pending.set(id, { resolve, reject });
      this.#socket.write(`${JSON.stringify({ ...body, id })}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('error' in reply) pending?.reject(new ShimdError(reply.error));
    else pending?.resolve(reply.result);
  }
}
