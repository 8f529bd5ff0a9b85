/**
 * Turns a burst of news into few readings: the first asks at once, those that come while it runs or within `pause`
 * milliseconds after it are answered by one more. Every promise settles with a reading that began after its call.
 */
export function coalesce(read: () => Promise<void>, pause: number): () => Promise<void> {
  /** Settles when the next reading may begin; absent while one may begin at once. */
  let gate: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  function begin(): Promise<void> {
    const reading = read();
    gate = reading
      .catch(() => undefined)
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, pause)))
      .then(() => {
        gate = undefined;
      });
    return reading;
  }

  return () => {
    if (next !== undefined) return next;
    if (gate === undefined) return begin();
    next = gate.then(() => {
      next = undefined;
      return begin();
    });
    return next;
  };
}
