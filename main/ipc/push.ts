import type { IpcPushChannel, IpcPushes } from '../../contract/ipc.ts';
import type { IpcTransport } from './transport.ts';

type Listener = Pick<IpcTransport, 'send'>;

/** Tells news to every window. */
export class PushHub {
  readonly #windows = new Set<Listener>();
  readonly #latest = new Map<IpcPushChannel, unknown>();
  readonly #kept: ReadonlySet<IpcPushChannel>;

  /** @param kept channels whose last message a new window is told at once: they speak of a state, not of a happening. */
  constructor(kept: IpcPushChannel[]) {
    this.#kept = new Set(kept);
  }

  push<C extends IpcPushChannel>(channel: C, payload: IpcPushes[C]): void {
    if (this.#kept.has(channel)) this.#latest.set(channel, payload);
    for (const window of this.#windows) window.send({ type: 'push', channel, payload });
  }

  /** Joins a window: the present state and everything after it, with nothing between. Answers the way out. */
  join(window: Listener): () => void {
    this.#windows.add(window);
    for (const [channel, payload] of this.#latest) window.send({ type: 'push', channel, payload });
    return () => this.#windows.delete(window);
  }
}
