/** A stretch of a log: where it begins, the number of its first line in the file, and the time before which none of its lines was written. */
export interface Segment {
  start: number;
  end: number;
  line: number;
  lines: number;
  /** Milliseconds since 1970; never less than that of the segment before. */
  time: number;
}

const columns = 3;

/** The segments of one file, in order and without gaps: 24 bytes for each 128 KiB of log. */
export class SegmentTable {
  /** Start, first line, time; one after the other. */
  #cells = new Float64Array(64 * columns);
  #count = 0;
  /** Bytes and lines that the segments cover. */
  end = 0;
  lines = 0;
  /** Of the last line that has been seen. */
  lastTime = 0;
  #lastTimeBefore = 0;

  get count(): number {
    return this.#count;
  }

  /** @param firstTime NaN when none of its lines has one */
  add(end: number, lines: number, firstTime: number, lastTime: number): void {
    if ((this.#count + 1) * columns > this.#cells.length) {
      const larger = new Float64Array(this.#cells.length * 2);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    const at = this.#count * columns;
    this.#cells[at] = this.end;
    this.#cells[at + 1] = this.lines;
    this.#cells[at + 2] = firstTime > this.lastTime ? firstTime : this.lastTime;
    this.#count += 1;
    this.end = end;
    this.lines += lines;
    this.#lastTimeBefore = this.lastTime;
    if (lastTime > this.lastTime) this.lastTime = lastTime;
  }

  /** Takes the segment that was added last away again, once: it is made anew, longer. */
  pop(): void {
    this.#count -= 1;
    this.end = this.#cells[this.#count * columns]!;
    this.lines = this.#cells[this.#count * columns + 1]!;
    this.lastTime = this.#lastTimeBefore;
  }

  clear(): void {
    this.#count = this.end = this.lines = this.lastTime = 0;
  }

  at(index: number): Segment {
    const at = index * columns;
    const start = this.#cells[at]!;
    const line = this.#cells[at + 1]!;
    const isLast = index === this.#count - 1;
    return { start, end: isLast ? this.end : this.#cells[at + columns]!, line, lines: (isLast ? this.lines : this.#cells[at + columns + 1]!) - line, time: this.#cells[at + 2]! };
  }

  /** The segment that holds a line; -1 when there is none. */
  ofLine(line: number): number {
    return line < 0 || line >= this.lines ? -1 : this.#lastNotAbove(1, line);
  }

  /** The last segment whose lines may begin before a time; -1 when all begin at it or later. */
  beforeTime(time: number): number {
    return this.#count === 0 ? -1 : this.#lastBelow(2, time);
  }

  #lastNotAbove(column: number, value: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#cells[middle * columns + column]! <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #lastBelow(column: number, value: number): number {
    let low = -1;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#cells[middle * columns + column]! < value) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
