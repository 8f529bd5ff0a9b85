import { InvalidParameterError } from '../errors.ts';
import { nowNanoseconds, parseMoment, parseTimestamp } from '../lib/time/timestamp.ts';
import type { StoredImage } from './store/image-store.ts';

/** Filters of list and prune, by name. */
export type ImageFilters = Record<string, string[]>;

/** @throws InvalidParameterError `invalid filter 'foo'`, moby's words */
export function expectFilters(filters: ImageFilters, accepted: readonly string[]): void {
  const unknown = Object.keys(filters).find((key) => !accepted.includes(key));
  if (unknown !== undefined) throw new InvalidParameterError(`invalid filter '${unknown}'`);
}

/** @returns undefined when the filter is not given. @throws InvalidParameterError for several values, or one that is no boolean */
export function booleanFilter(filters: ImageFilters, key: string): boolean | undefined {
  const values = filters[key];
  if (values === undefined) return undefined;
  if (values.length === 1 && (values[0] === '1' || values[0] === 'true')) return true;
  if (values.length === 1 && (values[0] === '0' || values[0] === 'false')) return false;
  throw new InvalidParameterError(`invalid filter '${key}=[${values.join(' ')}]'`);
}

/** Whether all of `wanted` (`key` or `key=value`) are among the labels. */
export function hasLabels({ config }: StoredImage, wanted: readonly string[]): boolean {
  const labels = config.config.Labels ?? {};
  return wanted.every((label) => {
    const equals = label.indexOf('=');
    if (equals === -1) return Object.hasOwn(labels, label);
    const key = label.slice(0, equals);
    return Object.hasOwn(labels, key) && labels[key] === label.slice(equals + 1);
  });
}

/** Nanoseconds since 1970; undefined when the config does not say. */
export function createdNanoseconds({ config }: StoredImage): bigint | undefined {
  return parseTimestamp(config.created);
}

const units: Record<string, bigint> = { h: 3_600_000_000_000n, m: 60_000_000_000n, s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, µs: 1_000n, ns: 1n };
const layouts = [/^\d{4}-\d\d-\d\d$/, /^\d{4}-\d\d-\d\dT\d\d:\d\d$/, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/, /^\d{4}-\d\d-\d\dT\d\d$/];

/**
 * Nanoseconds since 1970 of what `until` accepts: a duration before now (`10m`, `1h30m`), unix seconds, RFC 3339, or a
 * date with as much of the time as is known, in the engine's time zone. Source: moby `api/types/time/timestamp.go`.
 * @throws InvalidParameterError
 */
export function untilFilter(filters: ImageFilters): bigint | undefined {
  const values = filters['until'];
  if (values === undefined || values.length === 0) return undefined;
  if (values.length > 1) throw new InvalidParameterError('more than one until filter specified');
  const text = values[0] ?? '';
  const parsed = duration(text) ?? parseMoment(text) ?? localTime(text);
  if (parsed !== undefined) return parsed;
  throw new InvalidParameterError(`invalid value for 'until' filter: failed to parse value as time or duration: ${JSON.stringify(text)}`);
}

function duration(text: string): bigint | undefined {
  if (!/^[+-]?(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined;
  const sign = text.startsWith('-') ? -1n : 1n;
  let sum = 0n;
  for (const [, whole = '0', fraction = '', unit = ''] of text.matchAll(/(\d+)(?:\.(\d+))?(h|ms|m|s|us|µs|ns)/g)) {
    const scale = units[unit] ?? 0n;
    sum += BigInt(whole) * scale + (BigInt(fraction.slice(0, 9).padEnd(9, '0')) * scale) / 1_000_000_000n;
  }
  return nowNanoseconds() - sign * sum;
}

function localTime(text: string): bigint | undefined {
  if (!layouts.some((layout) => layout.test(text))) return undefined;
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : /T\d\d$/.test(text) ? `${text}:00` : text;
  const milliseconds = new Date(whole).getTime();
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1_000_000n;
}
