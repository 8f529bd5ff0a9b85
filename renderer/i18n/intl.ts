import { language, locale, onLanguage } from './i18n.ts';

/** Formatters are costly to make, so each is made once a language. */
function perLanguage<T>(make: (locale: string) => T): () => T {
  let made: T | undefined;
  onLanguage(() => (made = undefined));
  return () => (made ??= make(locale()));
}

const plainNumber = perLanguage((tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: 2 }));
const clock = perLanguage((tag) => new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' }));
const moment = perLanguage((tag) => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' }));
const day = perLanguage((tag) => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long', year: 'numeric' }));
const and = perLanguage((tag) => new Intl.ListFormat(tag, { type: 'conjunction', style: 'long' }));
const collator = perLanguage((tag) => new Intl.Collator(tag, { numeric: true, sensitivity: 'base' }));

/** `1,204`, in German `1.204`. */
export const formatNumber = (value: number): string => plainNumber().format(value);
/** So many decimals at most: `1.25`, in German `1,25`. */
export const formatDecimal = (value: number, digits: number): string => (language() === 'de' ? String(Number(value.toFixed(digits))).replace('.', ',') : String(Number(value.toFixed(digits))));
/** Always so many decimals, so that figures that change do not jump: `1.0`. */
export const formatFixed = (value: number, digits: number): string => (language() === 'de' ? value.toFixed(digits).replace('.', ',') : value.toFixed(digits));
/** `14:02`. */
export const formatClock = (at: number | Date): string => clock().format(at);
/** `20 Nov, 14:02:09`. */
export const formatMoment = (at: number | Date): string => moment().format(at);
/** `20 November 2025`. */
export const formatDay = (at: number | Date): string => day().format(at);
/** `a, b and c`. */
export const formatList = (items: readonly string[]): string => and().format(items);
/** By name, numbers as numbers: `web-2` before `web-10`. */
export const compareNames = (a: string, b: string): number => collator().compare(a, b);
