import { create } from 'zustand';
import type { AppFacts, CertificateFile, Settings, SettingsNews } from '../../contract/ipc.ts';
import { setLanguage } from '../i18n/i18n.ts';
import { asFailure, request, type IpcFailure } from '../api.ts';

export interface SettingsState {
  facts: AppFacts | undefined;
  settings: Settings | undefined;
  failure: IpcFailure | undefined;
  /** Of the file; undefined until it was told. */
  path: string | undefined;
  /** What is wrong with the file as it is now. */
  problem: SettingsNews['problem'];
}

export const useSettings = create<SettingsState>(() => ({ facts: undefined, settings: undefined, failure: undefined, path: undefined, problem: undefined }));

/** Another window or a person in the file changed them. */
export async function hearSettings({ settings, path, problem }: SettingsNews): Promise<void> {
  useSettings.setState({ settings, path, problem });
  applyTheme(settings.theme);
  applyDensity(settings);
  await setLanguage(settings.language ?? 'system');
}

export async function readSettings(): Promise<void> {
  try {
    const [facts, settings] = await Promise.all([request('app/facts'), request('settings/get')]);
    useSettings.setState({ facts, settings, failure: undefined });
    applyTheme(settings.theme);
    applyDensity(settings);
    await setLanguage(settings.language ?? 'system');
  } catch (error) {
    useSettings.setState({ failure: asFailure(error) });
  }
}

/** Writes the fields given. What is shown changes only when `main` has written them. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  try {
    // A theme is seen, not read: it may not wait for the disk, and the answer corrects it if need be.
    if (change.theme !== undefined) applyTheme(change.theme);
    const settings = await request('settings/change', change);
    useSettings.setState({ settings, failure: undefined });
    applyTheme(settings.theme);
    applyDensity(settings);
    await setLanguage(settings.language ?? 'system');
  } catch (error) {
    useSettings.setState({ failure: asFailure(error) });
    const { settings } = useSettings.getState();
    if (settings !== undefined) applyTheme(settings.theme);
  }
}

/** What is in files of certificates; none where it could not be asked. */
export function readCertificates(paths: string[]): Promise<CertificateFile[]> {
  return request('settings/certificates', { paths }).catch(() => []);
}

/** The heights of rows are tokens; a table takes its own from `TableDensity`. */
function applyDensity({ density = 'comfortable' }: Settings): void {
  document.documentElement.dataset.density = density;
}

/** Absent where no window is: what reads settings can be tried without one. */
const lightPreference = globalThis.matchMedia?.('(prefers-color-scheme: light)') as MediaQueryList | undefined;
let theme: Settings['theme'] = 'system';
const themeListeners = new Set<() => void>();

function applyTheme(next: Settings['theme']): void {
  theme = next;
  const shown = next === 'system' ? (lightPreference?.matches === true ? 'light' : 'dark') : next;
  if (document.documentElement.dataset.theme !== shown) {
    document.documentElement.dataset.theme = shown;
    for (const listener of themeListeners) listener();
  }
  try {
    // For public/first-paint.js, which runs before `main` can be asked.
    localStorage.setItem('slipway.theme', next);
  } catch {
    // Without storage the next start follows the system until the setting is read.
  }
}

lightPreference?.addEventListener('change', () => applyTheme(theme));

/** For what paints by itself (the terminal) and must read the tokens again. */
export function onThemeChange(listener: () => void): () => void {
  themeListeners.add(listener);
  return () => themeListeners.delete(listener);
}
