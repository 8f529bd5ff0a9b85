/** Pieces that come whenever they come, for one reader. */
export class Arrivals implements AsyncIterable<Buffer> {
  readonly #pieces: Buffer[] = [];
  readonly #onTaken: (bytes: number) => void;
  #isOver = false;
  #wake: () => void = () => undefined;

  /** @param onTaken told of each piece once the reader is done with it */
  constructor(onTaken: (bytes: number) => void) {
    this.#onTaken = onTaken;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, void> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        yield piece;
        this.#onTaken(piece.length);
      } else if (this.#isOver) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
