import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { NotImplementedError } from '../../errors.ts';
import type { Container } from '../container.ts';
import { isRunning } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { codecOf } from './log-codec.ts';
import type { LogCodec } from './log-codec.ts';
import { formatLogEntry } from './log-entry.ts';
import type { LogFormat } from './log-entry.ts';
import { closeAll, findStart, openStart } from './find-start.ts';
import type { LogStart } from './find-start.ts';
import { LogFileReader, openNext } from './log-files.ts';
import { logFolder } from './log-target.ts';

export interface LogOptions extends Omit<LogFormat, 'multiplexed'> {
  /** Stay for new entries until the container exits. */
  follow: boolean;
  /** Only the last so many entries of what is there; null for all. */
  tail: number | null;
  signal: AbortSignal;
}

/**
 * A container's log as bytes for a client: multiplexed without a terminal, raw with one. One read of the file at a time,
 * so that a slow client costs no memory. The files are open when this resolves: a client may remove the container once it has been
 * answered, and still gets all of its output. Whoever gets the chunks reads them, or the files stay open.
 * @throws NotImplementedError when the log driver keeps nothing
 */
export async function openLogs(needs: Pick<ContainerDependencies, 'store'>, container: Container, options: LogOptions): Promise<AsyncGenerator<Buffer>> {
  if (container.record.hostConfig.LogConfig?.Type === 'none') {
    throw new NotImplementedError('configured logging driver does not support reading');
  }
  const codec = codecOf(container.record.hostConfig.LogConfig?.Type);
  const path = needs.store.logPathOf(container.id, container.record.hostConfig.LogConfig?.Type);
  // There is a folder to watch before the first start too.
  if (options.follow) await logFolder(path);
  const news = options.follow ? new LogNews(path, container, options.signal) : undefined;
  try {
    return copyAll(path, codec, await findStart(path, codec, options), news, { ...options, multiplexed: !container.tty });
  } catch (error) {
    news?.close();
    throw error;
  }
}

async function* copyAll(path: string, codec: LogCodec, start: LogStart[], news: LogNews | undefined, format: LogFormat & { signal: AbortSignal }): AsyncGenerator<Buffer> {
  const { signal } = format;
  let reader: LogFileReader | undefined;
  try {
    for (const part of start) {
      await reader?.close();
      reader = await openStart(path, codec, part);
      if (reader !== undefined && (yield* copy(reader, codec, format, signal)) === 'end') return;
    }
    if (news === undefined) return;
    for (;;) {
      // In this order: an exit seen before the last read has all its output before it.
      const last = news.ended || signal.aborted;
      reader ??= await LogFileReader.open(path, codec);
      if (reader !== undefined) {
        await reader.followTruncation();
        if ((yield* copy(reader, codec, format, signal)) === 'end') return;
        if (!(await reader.is(path))) {
          // Rotated: what was written between our last read and the rotation is still in the old file.
          if ((yield* copy(reader, codec, format, signal)) === 'end') return;
          const next = await openNext(path, codec, reader);
          if (next !== undefined) {
            await reader.close();
            reader = next;
            continue;
          }
          // The next one is just being made, or all went with the container.
        }
      }
      if (last || signal.aborted) return;
      await news.next(format.until);
      if (format.until !== undefined && BigInt(Date.now()) * 1_000_000n > format.until) return;
    }
  } finally {
    news?.close();
    await reader?.close();
    await closeAll(start);
  }
}

async function* copy(reader: LogFileReader, codec: LogCodec, format: LogFormat, signal: AbortSignal): AsyncGenerator<Buffer, 'more' | 'end'> {
  for (;;) {
    const records = await reader.read();
    if (records.length === 0 || signal.aborted) return 'more';
    const chunks: Buffer[] = [];
    let end = false;
    for (const record of records) {
      const entry = codec.parse(record);
      if (entry === undefined) continue;
      const formatted = formatLogEntry(entry, format);
      if (formatted === 'end') {
        end = true;
        break;
      }
      if (formatted !== 'skip') chunks.push(formatted);
    }
    if (chunks.length > 0) yield Buffer.concat(chunks);
    if (end) return 'end';
  }
}

/** Wakes a reader when the log's folder changes, the container exits, or the client goes. */
class LogNews {
  /** The container does not run: nothing more will come. */
  ended: boolean;
  readonly #watcher: FSWatcher;
  readonly #unsubscribe: () => void;
  readonly #signal: AbortSignal;
  #changed = false;
  #wake: () => void = () => undefined;

  constructor(path: string, container: Container, signal: AbortSignal) {
    this.ended = !isRunning(container.state);
    this.#signal = signal;
    const changed = () => this.#announce();
    this.#watcher = watch(dirname(path), { persistent: false }, changed);
    this.#watcher.on('error', changed);
    this.#unsubscribe = container.onNews(() => {
      this.ended = true;
      this.#announce();
    });
    signal.addEventListener('abort', changed, { once: true });
  }

  /** Resolves after the next change, or at once when there was one since the last call. */
  async next(until: bigint | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    if (!this.#changed && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (until !== undefined) timer = setTimeout(resolve, Math.max(1, Number(until / 1_000_000n) - Date.now() + 1));
      });
    }
    clearTimeout(timer);
    this.#changed = false;
  }

  close(): void {
    this.#watcher.close();
    this.#unsubscribe();
  }

  #announce(): void {
    this.#changed = true;
    this.#wake();
  }
}
