import { node } from 'koffi';

/**
 * Waits on the event loop until a FIFO, terminal or pidfd is ready. A descriptor may have one poll at a time (koffi aborts
 * the process on a second one: duplicate the descriptor), and must stay open until {@link close}.
 */
export class FdPoll {
  readonly #fd: number;
  readonly #direction: node.PollOptions;
  readonly #onReady: () => void;
  #handle: node.PollHandle | undefined;
  #closed = false;
  #active = false;

  /** @param onReady called again and again while the descriptor is ready and the poll is not stopped. */
  constructor(fd: number, direction: 'readable' | 'writable', onReady: () => void) {
    this.#fd = fd;
    this.#direction = direction === 'readable' ? { readable: true } : { writable: true };
    this.#onReady = onReady;
  }

  start(): void {
    if (this.#closed || this.#active) return;
    this.#active = true;
    if (this.#handle === undefined) this.#handle = node.poll(this.#fd, this.#direction, this.#ready);
    else this.#handle.start(this.#direction, this.#ready);
  }

  stop(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#handle?.stop();
  }

  close(): void {
    this.stop();
    this.#closed = true;
    this.#handle?.close();
    this.#handle = undefined;
  }

  /**
   * koffi calls back outside of Node's callback scope: neither promises nor `nextTick` would run after it, and an
   * exception would be lost. The check phase follows the poll phase in the same turn of the loop, so this costs no time.
   */
  readonly #ready = (): void => {
    setImmediate(() => {
      if (!this.#active) return;
      try {
        this.#onReady();
      } catch (error) {
        // The descriptor is as ready as before: without a stop it would be tried, and fail, as fast as the loop turns.
        this.stop();
        throw error;
      }
    });
  };
}
