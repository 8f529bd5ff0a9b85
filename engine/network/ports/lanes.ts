/**
 * Ports of the VM's network card that lead to published TCP ports: the host reaches a container through one by the packet filter alone, past the engine.
 * A range of their own, so that nothing else that listens in the VM is reached by them (`ruleset.ts`). Below those that the kernel gives to connections.
 */
export const laneRange = { first: 10_000, last: 29_999 } as const;

/** Which lanes are taken. One that was given back is not taken again before all others were: who has not heard of its end meets nobody. */
export class Lanes {
  readonly #taken = new Set<number>();
  #next: number = laneRange.first;

  /** Undefined when all are taken: then a port does without. */
  take(): number | undefined {
    for (let tries = laneRange.first; tries <= laneRange.last; tries += 1) {
      const lane = this.#next;
      this.#next = lane === laneRange.last ? laneRange.first : lane + 1;
      if (!this.#taken.has(lane)) {
        this.#taken.add(lane);
        return lane;
      }
    }
    return undefined;
  }

  /** One that an earlier engine took. */
  claim(lane: number): void {
    this.#taken.add(lane);
  }

  release(lane: number): void {
    this.#taken.delete(lane);
  }
}
