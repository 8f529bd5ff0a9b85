const storageKey = 'slipway.lastSeen';
const everyMs = 30_000;

/** The window was closed from then until it was opened, in milliseconds since the epoch; undefined for the first window. */
export let closedSince: number | undefined;
export let openedAt = Date.now();

/** Notes that somebody is here, so that a later window can tell what happened in between. Another open window counts as being here. */
export function startLastSeen(): void {
  openedAt = Date.now();
  try {
    const seen = Number(localStorage.getItem(storageKey));
    closedSince = seen > 0 && openedAt - seen > 2 * everyMs ? seen : undefined;
    const note = (): void => localStorage.setItem(storageKey, String(Date.now()));
    note();
    setInterval(note, everyMs);
    addEventListener('pagehide', note);
  } catch {
    // Without storage nothing is marked.
  }
}

/** Whether something happened while no window was open. */
export const wasMissed = (at: number): boolean => closedSince !== undefined && at > closedSince && at < openedAt;
