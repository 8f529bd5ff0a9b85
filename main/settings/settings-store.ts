import { watch } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings, SettingsNews } from '../../contract/ipc.ts';
import { messageOf } from '../failure.ts';
import { readSettingsText } from './read-settings.ts';
import { checkSettingsChange, defaultSettings, migrateSettings, settingsFrom, settingsVersion } from './settings-shape.ts';

export interface SettingsStore {
  readonly current: Settings;
  /** Validates, merges, writes and answers the whole. @throws Failure `invalid`; nothing is written then. */
  change(change: unknown): Promise<Settings>;
  /** Follows the file from now on: an edit by hand holds at once, a broken one is told and changes nothing. Answers the way to stop. */
  follow(listener: (news: SettingsNews) => void): () => void;
}

/**
 * Opens `settings.json` below `home` (made 0700). A file that cannot be read as settings is set aside as
 * `settings.broken-<time>.json` and told to `log`, so that the app starts and nothing a person wrote is lost.
 */
export async function openSettings(home: string, log: (line: string) => void = () => undefined): Promise<SettingsStore> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const path = join(home, 'settings.json');
  let current = await load(path, home, log);
  let problem: SettingsNews['problem'];
  let listener: (news: SettingsNews) => void = () => undefined;
  const tell = (): void => listener({ settings: current, path, ...(problem === undefined ? {} : { problem }) });
  // Changes run one after the other: two at once would each write its own half.
  let last: Promise<unknown> = Promise.resolve();
  return {
    get current() {
      return current;
    },
    change(change) {
      const done = last.then(async () => {
        const next = { ...current, ...checkSettingsChange(change) };
        // What a person wrote and could not be read is kept beside the file, not written over.
        if (problem !== undefined) await rename(path, asideOf(home));
        await save(path, next);
        current = next;
        problem = undefined;
        tell();
        return next;
      });
      last = done.catch(() => undefined);
      return done;
    },
    follow(told) {
      listener = told;
      const look = (): void => {
        const done = last.then(async () => {
          const text = await readFile(path, 'utf8').catch(() => undefined);
          // Gone, or in the middle of being replaced: the next look sees it.
          if (text === undefined) return;
          const read = readSettingsText(text, defaultSettings());
          const before = JSON.stringify([current, problem]);
          problem = 'problem' in read ? read.problem : undefined;
          if ('settings' in read) current = read.settings;
          if (JSON.stringify([current, problem]) !== before) tell();
        });
        last = done.catch((error: unknown) => log(`settings: ${messageOf(error)}`));
      };
      // The folder, not the file: editors replace a file by another one.
      const watcher = watch(home, { persistent: false }, (_event, name) => {
        if (name === null || name === 'settings.json') look();
      });
      watcher.on('error', (error) => log(`settings: ${path} is not followed any more (${messageOf(error)})`));
      tell();
      return () => watcher.close();
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
    const aside = asideOf(home);
    await rename(path, aside);
    log(`settings: ${path} could not be read (${messageOf(error)}); it was kept as ${aside} and the defaults are used`);
    return defaults;
  }
}

const asideOf = (home: string): string => join(home, `settings.broken-${new Date().toISOString().replaceAll(':', '')}.json`);

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
