import { hourStep, type Point, type Sample, type StatsHistory, type StatsMark } from '../../contract/stats.ts';
import { Bucket } from './bucket.ts';
import type { HistoryFile } from './history-file.ts';
import { SampleRing } from './sample-ring.ts';

const hour = 3_600_000;
const recentPoints = 300;
const mostMarks = 2_000;

interface Series {
  hour: SampleRing;
  recent: SampleRing;
}

/** An hour of every container, in memory and in its file. Containers that are gone stay until their hour is over. */
export class History {
  readonly #file: HistoryFile;
  readonly #series = new Map<string, Series>();
  #marks: StatsMark[] = [];
  #bucket: Bucket | undefined;

  constructor(file: HistoryFile) {
    this.#file = file;
  }

  /** Takes over what an earlier run of the app has kept. */
  async load(now: number): Promise<void> {
    const { records, marks } = await this.#file.read(now - hour);
    for (const { at, samples } of records) for (const [id, sample] of samples) this.#of(id).hour.push(at, sample);
    this.#marks = [...marks, ...this.#marks].slice(-mostMarks);
  }

  add(at: number, samples: ReadonlyMap<string, Sample>): void {
    for (const [id, sample] of samples) this.#of(id).recent.push(at, sample);
    if (this.#bucket?.holds(at) === false) this.#close(this.#bucket, at);
    this.#bucket ??= new Bucket(at);
    this.#bucket.add(samples);
  }

  /** One that is known already is the same event, read again. Marks come in their order, but for those that were missed. */
  mark(mark: StatsMark): void {
    if (this.#marks.some(({ at, id, kind }) => at === mark.at && id === mark.id && kind === mark.kind)) return;
    const place = this.#marks.findLastIndex(({ at }) => at <= mark.at) + 1;
    this.#marks = [...this.#marks.slice(0, place), mark, ...this.#marks.slice(place)].slice(-mostMarks);
    void this.#file.appendMark(mark);
  }

  /** Keeps the stretch that is not over yet. */
  async flush(): Promise<void> {
    if (this.#bucket === undefined) return;
    const samples = this.#bucket.averages();
    if (samples.size > 0) await this.#file.append({ at: this.#bucket.at, samples });
  }

  /** @param id without one: everything together. */
  read(id: string | undefined, now: number): StatsHistory {
    const marks = this.#marks.filter((mark) => mark.at >= now - hour && (id === undefined || mark.id === id));
    if (id !== undefined) {
      const series = this.#series.get(id);
      return { hour: series?.hour.points(now - hour) ?? [], recent: series?.recent.points(now - hour) ?? [], marks };
    }
    const all = [...this.#series.values()];
    return { hour: sumOf(all.map((one) => one.hour.points(now - hour))), recent: sumOf(all.map((one) => one.recent.points(now - hour))), marks };
  }

  /** The last minutes of every container that was sampled in them. */
  recent(since: number): Record<string, Point[]> {
    return Object.fromEntries([...this.#series].map(([id, { recent }]) => [id, recent.points(since)] as const).filter(([, points]) => points.length > 0));
  }

  #close(bucket: Bucket, at: number): void {
    const samples = bucket.averages();
    for (const [id, sample] of samples) this.#of(id).hour.push(bucket.at, sample);
    if (samples.size > 0) void this.#file.append({ at: bucket.at, samples });
    this.#bucket = undefined;
    for (const [id, { hour: points, recent }] of this.#series) if (Math.max(points.newest, recent.newest) < at - hour) this.#series.delete(id);
  }

  #of(id: string): Series {
    let series = this.#series.get(id);
    if (series === undefined) {
      series = { hour: new SampleRing(hour / hourStep), recent: new SampleRing(recentPoints) };
      this.#series.set(id, series);
    }
    return series;
  }
}

/** Points of the same time added up: containers are sampled together. */
function sumOf(series: readonly Point[][]): Point[] {
  const sums = new Map<number, Point>();
  for (const points of series) {
    for (const point of points) {
      const sum = sums.get(point[0]);
      if (sum === undefined) sums.set(point[0], [...point]);
      else for (let index = 1; index < point.length; index++) sum[index] = (sum[index] as number) + (point[index] as number);
    }
  }
  return [...sums.values()].sort((a, b) => a[0] - b[0]);
}
