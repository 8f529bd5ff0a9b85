/** Go's zero time, which the API shows for what never happened. */
export const zeroTime = '0001-01-01T00:00:00Z';

const epochOffset = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
let offset = epochOffset;
let last = 0n;

/**
 * Nanoseconds since 1970, strictly increasing within this process: two events never share a moment. Follows the wall
 * clock when that is set (a VM that wakes up).
 */
export function nowNanoseconds(): bigint {
  let now = process.hrtime.bigint() + offset;
  const drift = BigInt(Date.now()) * 1_000_000n - now;
  if (drift > 100_000_000n || drift < -100_000_000n) {
    offset += drift;
    now += drift;
  }
  last = now > last ? now : last + 1n;
  return last;
}

/** RFC 3339 with nanoseconds, trailing zeros trimmed, as Go prints it: `2026-11-21T07:11:35.464514282Z`. */
export function formatNanoseconds(nanoseconds: bigint): string {
  const seconds = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const fraction = (nanoseconds % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

export function nowTimestamp(): string {
  return formatNanoseconds(nowNanoseconds());
}

/** Nanoseconds since 1970 of an RFC 3339 time with up to nine decimals; undefined when it is none. */
export function parseTimestamp(text: string): bigint | undefined {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (found === null) return undefined;
  const seconds = Date.parse(`${found[1]}${found[3]}`);
  if (Number.isNaN(seconds)) return undefined;
  return BigInt(seconds) * 1_000_000n + BigInt((found[2] ?? '').padEnd(9, '0'));
}

/**
 * `since` and `until` of the API: unix seconds with up to nine decimals, or RFC 3339. undefined when it is neither.
 */
export function parseMoment(text: string): bigint | undefined {
  const found = /^(\d{1,12})(?:\.(\d{1,9})\d*)?$/.exec(text);
  if (found === null) return parseTimestamp(text);
  return BigInt(found[1]!) * 1_000_000_000n + BigInt((found[2] ?? '').padEnd(9, '0'));
}
