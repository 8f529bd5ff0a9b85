import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import type { Container } from '../../container.ts';
import { isRunning } from '../../container.ts';
import { logFolder } from '../log-target.ts';

/** Tells that one of several logs may have grown. */
export class LogWatch {
  readonly #watchers: FSWatcher[] = [];
  readonly #unsubscribe: (() => void)[] = [];
  readonly #signal: AbortSignal;
  readonly #containers: readonly Container[];
  #changed = false;
  #wake: () => void = () => undefined;

  private constructor(containers: readonly Container[], signal: AbortSignal) {
    this.#containers = containers;
    this.#signal = signal;
  }

  /** @param paths of the containers' logs; their folders are made where they are not there yet */
  static async open(containers: readonly Container[], paths: readonly string[], signal: AbortSignal): Promise<LogWatch> {
    const news = new LogWatch(containers, signal);
    const changed = () => news.#announce();
    try {
      for (const [index, container] of containers.entries()) {
        const watcher = watch(dirname(await logFolder(paths[index]!)), { persistent: false }, changed);
        watcher.on('error', changed);
        news.#watchers.push(watcher);
        news.#unsubscribe.push(container.onNews(changed));
      }
    } catch (error) {
      news.close();
      throw error;
    }
    signal.addEventListener('abort', changed, { once: true });
    return news;
  }

  /** None of the containers runs. */
  get ended(): boolean {
    return this.#containers.every(({ state }) => !isRunning(state) && state.status !== 'restarting');
  }

  /** Resolves after the next change, or at once when there was one since the last call. */
  async next(): Promise<void> {
    if (!this.#changed && !this.#signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#changed = false;
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #announce(): void {
    this.#changed = true;
    this.#wake();
  }
}
