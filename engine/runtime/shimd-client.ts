import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { ConflictError, type EngineError, InternalError, NotFoundError, UnavailableError } from '../errors.ts';
import { readLines } from '../shimd/line-reader.ts';
import {
  type AttachReply,
  type AttachRequest,
  type ExitEvent,
  type Failure,
  type HelloResult,
  keyOf,
  maxLineLength,
  type ProcessExit,
  type ProcessStatus,
  protocolVersion,
  type Reply,
  type Request,
} from '../shimd/protocol.ts';
import { AttachStream } from './attach-stream.ts';
import { reachShimd, type ShimdOptions } from './shimd-process.ts';

type Body = Request extends infer One ? (One extends { id: number } ? Omit<One, 'id'> : never) : never;

/** Thrown for what shimd refuses; {@link ShimdClient.request}'s caller gives it an engine's kind where it knows more. */
export class ShimdError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

class LostConnection extends Error {}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** A connection to shimd that comes back by itself, and starts shimd where none is. */
export class ShimdClient {
  readonly #options: ShimdOptions;
  readonly #onExit: (exit: ProcessExit) => void;
  readonly #pending = new Map<number, Pending>();
  /** Exits that were passed on, so that none is passed on twice after a reconnection. */
  readonly #announced = new Set<string>();
  #socket: Promise<Socket> | undefined;
  #nextId = 1;
  #everConnected = false;
  /** No shimd has run since the machine was booted, so nothing can run. */
  #fresh = false;
  #closed = false;

  /** @param onExit exits from the first connection on; what ended before is in {@link list} alone */
  constructor(options: ShimdOptions, onExit: (exit: ProcessExit) => void) {
    this.#options = options;
    this.#onExit = onExit;
  }

  /**
   * Connects now instead of at the first request. Waits for it where shimd may hold processes; after a boot of the machine (shimd's
   * folder lies in memory) there are none, and the API need not wait until another Node has started: a second in an emulated VM.
   */
  async open(): Promise<void> {
    this.#fresh = !existsSync(join(this.#options.directory, 'lock'));
    const connected = this.#connection();
    // A failure is told to the first request, which tries again.
    if (this.#fresh) connected.catch(() => undefined);
    else await connected;
  }

  /** @param again send it once more on a new connection when the first one broke: for requests that may come twice */
  async request<T>(body: Body, again = false): Promise<T> {
    for (;;) {
      const socket = await this.#connection();
      try {
        return (await this.#send(socket, body)) as T;
      } catch (error) {
        if (!(error instanceof LostConnection)) throw error;
        if (!again || this.#closed) throw new UnavailableError(`shimd ended while it was asked to ${body.op}; see ${this.#options.directory}/shimd.log`, { cause: error });
      }
    }
  }

  list(): Promise<ProcessStatus[]> {
    if (this.#fresh && !this.#everConnected) return Promise.resolve([]);
    return this.request<ProcessStatus[]>({ op: 'list' }, true);
  }

  async attach(request: AttachRequest): Promise<Duplex> {
    const socket = await reachShimd(this.#options);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      const lost = () => reject(new UnavailableError('shimd closed the connection'));
      socket.once('close', lost);
      readLines(
        socket,
        maxLineLength,
        (line) => {
          const reply = JSON.parse(line) as AttachReply;
          socket.off('error', reject);
          socket.off('close', lost);
          // Nothing is read until there is somebody to read it.
          socket.pause();
          if ('error' in reply) {
            socket.destroy();
            reject(toEngineError(reply.error));
          } else {
            resolve(new AttachStream(socket));
          }
          return false;
        },
        () => socket.destroy(),
      );
      socket.write(`${JSON.stringify({ attach: request })}\n`);
    });
  }

  /** Leaves shimd and all it holds as they are. */
  async close(): Promise<void> {
    this.#closed = true;
    const socket = await this.#socket?.catch(() => undefined);
    socket?.destroy();
  }

  #connection(): Promise<Socket> {
    if (this.#closed) return Promise.reject(new UnavailableError('the engine is shutting down'));
    this.#socket ??= this.#connect().catch((error: unknown) => {
      this.#socket = undefined;
      throw error;
    });
    return this.#socket;
  }

  async #connect(): Promise<Socket> {
    const socket = await reachShimd(this.#options);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lost());
    readLines(
      socket,
      Infinity,
      (line) => {
        this.#receive(JSON.parse(line) as Reply | ExitEvent);
        return true;
      },
      () => undefined,
    );
    socket.write('{"control":1}\n');
    const hello = (await this.#send(socket, { op: 'hello' })) as HelloResult;
    if (hello.protocolVersion !== protocolVersion) {
      socket.destroy();
      throw new UnavailableError(`shimd (process ${hello.pid}) speaks protocol ${hello.protocolVersion}, this engine ${protocolVersion}: stop all containers and end it`);
    }
    const processes = (await this.#send(socket, { op: 'list' })) as ProcessStatus[];
    for (const { exit } of processes) if (exit !== null) this.#announce(exit, this.#everConnected);
    this.#everConnected = true;
    return socket;
  }

  #send(socket: Socket, body: Body): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (socket.destroyed) {
        reject(new LostConnection());
        return;
      }
      this.#pending.set(id, { resolve, reject });
      socket.write(`${JSON.stringify({ ...body, id })}\n`);
    });
  }

  #receive(message: Reply | ExitEvent): void {
    if ('event' in message) {
      this.#announce(message.exit, true);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ('error' in message) pending?.reject(new ShimdError(message.error));
    else pending?.resolve(message.result);
  }

  #announce(exit: ProcessExit, tell: boolean): void {
    const key = `${keyOf(exit)} ${exit.exitedAt}`;
    if (this.#announced.has(key)) return;
    this.#announced.add(key);
    if (tell) this.#onExit(exit);
  }

  /** A process that was forgotten ends no more. */
  forgetAnnounced(containerId: string, execId: string | null): void {
    const prefix = execId === null ? containerId : `${containerId}/${execId} `;
    for (const key of this.#announced) if (key.startsWith(prefix)) this.#announced.delete(key);
  }

  #lost(): void {
    this.#socket = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(new LostConnection());
    // Exits must be heard of also when nobody asks for anything.
    if (!this.#closed && this.#everConnected) this.#connection().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  }
}

/** The kinds that clients see. */
export function toEngineError(failure: Failure): EngineError {
  switch (failure.code) {
    case 'unknown-process':
      return new NotFoundError(failure.message);
    case 'ended':
    case 'exists':
    case 'no-terminal':
      return new ConflictError(failure.message);
    case 'launch-failed':
    case 'bad-request':
    case 'internal':
      return new InternalError(failure.message);
  }
}
