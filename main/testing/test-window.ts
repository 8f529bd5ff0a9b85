import type { IpcResult } from '../../contract/ipc-result.ts';
import type { ToMain, ToWindow } from '../../contract/ipc-wire.ts';
import type { IpcTransport } from '../ipc/transport.ts';

/** A window without a page: what it is told is kept, and a test can wait for it. */
export class TestWindow {
  readonly messages: ToWindow[] = [];
  closedWith: string | undefined;
  readonly #data = new Map<number, unknown[]>();
  readonly #listeners = new Set<() => void>();
  #onMessage: (message: unknown) => void = () => undefined;
  #onClose: () => void = () => undefined;
  #nextId = 1;

  readonly transport: IpcTransport = {
    send: (message) => {
      const copy = structuredClone(message);
      this.messages.push(copy);
      if (copy.type === 'data') this.#data.set(copy.stream, [...(this.#data.get(copy.stream) ?? []), copy.payload]);
      for (const listener of [...this.#listeners]) listener();
    },
    onMessage: (listener) => void (this.#onMessage = listener),
    onClose: (listener) => void (this.#onClose = listener),
    close: (reason) => {
      this.closedWith = reason;
      this.#onClose();
    },
  };

  /** Sends anything, as a page that may be hostile. */
  say(message: ToMain | Record<string, unknown>): void {
    this.#onMessage(message);
  }

  leave(): void {
    this.#onClose();
  }

  async request(channel: string, params?: unknown): Promise<IpcResult<unknown>> {
    const id = this.#nextId++;
    this.say({ type: 'request', id, channel, params });
    const response = await this.until((message) => message.type === 'response' && message.id === id);
    return (response as Extract<ToWindow, { type: 'response' }>).result;
  }

  open(stream: number, channel: string, params: unknown): void {
    this.say({ type: 'open', stream, channel, params });
  }

  data(stream: number): unknown[] {
    return this.#data.get(stream) ?? [];
  }

  /** The text of all log chunks or bytes of a stream so far. */
  text(stream: number): string {
    const decoder = new TextDecoder();
    return this.data(stream)
      .map((payload) => (payload instanceof Uint8Array ? decoder.decode(payload, { stream: true }) : String((payload as { text?: string }).text ?? '')))
      .join('');
  }

  end(stream: number): Promise<Extract<ToWindow, { type: 'end' }>> {
    return this.until((message) => message.type === 'end' && message.stream === stream) as Promise<Extract<ToWindow, { type: 'end' }>>;
  }

  /** The first message, past or to come, for which `matches` holds. */
  until(matches: (message: ToWindow) => boolean): Promise<ToWindow> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.messages.find(matches);
        if (found === undefined) return;
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }
}
