/** Goes up with each change of what it counts for: whoever keeps something made of it compares the number. */
export class ChangeCount {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  increase(): void {
    this.#value += 1;
  }
}
