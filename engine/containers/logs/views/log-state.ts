import { setTimeout as pause } from 'node:timers/promises';
import { isRunning } from '../../container.ts';
import { countedBytes, countSomeLevels, levelsOf } from '../index/count-levels.ts';
import type { LogView } from './log-views.ts';
import { LogWatch } from './log-watch.ts';

/** How much there is of some logs. Lines are numbered; see docs/api-extensions.md. */
export interface LogState {
  /** How much of what has to be looked through first has been: 0 to 1. Nothing else is known then. */
  Progress?: number;
  Containers?: { Id: string; Name: string; Driver: string; Running: boolean; Tty: boolean; First: number; End: number; Bytes: number; Epoch: number }[];
  First?: number;
  End?: number;
  Bytes?: number;
  /** Milliseconds since 1970 with fractions; 0 for an empty log. */
  FirstTime?: number;
  LastTime?: number;
  /** In the part of the logs that has been counted, and how large that is: 0 to 1. */
  Errors?: number;
  Warnings?: number;
  Counted?: number;
}

export interface LogStateOptions {
  /** Stay, and tell of each change. */
  follow: boolean;
  /** Count errors and warnings. */
  levels: boolean;
  signal: AbortSignal;
}

/** News go out so often at most: a log that grows by thousands of lines a second is one change for those who look. */
const newsEvery = 50;

/** The state, and then each change of it; before the first, how far the making of the index is. Closes the view. */
export async function* streamLogState(view: LogView, options: LogStateOptions): AsyncGenerator<LogState> {
  const { follow, levels, signal } = options;
  const { logs } = view.merged;
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  let news: LogWatch | undefined;
  let counting: Promise<void> = Promise.resolve();
  try {
    if (follow) news = await LogWatch.open(view.containers, logs.map(({ path }) => path), signal);
    yield* makeIndex(view, signal);
    let last = '';
    for (;;) {
      const state = stateOf(view);
      const text = JSON.stringify(state);
      if (text !== last) yield state;
      last = text;
      if (levels && state.Counted! < 1) {
        const counted = countAll(view, stopped);
        counting = Promise.all([counting, counted]).then(() => undefined, () => undefined);
        // Counting everything is quick when only the newest lines are new, and is shown as it goes when it is not.
        await Promise.race([counted, pause(10 * newsEvery, undefined, { signal })]);
        if (stateOf(view).Counted! < 1 || JSON.stringify(stateOf(view)) !== last) continue;
      }
      if (news === undefined) return;
      await news.next();
      if (signal.aborted) return;
      await pause(newsEvery, undefined, { signal });
      for (const log of logs) await log.refresh(signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    news?.close();
    stop.abort();
    await counting;
    view.close();
  }
}

async function* makeIndex(view: LogView, signal: AbortSignal): AsyncGenerator<LogState> {
  let done = 0;
  let isReady = false;
  const started = performance.now();
  const ready = (async () => {
    const { logs } = view.merged;
    for (const [index, log] of logs.entries()) await log.refresh(signal, (share) => (done = (index + share) / logs.length));
  })().finally(() => (isReady = true));
  ready.catch(() => undefined);
  while (!isReady) {
    await Promise.race([ready, pause(newsEvery, undefined, { signal })]);
    if (!isReady && performance.now() - started > 4 * newsEvery) yield { Progress: done };
  }
  await ready;
}

async function countAll(view: LogView, signal: AbortSignal): Promise<void> {
  for (const log of view.merged.logs) while (await countSomeLevels(log, signal));
}

function stateOf(view: LogView): LogState {
  const { merged, containers } = view;
  const counts = merged.logs.map((log) => ({ ...countedBytes(log), ...levelsOf(log) }));
  const sum = (of: (each: (typeof counts)[number]) => number) => counts.reduce((total, each) => total + of(each), 0);
  const times = merged.logs.filter(({ first, end }) => end > first);
  return {
    Containers: merged.logs.map((log, index) => {
      const { id, name, state, tty } = containers[index]!;
      return { Id: id, Name: name, Driver: log.driver, Running: isRunning(state), Tty: tty, First: log.first, End: log.end, Bytes: log.bytes, Epoch: log.epoch };
    }),
    First: merged.first,
    End: merged.end,
    Bytes: sum(({ bytes }) => bytes),
    FirstTime: times.length === 0 ? 0 : Math.min(...times.map(({ firstTime }) => firstTime)),
    LastTime: times.length === 0 ? 0 : Math.max(...times.map(({ lastTime }) => lastTime)),
    Errors: sum(({ errors }) => errors),
    Warnings: sum(({ warnings }) => warnings),
    Counted: sum(({ bytes }) => bytes) === 0 ? 1 : sum(({ counted }) => counted) / sum(({ bytes }) => bytes),
  };
}
