/** A line by its container and its number there. */
export interface LineKey {
  source: number;
  line: number;
  /** Milliseconds since 1970. */
  time: number;
}

const columns = 3;

/**
 * The lines that a search found, in the order of the merged log. They come container after container, each in its own order;
 * a million take 24 MB.
 */
export class MatchList {
  /** Source, line, time; one after the other. */
  #cells = new Float64Array(256 * columns);
  #count = 0;
  #isSorted = true;

  get length(): number {
    return this.#count;
  }

  add(source: number, pairs: Float64Array): void {
    const needed = (this.#count + pairs.length / 2) * columns;
    if (needed > this.#cells.length) {
      const larger = new Float64Array(Math.max(needed, this.#cells.length * 2));
      larger.set(this.#cells);
      this.#cells = larger;
    }
    for (let at = 0; at < pairs.length; at += 2) {
      this.#cells.set([source, pairs[at]!, pairs[at + 1]!], this.#count * columns);
      this.#count += 1;
      if (this.#isSorted && this.#count > 1 && this.#compare(this.#count - 2, this.#count - 1) > 0) this.#isSorted = false;
    }
  }

  at(index: number): LineKey {
    this.#sort();
    const at = index * columns;
    return { source: this.#cells[at]!, line: this.#cells[at + 1]!, time: this.#cells[at + 2]! };
  }

  /** The first match that is not before a line; the length when all are. */
  firstFrom({ source, line, time }: LineKey): number {
    this.#sort();
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = middle * columns;
      const order = this.#cells[at + 2]! - time || this.#cells[at]! - source || this.#cells[at + 1]! - line;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sort(): void {
    if (this.#isSorted) return;
    const order = Uint32Array.from({ length: this.#count }, (_, index) => index).sort((a, b) => this.#compare(a, b));
    const sorted = new Float64Array(this.#cells.length);
    for (const [to, from] of order.entries()) sorted.set(this.#cells.subarray(from * columns, from * columns + columns), to * columns);
    this.#cells = sorted;
    this.#isSorted = true;
  }

  /** By time; of the same moment in the order of the containers, as the engine merges. */
  #compare(a: number, b: number): number {
    const cells = this.#cells;
    return cells[a * columns + 2]! - cells[b * columns + 2]! || cells[a * columns]! - cells[b * columns]! || cells[a * columns + 1]! - cells[b * columns + 1]!;
  }
}
