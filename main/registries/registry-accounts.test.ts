import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { sendJson, startTestEngine } from '../testing/test-engine.ts';
import { defaultSettings } from '../settings/settings-shape.ts';
import { openAccounts } from './account-store.ts';
import { registryAccounts, serverOf } from './registry-accounts.ts';
import { registrySettings } from './registry-settings.ts';

async function home(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-accounts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function engineThatKnows(password: string) {
  const asked: string[] = [];
  const engine = await startTestEngine({
    'POST /auth': (_request, response, body) => {
      asked.push(body);
      if ((JSON.parse(body) as { password: string }).password === password) sendJson(response, 200, { Status: 'Login Succeeded' });
      else sendJson(response, 401, { message: 'unauthorized: incorrect username or password' });
    },
    'PUT /slipway/registries': (_request, response, body) => {
      asked.push(body);
      response.writeHead(204).end();
    },
  });
  onTestFinished(() => engine.close());
  return { engine, asked };
}

const headerOf = (params: Record<string, unknown>): unknown => JSON.parse(Buffer.from(String(params['auth']), 'base64url').toString());

it('keeps an account that the registry accepts, for this user alone, and uses it for that registry', async () => {
  const folder = await home();
  const { engine } = await engineThatKnows('right');
  const accounts = registryAccounts(engine.client, openAccounts(folder, () => undefined));
  await expect(accounts.signIn({ server: 'registry.lan:5000', username: 'jo', password: 'wrong' })).rejects.toThrow('incorrect username or password');
  expect(await accounts.list()).toEqual([]);
  expect(await accounts.signIn({ server: 'registry.lan:5000', username: 'jo', password: 'right' })).toEqual([{ server: 'registry.lan:5000', username: 'jo' }]);
  expect((await stat(join(folder, 'registry-accounts.json'))).mode & 0o777).toBe(0o600);

  const again = registryAccounts(engine.client, openAccounts(folder, () => undefined));
  expect(await again.authFor('registry.lan:5000/team/app:1')).toEqual({ username: 'jo', password: 'right', serveraddress: 'registry.lan:5000' });
  expect(await again.authFor('other.lan/app')).toBeUndefined();
  expect(headerOf(await again.withAccount('images.push', { image: 'registry.lan:5000/team/app' }))).toMatchObject({ username: 'jo' });
  expect(headerOf(await again.withAccount('images.push', { image: 'team/app' }))).toEqual({});
  expect(await again.withAccount('images.push', { image: 'registry.lan:5000/x', auth: 'own' })).toMatchObject({ auth: 'own' });
  expect(await again.withAccount('volumes.list', {})).toEqual({});

  expect(await again.signOut('registry.lan:5000')).toEqual([]);
  expect(await readFile(join(folder, 'registry-accounts.json'), 'utf8')).not.toContain('right');
});

it('a file that is torn is said, and nobody is signed in', async () => {
  const folder = await home();
  await writeFile(join(folder, 'registry-accounts.json'), '{"accounts": [{"password": "hunter2"');
  const said: string[] = [];
  expect(await openAccounts(folder, (line) => said.push(line)).list()).toEqual([]);
  expect(said).toEqual([expect.stringContaining('could not be read')]);
  expect(said.join()).not.toContain('hunter2');
});

it.each([
  ['nginx', 'docker.io'],
  ['library/nginx:1', 'docker.io'],
  ['index.docker.io/nginx', 'docker.io'],
  ['ghcr.io/a/b', 'ghcr.io'],
  ['localhost/a', 'localhost'],
  ['10.0.0.1:5000/a', '10.0.0.1:5000'],
])('%s lies in %s', (reference, server) => expect(serverOf(reference)).toBe(server));

it('tells the engine of mirrors and insecure registries at each connection and each change, and nothing where none were set', async () => {
  const { engine, asked } = await engineThatKnows('');
  const settings = registrySettings(engine.client, () => undefined);
  const told = async (count: number): Promise<unknown> => {
    await expect.poll(() => asked.length).toBe(count);
    return JSON.parse(asked.at(-1) ?? '');
  };
  settings.changed(defaultSettings());
  settings.connected();
  settings.changed({ ...defaultSettings(), registryMirrors: ['https://mirror.lan'] });
  expect(await told(1)).toEqual({ Insecure: [], Mirrors: ['https://mirror.lan'] });
  settings.connected();
  expect(await told(2)).toEqual({ Insecure: [], Mirrors: ['https://mirror.lan'] });
  settings.changed(defaultSettings());
  expect(await told(3)).toEqual({ Insecure: [], Mirrors: [] });
});
