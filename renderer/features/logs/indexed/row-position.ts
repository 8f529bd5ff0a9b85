/** Height of a line, where lines are not wrapped. */
export const rowHeight = 20;

/** Browsers draw no element higher than 17 million pixels; far below that, scroll bars still reach every row of a screen. */
const heightAtMost = 8_000_000;

/**
 * Where a scroller of a bounded height stands in any number of rows. As long as all rows fit, the scroll position is the row; above that,
 * a large jump (the scroll bar) goes to the same share of the rows, and a small one (wheel, keys) moves by as many rows as its pixels are, after which
 * the scroll bar is put where that is.
 */
export class RowPosition {
  /** The row at the top edge, with its fraction. */
  top = 0;
  #rows = 0;
  #view = 0;
  /** Where the scroll bar was put last. */
  #expected = 0;

  /** @param rows all there are; @param view height in pixels */
  resize(rows: number, view: number): void {
    this.#rows = rows;
    this.#view = view;
    this.top = Math.min(this.top, this.last);
  }

  get height(): number {
    return Math.min(this.#rows * rowHeight, heightAtMost);
  }

  /** The largest `top`. */
  get last(): number {
    return Math.max(0, this.#rows - this.#view / rowHeight);
  }

  /** Where the scroll bar belongs. */
  get scrollTop(): number {
    const most = Math.max(0, this.height - this.#view);
    this.#expected = this.#isWhole() ? this.top * rowHeight : this.last === 0 ? 0 : (this.top / this.last) * most;
    return this.#expected;
  }

  /** The person scrolled to there. @returns how many rows that was */
  scrolled(scrollTop: number): number {
    const before = this.top;
    const delta = scrollTop - this.#expected;
    const most = Math.max(0, this.height - this.#view);
    if (this.#isWhole()) this.top = scrollTop / rowHeight;
    else if (scrollTop <= 0) this.top = 0;
    else if (scrollTop >= most - 1) this.top = this.last;
    else if (Math.abs(delta) > 2 * this.#view) this.top = (scrollTop / most) * this.last;
    else this.top += delta / rowHeight;
    this.top = Math.min(this.last, Math.max(0, this.top));
    this.#expected = scrollTop;
    return this.top - before;
  }

  /** Puts a row into the middle of the view. */
  center(row: number): void {
    this.top = Math.min(this.last, Math.max(0, row - this.#view / rowHeight / 2));
  }

  up(rows: number): void {
    this.top = Math.max(0, this.top - rows);
  }

  toEnd(): void {
    this.top = this.last;
  }

  #isWhole(): boolean {
    return this.#rows * rowHeight <= heightAtMost;
  }
}
