/**
 * Turns a burst of news into few readings: the first asks at once, those that come while it runs or within `pause`
 * milliseconds after it are answered by one more. Every promise settles with a reading that began after its call.
 */
export function coalesce(read: () => Promise<void>, pause: number): () => Promise<void> {
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;

  function begin(): Promise<void> {
    const current = read().finally(() => {
      // Until the pause is over the reading counts as running, so that a storm of events costs one reading per pause.
      setTimeout(() => {
        if (running === current) running = undefined;
      }, following === undefined ? pause : 0);
    });
    running = current;
    return current;
  }

  return () => {
    if (running === undefined) return begin();
    following ??= running
      .catch(() => undefined)
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, pause)))
      .then(() => {
        following = undefined;
        return begin();
      });
    return following;
  };
}
