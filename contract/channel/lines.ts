/** Longest line that either side takes; a longer one means that the other side does not speak this protocol. */
export const maxLineLength = 1024 * 1024;

/** Splits text that arrives in pieces into lines without their ends. */
export class LineSplitter {
  #pending = '';

  /** @throws RangeError when a line grows beyond {@link maxLineLength}. */
  push(text: string): string[] {
    const lines = (this.#pending + text).split('\n');
    this.#pending = lines.pop() ?? '';
    if (this.#pending.length > maxLineLength) throw new RangeError(`a line of more than ${maxLineLength} characters`);
    return lines;
  }
}
