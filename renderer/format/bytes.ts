import { t } from '../i18n/i18n.ts';
import { formatDecimal } from '../i18n/intl.ts';

/** `10 kB`, `438 MB`, `1.21 GB`: decimal, as Docker counts images. Three significant digits at most. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${formatDecimal(value, digits)} ${units[unit]}`;
}

/** `42.1 of 91.6 MB`: the unit once where both share it. */
export function formatBytesOf(part: number, whole: number): string {
  const [left, leftUnit] = formatBytes(part).split(' ');
  const [right, rightUnit] = formatBytes(whole).split(' ');
  return t('common:bytesOf', { part: leftUnit === rightUnit ? (left ?? '') : `${left} ${leftUnit}`, whole: `${right} ${rightUnit}` });
}

/** `256 MB`, `8 GB` from bytes in powers of 1024, the way limits and memory are set. */
export function formatMemory(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  if (mebibytes < 1) return `${Math.round(bytes / 1024)} kB`;
  if (mebibytes < 1024) return `${Math.round(mebibytes)} MB`;
  return `${formatDecimal(mebibytes / 1024, 1)} GB`;
}

/** Reads `256m`, `1.5 GB`, `1g`. @returns bytes, or undefined when it is no size. */
export function parseMemory(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?)i?b?\s*$/i.exec(text);
  if (match?.[1] === undefined) return undefined;
  const factor = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[(match[2] ?? '').toLowerCase()] ?? 1;
  return Math.round(Number(match[1]) * factor);
}
