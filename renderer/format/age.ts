import { t } from '../i18n/i18n.ts';
import { formatFixed } from '../i18n/intl.ts';

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
  const of = (unit: 's' | 'm' | 'h' | 'd' | 'wk' | 'mo' | 'y', count: number): string => t(`common:age.${unit}`, { count });
  if (age < minute) return of('s', Math.floor(age / second));
  if (age < hour) return of('m', Math.floor(age / minute));
  if (age < 2 * day) {
    const hours = Math.floor(age / hour);
    const minutes = Math.floor((age % hour) / minute);
    return since.tolerance <= minute && minutes > 0 ? t('common:age.hm', { hours, minutes }) : of('h', Math.max(1, Math.round(age / hour)));
  }
  if (age < 14 * day) return of('d', Math.floor(age / day));
  if (age < 60 * day) return of('wk', Math.floor(age / (7 * day)));
  if (age < 730 * day) return of('mo', Math.floor(age / (30 * day)));
  return of('y', Math.floor(age / (365 * day)));
}

/** `3 hours`, `41 minutes`: for sentences. */
export function spellAge(since: Since, now: number): string {
  const age = Math.max(0, now - since.at);
  if (age < minute) return t('common:age.seconds', { count: Math.floor(age / second) });
  if (age < hour) return t('common:age.minutes', { count: Math.floor(age / minute) });
  if (age < 2 * day) return t('common:age.hours', { count: Math.round(age / hour) });
  return t('common:age.days', { count: Math.floor(age / day) });
}

/** An age as {@link formatAge} writes it, in the past: `4 m ago`, and `just now` within a second. */
export function agoText(age: string): string {
  return age === t('common:age.s', { count: 0 }) ? t('common:justNow') : t('common:ago', { age });
}

/** For an image's creation: `3 h`, `yesterday`, `3 weeks`, `8 months`. */
export function formatCreated(unixSeconds: number, now: number): string {
  const age = now - unixSeconds * second;
  if (unixSeconds <= 0 || age > 40 * 365 * day) return t('common:created.none');
  if (age < minute) return t('common:created.now');
  if (age < hour) return t('common:created.min', { count: Math.floor(age / minute) });
  if (age < day) return t('common:created.h', { count: Math.floor(age / hour) });
  if (age < 2 * day) return t('common:created.yesterday');
  if (age < 14 * day) return t('common:created.days', { count: Math.floor(age / day) });
  if (age < 60 * day) return t('common:created.weeks', { count: Math.floor(age / (7 * day)) });
  if (age < 730 * day) return t('common:created.months', { count: Math.floor(age / (30 * day)) });
  return t('common:created.years', { count: Math.floor(age / (365 * day)) });
}

/** RFC 3339 as Docker writes it, `undefined` for its "never" (`0001-01-01T00:00:00Z`). */
export function sinceOfTime(time: string): Since | undefined {
  const at = Date.parse(time);
  return Number.isNaN(at) || at <= 0 ? undefined : { at, tolerance: 0 };
}

/** `412 ms`, `1,638 ms`: one unit for all, so that figures line up. */
export function formatMilliseconds(milliseconds: number): string {
  return t('common:took.ms', { count: Math.round(milliseconds) });
}

/** `40 ms`, `1.2 s`, `2 min 5 s`: how long an action took. */
export function formatTook(milliseconds: number): string {
  if (milliseconds < 100) return t('common:took.ms', { count: Math.max(1, Math.round(milliseconds)) });
  if (milliseconds < minute) return t('common:took.s', { seconds: formatFixed(milliseconds / second, 1) });
  return t('common:took.min', { minutes: Math.floor(milliseconds / minute), seconds: Math.round((milliseconds % minute) / second) });
}
