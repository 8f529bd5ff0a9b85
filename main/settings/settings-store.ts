import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../../contract/ipc.ts';
import { messageOf } from '../failure.ts';
import { checkSettingsChange, defaultSettings, migrateSettings, settingsFrom, settingsVersion } from './settings-shape.ts';

export interface SettingsStore {
  readonly current: Settings;
  /** Validates, merges, writes and answers the whole. @throws Failure `invalid`; nothing is written then. */
  change(change: unknown): Promise<Settings>;
}

/**
 * Opens `settings.json` below `home` (made 0700). A file that cannot be read as settings is set aside as
 * `settings.broken-<time>.json` and told to `log`, so that the app starts and nothing a person wrote is lost.
 */
export async function openSettings(home: string, log: (line: string) => void = () => undefined): Promise<SettingsStore> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const path = join(home, 'settings.json');
  let current = await load(path, home, log);
  // Changes run one after the other: two at once would each write its own half.
  let last: Promise<unknown> = Promise.resolve();
  return {
    get current() {
      return current;
    },
    change(change) {
      const done = last.then(async () => {
        const next = { ...current, ...checkSettingsChange(change) };
        await save(path, next);
        current = next;
        return next;
      });
      last = done.catch(() => undefined);
      return done;
    },
  };
}

async function load(path: string, home: string, log: (line: string) => void): Promise<Settings> {
  const defaults = defaultSettings();
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return defaults;
  }
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new Error('it holds no object');
    const { settings, complaints } = settingsFrom(migrateSettings(content as Record<string, unknown>), defaults);
    for (const complaint of complaints) log(`settings: ${complaint}`);
    return settings;
  } catch (error) {
    const aside = join(home, `settings.broken-${new Date().toISOString().replaceAll(':', '')}.json`);
    await rename(path, aside);
    log(`settings: ${path} could not be read (${messageOf(error)}); it was kept as ${aside} and the defaults are used`);
    return defaults;
  }
}

/** Temp file, fsync, rename: after a crash the old file or the new one is there, never half of one. */
async function save(path: string, settings: Settings): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ version: settingsVersion, ...settings }, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
