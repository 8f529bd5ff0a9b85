/**
 * What a container used at one time: CPU in percent of one core, memory and its limit in bytes, then bytes a second received, sent, read
 * and written, and the count of its processes. A tuple, because hundreds of them travel and are kept.
 */
export type Sample = [cpu: number, memory: number, memoryLimit: number, received: number, sent: number, read: number, written: number, processes: number];

export const sampleSize = 8;

/** A sample with its time: milliseconds since 1970. */
export type Point = [at: number, ...sample: Sample];

/** Something that explains a line: it stands on the time line of the charts. */
export interface StatsMark {
  /** Milliseconds since 1970. */
  at: number;
  id: string;
  name: string;
  kind: 'start' | 'die' | 'oom' | 'healthy' | 'unhealthy' | 'pause' | 'unpause';
  /** Of `die`. */
  exitCode?: number;
}

export interface StatsHistory {
  /** Averages of {@link hourStep}, oldest first, of an hour at most. Where nothing was sampled there is nothing. */
  hour: Point[];
  /** The last minutes as they were sampled: each second while someone watches. */
  recent: Point[];
  marks: StatsMark[];
}

/** Milliseconds that one point of the hour stands for. */
export const hourStep = 10_000;

/** `recent`: of each container the last two minutes, at first; then all that runs, as often as was asked for. */
export type StatsNews = { type: 'recent'; points: Record<string, Point[]> } | { type: 'samples'; at: number; samples: Record<string, Sample> };
