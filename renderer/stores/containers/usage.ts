import { create } from 'zustand';
import type { Point, Sample } from '../../../contract/stats.ts';
import { asFailure, openStream, request, type OpenStream } from '../../api.ts';
import type { StatsHistory } from '../../../contract/stats.ts';
import { valueOf, type Field } from '../../format/usage.ts';
import { useConnection } from '../connection.ts';

/** What every running container used at the last sample. Containers that do not run are not in it. */
export const useUsage = create<{ at: number | undefined; latest: Record<string, Sample> }>(() => ({ at: undefined, latest: {} }));

/** What it used at the last sample, to compare with others; below everything where it does not run. */
export function usageNow(id: string, name: Field): number {
  const sample = useUsage.getState().latest[id];
  return sample === undefined ? -1 : valueOf(sample, name);
}

/** Milliseconds of a sparkline. */
export const trailMs = 120_000;

/** The last two minutes of each: read while a row is drawn, which the latest sample is the reason for. */
const trails = new Map<string, Point[]>();
export const trailOf = (id: string): readonly Point[] => trails.get(id) ?? [];

const watchers = new Map<symbol, number>();
let stream: OpenStream<'stats/watch'> | undefined;
let streamEvery: number | undefined;
let isFollowing = false;

/**
 * Samples come from now on, each `everyMs` at least, until the returned way is taken. All watchers share one stream, and there is none while the
 * window cannot be seen.
 */
export function watchUsage(everyMs: number): () => void {
  const key = Symbol('watcher');
  watchers.set(key, everyMs);
  if (!isFollowing) {
    isFollowing = true;
    document.addEventListener('visibilitychange', adapt);
    useConnection.subscribe(({ transport }, before) => transport !== before.transport && adapt());
  }
  adapt();
  return () => {
    watchers.delete(key);
    // A page that is left for another that watches as well is not the end of the stream.
    setTimeout(adapt, 0);
  };
}

function adapt(): void {
  const isWanted = watchers.size > 0 && !document.hidden && useConnection.getState().transport === 'connected';
  const every = isWanted ? Math.min(...watchers.values()) : undefined;
  if (every === streamEvery) return;
  stream?.close();
  stream = undefined;
  streamEvery = every;
  if (every === undefined) return;
  stream = openStream('stats/watch', { everyMs: every }, {
    onData: (news) => {
      if (news.type === 'samples') return take(news.at, news.samples);
      trails.clear();
      for (const [id, points] of Object.entries(news.points)) trails.set(id, points);
    },
    onEnd: () => {
      stream = undefined;
      streamEvery = undefined;
      useUsage.setState({ at: undefined, latest: {} });
    },
  });
}

function take(at: number, latest: Record<string, Sample>): void {
  for (const [id, sample] of Object.entries(latest)) trails.set(id, [...(trails.get(id) ?? []).filter((point) => point[0] > at - trailMs), [at, ...sample]]);
  for (const [id, points] of trails) if ((points.at(-1)?.[0] ?? 0) <= at - trailMs) trails.delete(id);
  useUsage.setState({ at, latest });
}

/** @param id without one: everything together. @throws {IpcFailure} */
export async function readUsageHistory(id: string | undefined): Promise<StatsHistory> {
  try {
    return await request('stats/history', id === undefined ? {} : { id });
  } catch (error) {
    throw asFailure(error);
  }
}
