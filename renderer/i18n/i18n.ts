import i18next, { type TOptions } from 'i18next';
import { english } from '../locales/en/index.ts';
import { setSentences } from './said-by-main.ts';
import type { TextKey, ValuesFor } from './text-key.ts';

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

const storageKey = 'slipway.language';
const i18n = i18next.createInstance();
/** Texts without figures are looked up again and again while rows are drawn. */
let plain = new Map<string, string>();
const listeners = new Set<() => void>();

void i18n.init({
  lng: 'en',
  fallbackLng: 'en',
  ns: Object.keys(english),
  resources: { en: english },
  initAsync: false,
  // React escapes; escaping twice would show entities. Values that hold `$t(…)` or `{{…}}` stay what they are.
  interpolation: { escapeValue: false, skipOnVariables: true },
  returnNull: false,
});

/**
 * The text of a key (`namespace:path`) in the language of the window. A key with plural forms takes `count`. Not a hook: when the language
 * changes, the whole window is drawn anew (`app.tsx`), so that a list of thousands of rows subscribes to nothing.
 */
export function t<K extends TextKey>(key: K, ...[values]: ValuesFor<K>): string {
  if (values !== undefined) return i18n.t(key as string, values as TOptions);
  let text = plain.get(key);
  if (text === undefined) plain.set(key, (text = i18n.t(key as string)));
  return text;
}

export function language(): Language {
  return i18n.language as Language;
}

/** The locale for figures and dates. English without a region would follow American dates; day before month is read everywhere. */
export function locale(): string {
  return i18n.language === 'en' ? 'en-GB' : i18n.language;
}

/** What the system prefers, of those there are. */
export function systemLanguage(): Language {
  const wanted = (typeof navigator === 'undefined' ? [] : navigator.languages).map((tag) => tag.slice(0, 2).toLowerCase());
  return languages.find((one) => one === wanted.find((tag) => languages.some((known) => known === tag))) ?? 'en';
}

/** Loads the catalogue of a language and shows the window in it. */
export async function setLanguage(setting: 'system' | Language): Promise<void> {
  try {
    // The setting lives in main; this is its last known value, for the first paint of the next start.
    localStorage.setItem(storageKey, setting);
  } catch {
    // Without storage the next start follows the system until the setting is read.
  }
  const next = setting === 'system' ? systemLanguage() : setting;
  if (next === i18n.language) return;
  if (next === 'en') setSentences({});
  if (next === 'de') {
    const { german, saidByMain } = await import('../locales/de/index.ts');
    setSentences(saidByMain);
    for (const [namespace, texts] of Object.entries(german)) i18n.addResourceBundle('de', namespace, texts);
  }
  await i18n.changeLanguage(next);
  plain = new Map();
  if (typeof document !== 'undefined') document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

let loading: Promise<void> = Promise.resolve();
/** For what is put into words before the first paint, and kept. */
export const whenSpeaking = (): Promise<void> => loading;

/** Before the first paint: the language of the last visit, or the system's. */
export function firstLanguage(): Promise<void> {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(storageKey);
  } catch {
    // See above.
  }
  const first = setLanguage(stored === 'en' || stored === 'de' ? stored : 'system');
  loading = first.catch(() => undefined);
  return first;
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
