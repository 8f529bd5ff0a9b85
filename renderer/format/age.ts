/**
 * How long something is so, read from the words of Docker's list (`Up 3 hours (healthy)`, `Exited (1) 2 minutes ago`).
 * The list has no start time, so the age is only as exact as its unit; {@link Since.tolerance} says how exact.
 */
export interface Since {
  /** Milliseconds since the epoch. */
  at: number;
  /** Milliseconds by which the true time may differ. */
  tolerance: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const units: Record<string, number> = { second, minute, hour, day, week: 7 * day, month: 30 * day, year: 365 * day };

/** @returns undefined when the status tells no age (`Created`, `Dead`). */
export function sinceOfStatus(status: string, now: number): Since | undefined {
  if (/Less than a second/.test(status)) return { at: now, tolerance: second };
  const match = /(About an?|\d+) (second|minute|hour|day|week|month|year)s?\b/.exec(status);
  const unit = units[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined) return undefined;
  const count = match[1].startsWith('About') ? 1 : Number(match[1]);
  return { at: now - count * unit, tolerance: unit };
}

/** Two readings of the same stretch: the more exact one stays, unless the new reading contradicts it. */
export function refineSince(before: Since | undefined, read: Since | undefined): Since | undefined {
  if (before === undefined || read === undefined) return read;
  return before.tolerance <= read.tolerance && Math.abs(before.at - read.at) <= read.tolerance + second ? before : read;
}

/** `4 s`, `41 m`, `3 h 12 m`, `5 d`. The second unit only where the start is known that well. */
export function formatAge(since: Since, now: number): string {
  const age = Math.max(0, now - since.at);
  if (age < minute) return `${Math.floor(age / second)} s`;
  if (age < hour) return `${Math.floor(age / minute)} m`;
  if (age < 2 * day) {
    const hours = Math.floor(age / hour);
    const minutes = Math.floor((age % hour) / minute);
    return since.tolerance <= minute && minutes > 0 ? `${hours} h ${minutes} m` : `${Math.max(1, Math.round(age / hour))} h`;
  }
  if (age < 14 * day) return `${Math.floor(age / day)} d`;
  if (age < 60 * day) return `${Math.floor(age / (7 * day))} wk`;
  if (age < 730 * day) return `${Math.floor(age / (30 * day))} mo`;
  return `${Math.floor(age / (365 * day))} y`;
}

/** `3 hours`, `41 minutes`: for sentences. */
export function spellAge(since: Since, now: number): string {
  const age = Math.max(0, now - since.at);
  const [count, word] =
    age < minute ? [Math.floor(age / second), 'second']
    : age < hour ? [Math.floor(age / minute), 'minute']
    : age < 2 * day ? [Math.round(age / hour), 'hour']
    : [Math.floor(age / day), 'day'];
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** For an image's creation: `3 h`, `yesterday`, `3 weeks`, `8 months`. */
export function formatCreated(unixSeconds: number, now: number): string {
  const age = now - unixSeconds * second;
  if (unixSeconds <= 0 || age > 40 * 365 * day) return 'not dated';
  if (age < minute) return 'just now';
  if (age < hour) return `${Math.floor(age / minute)} min`;
  if (age < day) return `${Math.floor(age / hour)} h`;
  if (age < 2 * day) return 'yesterday';
  if (age < 14 * day) return `${Math.floor(age / day)} days`;
  if (age < 60 * day) return `${Math.floor(age / (7 * day))} weeks`;
  if (age < 730 * day) return `${Math.floor(age / (30 * day))} months`;
  return `${Math.floor(age / (365 * day))} years`;
}

/** RFC 3339 as Docker writes it, `undefined` for its "never" (`0001-01-01T00:00:00Z`). */
export function sinceOfTime(time: string): Since | undefined {
  const at = Date.parse(time);
  return Number.isNaN(at) || at <= 0 ? undefined : { at, tolerance: 0 };
}

/** `412 ms`, `1,638 ms`: one unit for all, so that figures line up. */
export function formatMilliseconds(milliseconds: number): string {
  return `${Math.round(milliseconds).toLocaleString('en-US')} ms`;
}

/** `40 ms`, `1.2 s`, `2 min 5 s`: how long an action took. */
export function formatTook(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.max(1, Math.round(milliseconds))} ms`;
  if (milliseconds < minute) return `${(milliseconds / second).toFixed(1)} s`;
  return `${Math.floor(milliseconds / minute)} min ${Math.round((milliseconds % minute) / second)} s`;
}
