const columns = 4;

/** How many errors and warnings there are in one stretch after the other of a file: what the map of a log shows. */
export class LevelCounts {
  /** First line in the file, lines, errors, warnings; one after the other. */
  #cells = new Float64Array(32 * columns);
  #count = 0;
  /** Bytes of the file that have been looked through. */
  end = 0;
  /** Lines that have been looked at: all that lie before {@link end}. */
  lines = 0;
  errors = 0;
  warnings = 0;

  add(end: number, line: number, lines: number, errors: number, warnings: number): void {
    if ((this.#count + 1) * columns > this.#cells.length) {
      const larger = new Float64Array(this.#cells.length * 2);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    this.#cells.set([line, lines, errors, warnings], this.#count * columns);
    this.#count += 1;
    this.end = end;
    this.lines = line + lines;
    this.errors += errors;
    this.warnings += warnings;
  }

  each(visit: (line: number, lines: number, errors: number, warnings: number) => void): void {
    for (let at = 0; at < this.#count * columns; at += columns) {
      visit(this.#cells[at]!, this.#cells[at + 1]!, this.#cells[at + 2]!, this.#cells[at + 3]!);
    }
  }
}
