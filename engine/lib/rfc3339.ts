import { clockRealTime } from './syscalls-process.ts';

let cachedSecond = -1;
let cachedPrefix = '';

/** Now, as Go's RFC3339Nano in UTC: up to nine decimals, trailing zeros trimmed: `2026-11-21T09:31:50.0624Z`. */
export function nowRfc3339Nano(): string {
  const { seconds, nanoseconds } = clockRealTime();
  return formatRfc3339Nano(seconds, nanoseconds);
}

export function formatRfc3339Nano(seconds: number, nanoseconds: number): string {
  if (seconds !== cachedSecond) {
    cachedSecond = seconds;
    cachedPrefix = new Date(seconds * 1000).toISOString().slice(0, 19);
  }
  if (nanoseconds === 0) return `${cachedPrefix}Z`;
  return `${cachedPrefix}.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}Z`;
}
