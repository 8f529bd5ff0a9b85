/** Nanoseconds as Go prints a duration: `1m30s`, `1.5s`, `250ms`, `0s`. Source: Go `time.Duration.String`. */
export function formatGoDuration(nanoseconds: number): string {
  const sign = nanoseconds < 0 ? '-' : '';
  const value = Math.abs(nanoseconds);
  if (value === 0) return '0s';
  for (const [unit, size] of [['ns', 1], ['µs', 1e3], ['ms', 1e6]] as const) {
    if (value < size * 1000) return `${sign}${trimmed(value, size)}${unit}`;
  }
  const minutes = Math.floor(value / 60e9);
  const seconds = `${trimmed(value - minutes * 60e9, 1e9)}s`;
  if (minutes === 0) return sign + seconds;
  return minutes < 60 ? `${sign}${minutes}m${seconds}` : `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

function trimmed(value: number, size: number): string {
  const fraction = String(value % size).padStart(String(size).length - 1, '0').replace(/0+$/, '');
  return fraction === '' || size === 1 ? String(Math.floor(value / size)) : `${Math.floor(value / size)}.${fraction}`;
}
