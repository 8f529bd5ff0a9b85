/**
 * Connections that the engine itself carries to containers, by the container's address. When an interface is taken from a
 * running container, no end of a connection hears of it: they would hang until both give up.
 */
export class CarriedConnections {
  readonly #cuts = new Map<string, Set<() => void>>();

  /** @param cut ends the connection with a reset. @returns to be called when it has ended. */
  add(address: string, cut: () => void): () => void {
    const cuts = this.#cuts.get(address) ?? new Set();
    this.#cuts.set(address, cuts.add(cut));
    return () => {
      cuts.delete(cut);
      if (cuts.size === 0 && this.#cuts.get(address) === cuts) this.#cuts.delete(address);
    };
  }

  /** Ends all that lead to an address. */
  cut(address: string): void {
    for (const cut of [...(this.#cuts.get(address) ?? [])]) cut();
  }
}
