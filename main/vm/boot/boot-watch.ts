import type { GuestNews } from '../console/console-reader.ts';
import type { VmExit } from '../driver.ts';
import { patience as hostPatience } from '../patience.ts';

/** What ends the waiting for a sign of life of the guest. */
export type BootTrouble =
  | { kind: 'exited'; exit: VmExit; panic: string | null }
  | { kind: 'failed'; reason: string }
  | { kind: 'engine-dies' }
  | { kind: 'timeout' };

type Sign = 'kernel' | 'guest' | 'parked' | 'channel';

/** The guest did not reach the next phase. */
export class BootTroubleError extends Error {
  readonly trouble: BootTrouble;

  constructor(trouble: BootTrouble) {
    super(`the guest did not come up: ${trouble.kind}`);
    this.trouble = trouble;
  }
}

/** An engine that ends so often before it ever answered will not answer at the next try either. */
const hopelessEngineEnds = 4;

/** Turns news and ends of a booting VM into promises, each with a deadline of its own. */
export class BootWatch {
  readonly #reached = new Map<string, PromiseWithResolvers<void>>();
  readonly #trouble = Promise.withResolvers<never>();
  readonly #patience: () => number;
  #panic: string | null = null;
  #engineEnds = 0;

  constructor(exited: Promise<VmExit>, signal: AbortSignal, patience = hostPatience) {
    this.#patience = patience;
    // Nobody may be waiting at the moment when trouble comes.
    this.#trouble.promise.catch(() => undefined);
    void exited.then((exit) => this.#fail({ kind: 'exited', exit, panic: this.#panic }));
    signal.addEventListener('abort', () => this.#trouble.reject(signal.reason), { once: true });
  }

  take(news: GuestNews): void {
    switch (news.kind) {
      case 'kernel':
      case 'guest':
      case 'parked':
        return this.reached(news.kind);
      case 'failed':
        return this.#fail({ kind: 'failed', reason: news.reason });
      case 'engine-ended':
        this.#engineEnds++;
        if (this.#engineEnds >= hopelessEngineEnds) this.#fail({ kind: 'engine-dies' });
        return;
      case 'panic':
        this.#panic = news.line;
    }
  }

  reached(sign: Sign): void {
    this.#sign(sign).resolve();
  }

  /** @param deadlineMs of a computer with little else to do @throws BootTroubleError, or the signal's reason. */
  async until(sign: Sign, deadlineMs: number): Promise<void> {
    await this.orTrouble(this.#sign(sign).promise, deadlineMs);
  }

  /** Anything else that has to succeed while the guest comes up. */
  async orTrouble<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
    const late = Promise.withResolvers<never>();
    const since = performance.now();
    let timer: NodeJS.Timeout;
    const look = () => {
      const leftMs = deadlineMs * this.#patience() - (performance.now() - since);
      if (leftMs <= 0) late.reject(new BootTroubleError({ kind: 'timeout' }));
      else timer = setTimeout(look, leftMs);
    };
    look();
    try {
      return await Promise.race([work, this.#trouble.promise, late.promise]);
    } finally {
      clearTimeout(timer!);
    }
  }

  #sign(sign: string): PromiseWithResolvers<void> {
    const known = this.#reached.get(sign) ?? Promise.withResolvers<void>();
    this.#reached.set(sign, known);
    return known;
  }

  #fail(trouble: BootTrouble): void {
    this.#trouble.reject(new BootTroubleError(trouble));
  }
}
