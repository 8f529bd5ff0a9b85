import { hourStep, type Sample } from '../../contract/stats.ts';

/** Averages the samples of one stretch of {@link hourStep}. */
export class Bucket {
  /** The stretch's end, in milliseconds since 1970. */
  readonly at: number;
  readonly #sums = new Map<string, { sum: Sample; count: number }>();

  constructor(time: number) {
    this.at = (Math.floor(time / hourStep) + 1) * hourStep;
  }

  holds(time: number): boolean {
    return time < this.at && time >= this.at - hourStep;
  }

  add(samples: ReadonlyMap<string, Sample>): void {
    for (const [id, sample] of samples) {
      const kept = this.#sums.get(id);
      if (kept === undefined) this.#sums.set(id, { sum: [...sample], count: 1 });
      else {
        kept.count += 1;
        sample.forEach((value, index) => (kept.sum[index] = (kept.sum[index] ?? 0) + value));
      }
    }
  }

  averages(): Map<string, Sample> {
    return new Map([...this.#sums].map(([id, { sum, count }]) => [id, sum.map((value) => value / count) as Sample]));
  }
}
