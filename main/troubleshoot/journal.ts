const keptLines = 500;
const longest = 2000;

/** The app's own last lines, in memory: for the diagnostics that a person may write to a file. */
export class Journal {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(`${new Date().toISOString()} ${line.slice(0, longest)}`);
    if (this.#lines.length > keptLines) this.#lines.shift();
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
