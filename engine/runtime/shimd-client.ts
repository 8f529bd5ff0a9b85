import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ConflictError, type EngineError, InternalError, messageOf, NotFoundError, UnavailableError } from '../errors.ts';
import { readLines } from '../shimd/line-reader.ts';
import {
  type AttachReply,
  type AttachRequest,
  type Failure,
  type HelloResult,
  keyOf,
  maxLineLength,
  type ProcessExit,
  type ProcessStatus,
  protocolVersion,
} from '../shimd/protocol.ts';
import { AttachStream } from './attach-stream.ts';
import { LostConnection, type RequestBody, ShimdConnection } from './shimd-connection.ts';
import { reachShimd, type ShimdOptions } from './shimd-process.ts';

/** Between attempts to get shimd back while nobody asks for anything. */
const reconnectInterval = 1_000;
/** Exits after which those that nobody can hear of again are dropped. */
const pruneInterval = 1_000;

/** The way to shimd: connects when needed, comes back by itself when the connection breaks, and starts shimd where none is. */
export class ShimdClient {
  readonly #options: ShimdOptions;
  readonly #onExit: (exit: ProcessExit) => void;
  /** Exits that were passed on, so that none is passed on twice after a reconnection. */
  readonly #announced = new Set<string>();
  #current: Promise<ShimdConnection> | undefined;
  #everConnected = false;
  /** Nothing ran when this engine started. */
  #fresh = false;
  readonly #closed = new AbortController();

  /** @param onExit exits from the first connection on; what ended before is in {@link list} alone */
  constructor(options: ShimdOptions, onExit: (exit: ProcessExit) => void) {
    this.#options = options;
    this.#onExit = onExit;
  }

  /**
   * Connects now instead of at the first request. Waits for it where shimd may hold processes; without any (after a boot of the
   * machine) the API need not wait until another Node has started: a second in an emulated VM.
   */
  async open(): Promise<void> {
    this.#fresh = holdsNothing(this.#options.directory);
    const connected = this.#connection();
    // A failure is told to the first request, which tries again.
    if (this.#fresh) connected.catch(() => undefined);
    else await connected;
  }

  /**
   * @param again send it once more on a new connection when the first one broke: for requests that may come twice
   * @throws ShimdError, UnavailableError
   */
  async request<T>(body: RequestBody, again = false): Promise<T> {
    for (;;) {
      const connection = await this.#connection();
      try {
        return (await connection.send(body)) as T;
      } catch (error) {
        if (!(error instanceof LostConnection)) throw error;
        if (!again) throw new UnavailableError(`shimd ended while it was asked to ${body.op}; see ${this.#options.directory}/shimd.log`, { cause: error });
      }
    }
  }

  /** @param containerId of this container alone */
  async list(containerId?: string): Promise<ProcessStatus[]> {
    if (this.#fresh && !this.#everConnected) return [];
    const found = await this.request<ProcessStatus[]>({ op: 'list', containerId }, true);
    // A shimd of an earlier version tells of all.
    return containerId === undefined ? found : found.filter((process) => process.containerId === containerId);
  }

  async attach(request: AttachRequest): Promise<Duplex> {
    const socket = await reachShimd(this.#options);
    return new Promise((resolve, reject) => {
      const lost = () => reject(new UnavailableError('shimd closed the connection before it answered'));
      socket.on('error', () => undefined);
      socket.once('close', lost);
      readLines(
        socket,
        maxLineLength,
        (line) => {
          const reply = JSON.parse(line) as AttachReply;
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

  /** A process that was forgotten ends no more. */
  forgetAnnounced(containerId: string): void {
    for (const key of this.#announced) if (key.startsWith(containerId)) this.#announced.delete(key);
  }

  /** Leaves shimd and all it holds as they are. */
  async close(): Promise<void> {
    this.#closed.abort();
    const connection = await this.#current?.catch(() => undefined);
    connection?.close();
  }

  #connection(): Promise<ShimdConnection> {
    if (this.#closed.signal.aborted) return Promise.reject(new UnavailableError('the engine is shutting down'));
    if (this.#current === undefined) {
      const connecting = this.#connect();
      this.#current = connecting;
      connecting.catch(() => this.#forget(connecting));
    }
    return this.#current;
  }

  async #connect(): Promise<ShimdConnection> {
    for (;;) {
      const socket = await reachShimd(this.#options);
      const connection: ShimdConnection = new ShimdConnection(socket, {
        onExit: (exit) => this.#announce(exit, true),
        onLost: () => this.#lost(connection),
      });
      try {
        await this.#greet(connection);
        return connection;
      } catch (error) {
        connection.close();
        // One that is just dying still takes connections.
        if (!(error instanceof LostConnection)) throw error;
      }
    }
  }

  /** Makes sure that both speak the same protocol, and catches up on exits that nobody heard of. */
  async #greet(connection: ShimdConnection): Promise<void> {
    const hello = (await connection.send({ op: 'hello' })) as HelloResult;
    if (hello.protocolVersion !== protocolVersion) {
      throw new UnavailableError(`shimd (process ${hello.pid}) speaks protocol ${hello.protocolVersion}, this engine ${protocolVersion}: stop all containers and end it`);
    }
    const processes = (await connection.send({ op: 'list' })) as ProcessStatus[];
    for (const { exit } of processes) if (exit !== null) this.#announce(exit, this.#everConnected);
    this.#everConnected = true;
  }

  #announce(exit: ProcessExit, tell: boolean): void {
    const key = announcementKey(exit);
    if (this.#announced.has(key)) return;
    this.#announced.add(key);
    if (this.#announced.size % pruneInterval === 0) void this.#prune();
    if (tell) this.#onExit(exit);
  }

  /** shimd forgets old execs; so must this. */
  async #prune(): Promise<void> {
    const processes = await this.list().catch(() => undefined);
    if (processes === undefined) return;
    const known = new Set(processes.map(({ exit }) => (exit === null ? '' : announcementKey(exit))));
    for (const key of this.#announced) if (!known.has(key)) this.#announced.delete(key);
  }

  #forget(connecting: Promise<ShimdConnection>): void {
    if (this.#current === connecting) this.#current = undefined;
  }

  #lost(connection: ShimdConnection): void {
    const current = this.#current;
    void current?.then(
      (one) => {
        if (one !== connection) return;
        this.#forget(current);
        void this.#comeBack();
      },
      () => undefined,
    );
  }

  /** Exits must be heard of also when nobody asks for anything. */
  async #comeBack(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        await this.#connection();
        return;
      } catch (error) {
        if (signal.aborted) return;
        process.stderr.write(`shimd does not come back: ${messageOf(error)}\n`);
        await delay(reconnectInterval, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

function announcementKey(exit: ProcessExit): string {
  return `${keyOf(exit)} ${exit.exitedAt}`;
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

/** shimd keeps a folder for each container (`shimd/record.ts`), made before the container is. */
function holdsNothing(directory: string): boolean {
  try {
    return readdirSync(join(directory, 'tasks')).length === 0;
  } catch {
    return true;
  }
}
