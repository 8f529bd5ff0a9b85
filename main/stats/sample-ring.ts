import { sampleSize, type Point, type Sample } from '../../contract/stats.ts';

/** The newest points of one container, in memory that does not grow: 40 bytes a point. */
export class SampleRing {
  readonly #times: Float64Array;
  readonly #values: Float32Array;
  #next = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#values = new Float32Array(capacity * sampleSize);
  }

  push(at: number, sample: Sample): void {
    this.#times[this.#next] = at;
    this.#values.set(sample, this.#next * sampleSize);
    this.#next = (this.#next + 1) % this.#times.length;
    this.#size = Math.min(this.#size + 1, this.#times.length);
  }

  /** Of the newest point; -Infinity when there is none. */
  get newest(): number {
    return this.#size === 0 ? -Infinity : (this.#times.at(this.#next - 1) ?? -Infinity);
  }

  /** From `since` on, oldest first. */
  points(since: number): Point[] {
    const found: Point[] = [];
    const capacity = this.#times.length;
    for (let back = this.#size; back > 0; back--) {
      const index = (this.#next - back + capacity) % capacity;
      const at = this.#times[index] as number;
      if (at < since) continue;
      found.push([at, ...Array.from(this.#values.subarray(index * sampleSize, (index + 1) * sampleSize), readable)] as Point);
    }
    return found;
  }
}

/** Single precision writes 2.4 as 2.4000000953: what follows the seventh digit is noise, and would only make messages long. */
const readable = (value: number): number => Number(value.toPrecision(7));
