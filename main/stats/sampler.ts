import type { EventMessage } from '../../contract/engine-api/event.ts';
import type { UsageReport } from '../../contract/engine-api/usage.ts';
import { hourStep, type Point, type Sample, type StatsHistory, type StatsMark } from '../../contract/stats.ts';
import type { History } from './history.ts';
import { samplesOf } from './rates.ts';
import type { UsageSource } from './usage-source.ts';

export type SampleListener = (at: number, samples: ReadonlyMap<string, Sample>) => void;

export interface SamplerOptions {
  source: UsageSource;
  history: History;
}

/** How old a report may be and still tell a rate together with the next one. */
const oldestBefore = 2 * hourStep;

/**
 * The one who asks for figures, whoever wants them: as often as the most impatient watcher, and every ten seconds when nobody looks, for
 * the hour of history. While the engine is away it rests.
 */
export class StatsSampler {
  readonly #source: UsageSource;
  readonly #history: History;
  readonly #watchers = new Map<SampleListener, number>();
  #before: UsageReport | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isConnected = false;
  #isAsking = false;
  #isClosed = false;

  constructor({ source, history }: SamplerOptions) {
    this.#source = source;
    this.#history = history;
  }

  /** Hears every sample from now on, each `every` milliseconds at least; answers the way to stop. */
  watch(every: number, listener: SampleListener): () => void {
    this.#watchers.set(listener, every);
    this.#arm();
    return () => {
      this.#watchers.delete(listener);
      this.#arm();
    };
  }

  setConnected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#before = undefined;
    this.#arm();
  }

  /** Keeps what explains the lines of a chart. */
  hear(event: EventMessage): void {
    const mark = markOf(event);
    if (mark !== undefined) this.#history.mark(mark);
  }

  history(id: string | undefined): StatsHistory {
    return this.#history.read(id, Date.now());
  }

  recent(since: number): Record<string, Point[]> {
    return this.#history.recent(since);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#history.flush();
  }

  /** On whole multiples, so that all containers and all watchers share their times; a first report is followed soon by the second, which tells rates. */
  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#isConnected || this.#isAsking || this.#isClosed) return;
    const period = this.#before === undefined ? Math.min(this.#period(), 500) : this.#period();
    const rest = period - (Date.now() % period);
    // A timer that fires early must not make two samples of one.
    this.#timer = setTimeout(() => void this.#ask(), rest < period / 4 ? rest + period : rest);
  }

  #period(): number {
    return Math.min(hourStep, ...this.#watchers.values());
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      const report = await this.#source();
      const before = this.#before;
      this.#before = report;
      if (before !== undefined && report.At - before.At <= oldestBefore) this.#tell(report, samplesOf(before, report));
    } catch {
      // The events' connection tells that the engine is away; the next try is the next turn.
      this.#before = undefined;
    } finally {
      this.#isAsking = false;
      this.#arm();
    }
  }

  #tell({ At }: UsageReport, samples: Map<string, Sample>): void {
    this.#history.add(At, samples);
    for (const listener of this.#watchers.keys()) listener(At, samples);
  }
}

const kinds: Record<string, StatsMark['kind']> = { start: 'start', die: 'die', oom: 'oom', pause: 'pause', unpause: 'unpause', 'health_status: healthy': 'healthy', 'health_status: unhealthy': 'unhealthy' };

function markOf({ Type, Action, Actor, timeNano }: EventMessage): StatsMark | undefined {
  const kind = Type === 'container' && Object.hasOwn(kinds, Action) ? kinds[Action] : undefined;
  if (kind === undefined) return undefined;
  const exitCode = Number(Actor.Attributes['exitCode'] ?? NaN);
  return { at: Math.round(timeNano / 1e6), id: Actor.ID, name: Actor.Attributes['name'] ?? '', kind, ...(kind === 'die' && Number.isInteger(exitCode) ? { exitCode } : {}) };
}
