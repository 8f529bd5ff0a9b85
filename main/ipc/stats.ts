import type { IpcStreams } from '../../contract/ipc.ts';
import type { Sample } from '../../contract/stats.ts';
import type { StatsSampler } from '../stats/sampler.ts';
import type { HandlersOf } from './handlers.ts';
import type { StreamSession } from './stream-session.ts';

/** What a sparkline shows. */
const recentMs = 120_000;

export function statsHandlers({ stats }: { stats: StatsSampler }): HandlersOf<'stats'> {
  return { 'stats/history': ({ id }) => stats.history(id) };
}

type Watch = IpcStreams['stats/watch'];

/** Samples as they come, until the window has seen enough. One that has not taken the last sample is told only of the newest. */
export async function watchStats(stats: StatsSampler, { everyMs }: Watch['params'], session: StreamSession<Watch['down'], Watch['up']>): Promise<void> {
  await session.send({ type: 'recent', points: stats.recent(Date.now() - recentMs) });
  let isSending = false;
  const stop = stats.watch(everyMs, (at, samples) => {
    if (isSending) return;
    isSending = true;
    session.send({ type: 'samples', at, samples: Object.fromEntries([...samples].map(([id, sample]) => [id, short(sample)])) }).then(
      () => (isSending = false),
      () => undefined,
    );
  });
  await new Promise<void>((resolve) => (session.signal.aborted ? resolve() : session.signal.addEventListener('abort', () => resolve(), { once: true })));
  stop();
}

/** Five digits tell more than any chart shows. */
const short = (sample: Sample): Sample => sample.map((value) => Number(value.toPrecision(5))) as Sample;
