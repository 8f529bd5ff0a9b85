import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { SettingsNews } from '../../contract/ipc.ts';
import { defaultSettings } from './settings-shape.ts';
import { openSettings } from './settings-store.ts';

let home: string;
let path: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-settings-'));
  path = join(home, 'settings.json');
  return () => rm(home, { recursive: true, force: true });
});

const GiB = 1024 ** 3;

it.each([
  [{ memoryBytes: 2 * GiB, cpus: 1 }, { memoryMiB: 1024, cpus: 1 }],
  [{ memoryBytes: 4 * GiB, cpus: 2 }, { memoryMiB: 1024, cpus: 2 }],
  [{ memoryBytes: 16 * GiB, cpus: 8 }, { memoryMiB: 4096, cpus: 4 }],
  [{ memoryBytes: 256 * GiB, cpus: 64 }, { memoryMiB: 8192, cpus: 8 }],
])('takes its defaults from the machine: %o', (machine, expected) => {
  expect(defaultSettings(machine)).toMatchObject({ ...expected, theme: 'system', diskGiB: 32, acceleration: 'auto' });
});

it('writes a change so that only this user reads it, and has it again', async () => {
  const settings = await openSettings(home);
  expect(await settings.change({ theme: 'dark', memoryMiB: 2048 })).toMatchObject({ theme: 'dark', memoryMiB: 2048 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(home)).toEqual(['settings.json']);
  expect((await openSettings(home)).current).toEqual(settings.current);
});

it('keeps both of two changes at once', async () => {
  const settings = await openSettings(home);
  await Promise.all([settings.change({ theme: 'light' }), settings.change({ cpus: 3 })]);
  expect((await openSettings(home)).current).toMatchObject({ theme: 'light', cpus: 3 });
});

it.each([
  [{ theme: 'blue' }, 'theme must be one of'],
  [{ memoryMiB: '2048' }, 'memoryMiB must be a whole number'],
  [{ cpus: 0 }, 'cpus must be a whole number'],
  [{ diskGiB: Number.NaN }, 'diskGiB must be a whole number'],
  [{ colour: 'red' }, 'There is no setting colour'],
  [{ constructor: 1 }, 'There is no setting constructor'],
  ['dark', 'must be an object'],
  [null, 'must be an object'],
])('refuses %o and writes nothing', async (change, message) => {
  const settings = await openSettings(home);
  await expect(settings.change(change)).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(message) });
  expect(await readdir(home)).toEqual([]);
});

it.each(['{ not json', '[]', 'null', '{"version":99,"theme":"dark"}'])('sets %s aside, says so and starts with the defaults', async (content) => {
  await writeFile(path, content);
  const lines: string[] = [];
  const settings = await openSettings(home, (line) => lines.push(line));
  expect(settings.current).toEqual(defaultSettings());
  const [aside] = await readdir(home);
  expect(aside).toMatch(/^settings\.broken-.*\.json$/);
  expect(await readFile(join(home, aside ?? ''), 'utf8')).toBe(content);
  expect(lines.join()).toContain(aside);
});

it('takes the good fields of a file with a bad one', async () => {
  await writeFile(path, JSON.stringify({ version: 1, theme: 'dark', memoryMiB: -5, unknown: true }));
  const lines: string[] = [];
  const { current } = await openSettings(home, (line) => lines.push(line));
  expect(current).toEqual({ ...defaultSettings(), theme: 'dark' });
  expect(lines).toEqual([expect.stringContaining('memoryMiB must be')]);
});

it('follows an edit by hand, tells a broken one by its line and keeps what held', async () => {
  const settings = await openSettings(home);
  await settings.change({ theme: 'dark' });
  const heard: SettingsNews[] = [];
  let wake: () => void = () => undefined;
  const stop = settings.follow((news) => {
    heard.push(news);
    wake();
  });
  onTestFinished(stop);
  const next = async (matches: (news: SettingsNews) => boolean): Promise<SettingsNews> => {
    for (;;) {
      const news = heard.find(matches);
      if (news !== undefined) return news;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  expect(heard[0]).toMatchObject({ path, settings: { theme: 'dark' } });

  await writeFile(path, JSON.stringify({ version: 1, theme: 'light' }));
  await next((news) => news.settings.theme === 'light' && news.problem === undefined);

  const broken = '{\n  "version": 1,\n  "theme": blue\n}\n';
  await writeFile(path, broken);
  expect(await next((news) => news.problem?.line === 3)).toMatchObject({ settings: { theme: 'light' } });
  expect(settings.current.theme).toBe('light');

  await writeFile(path, '{\n  "memoryMiB": -5\n}');
  expect(await next((news) => news.problem?.line === 2)).toMatchObject({ problem: { message: expect.stringContaining('memoryMiB must be') } });

  await settings.change({ theme: 'dark' });
  const [aside] = (await readdir(home)).filter((name) => name.startsWith('settings.broken'));
  expect(await readFile(join(home, aside ?? ''), 'utf8')).toContain('-5');
  expect(heard.at(-1)).toMatchObject({ settings: { theme: 'dark' } });
  expect(heard.at(-1)?.problem).toBeUndefined();
});

it.each([
  [{ density: 'tiny' }, 'comfortable, compact'],
  [{ terminalFontSize: 9 }, '10 to 20'],
  [{ terminalShell: 'bash; rm -rf /' }, 'name of a shell'],
  [{ registryMirrors: ['https://jo:secret@mirror.lan'] }, 'without account'],
  [{ registryMirrors: 'https://mirror.lan' }, 'must be a list'],
  [{ insecureRegistries: ['http://registry.lan'] }, 'is none'],
])('refuses %o', async (change, words) => {
  await expect((await openSettings(home)).change(change)).rejects.toThrow(words);
});

it('takes what the window can set, and has it again', async () => {
  const change = { density: 'compact', terminalFontSize: 15, terminalShell: '/usr/bin/fish', registryMirrors: ['https://mirror.lan'], insecureRegistries: ['10.0.0.0/8', 'registry.lan:5000'] } as const;
  await (await openSettings(home)).change(change);
  expect((await openSettings(home)).current).toMatchObject(change);
});
