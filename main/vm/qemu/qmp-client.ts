import { connect, type Socket } from 'node:net';

export interface QmpEvent {
  event: string;
  data: Record<string, unknown>;
}

/** QEMU refused a command: its words. */
export class QmpError extends Error {
  override name = 'QmpError';
}

interface Pending {
  command: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** QEMU's machine protocol over its socket: JSON lines, answers by id, events in between. Source: QEMU docs/interop/qmp-spec. */
export class QmpClient {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  #text = '';
  #nextId = 1;
  #greeted: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { command, reject } of this.#pending.values()) reject(new QmpError(`${command}: QEMU closed its control socket`));
      this.#pending.clear();
    });
  }

  /** Connects and negotiates. @throws Error when nothing listens there or no greeting comes before `signal` aborts. */
  static async connect(path: string, signal: AbortSignal): Promise<QmpClient> {
    const socket = connect(path);
    const client = new QmpClient(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    client.#greeted = resolve;
    // The close that follows a refusal below finds nobody waiting.
    promise.catch(() => undefined);
    const abort = () => reject(new QmpError('QEMU sent no greeting in time'));
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', reject);
    socket.once('close', () => reject(new QmpError('QEMU closed its control socket')));
    try {
      signal.throwIfAborted();
      await promise;
      await client.execute('qmp_capabilities');
      return client;
    } catch (error) {
      client.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  execute(command: string, argumentsOf?: Record<string, unknown>): Promise<unknown> {
    if (this.#socket.destroyed) return Promise.reject(new QmpError(`${command}: QEMU closed its control socket`));
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { command, resolve, reject });
    this.#socket.write(`${JSON.stringify({ execute: command, id, ...(argumentsOf === undefined ? {} : { arguments: argumentsOf }) })}\n`);
    return promise;
  }

  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') this.#take(line);
  }

  #take(line: string): void {
    let message: Record<string, unknown>;
    try {
      message = JSON.parse(line) as Record<string, unknown>;
    } catch {
      // Not QEMU: nothing that follows can be trusted.
      this.#socket.destroy();
      return;
    }
    if ('QMP' in message) return this.#greeted?.();
    if (typeof message.event === 'string') {
      const event: QmpEvent = { event: message.event, data: (message.data ?? {}) as Record<string, unknown> };
      for (const listener of this.#listeners) listener(event);
      return;
    }
    const pending = this.#pending.get(Number(message.id));
    if (pending === undefined) return;
    this.#pending.delete(Number(message.id));
    const error = message.error as { desc?: string } | undefined;
    if (error === undefined) pending.resolve(message.return);
    else pending.reject(new QmpError(`${pending.command}: ${error.desc ?? 'refused'}`));
  }
}
