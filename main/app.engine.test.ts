import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type App } from './app.ts';
import { busyboxArchive, NativeEngine } from './testing/native-engine.ts';
import { TestWindow } from './testing/test-window.ts';

/** The app over the real engine: a window's requests and streams, and the docker CLI through the host socket, at the same time. */
let directory: string;
let engine: NativeEngine;
let app: App;
let window: TestWindow;
let nextStream = 1;
let saved = Buffer.alloc(0);

const run = promisify(execFile);
const docker = async (...args: string[]) => (await run('docker', ['--host', app.facts.dockerHost, ...args])).stdout;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-app-'));
  engine = new NativeEngine(directory);
  await engine.start();
  app = await startApp({
    home: join(directory, 'home'),
    engineSocket: engine.socketPath,
    imageDirectory: '',
    version: 'test',
    shell: 'web',
    openUrl: () => Promise.resolve(),
    files: {
      open: () => {
        const take = async (bytes: AsyncIterable<Uint8Array>) => void (saved = await buffer(bytes));
        return Promise.resolve({ place: { type: 'saving', path: '/diagnostics' }, take });
      },
    },
    log: () => undefined,
  });
  window = new TestWindow();
  app.serve(window.transport);
  await window.until((message) => message.type === 'push' && message.channel === 'engine/connection');
});

afterAll(async () => {
  const ids = (await docker('ps', '-aq')).split('\n').filter((id) => id !== '');
  if (ids.length > 0) await docker('rm', '-f', ...ids);
  await app.close();
  await engine.dispose();
});

async function value(channel: string, params?: unknown): Promise<unknown> {
  const result = await window.request(channel, params);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function open(channel: string, params: unknown): number {
  const stream = nextStream++;
  window.open(stream, channel, params);
  return stream;
}

const keys = (stream: number, typed: string) => window.say({ type: 'data', stream, payload: new TextEncoder().encode(typed) });
const eventOf = (action: string, id: string) =>
  window.until((message) => {
    if (message.type !== 'push' || message.channel !== 'engine/event') return false;
    const event = message.payload as { Action: string; Actor: { ID: string } };
    return event.Action === action && event.Actor.ID.startsWith(id);
  });

describe('the app over the real engine', () => {
  it('loads an image that the window sends', async () => {
    const tar = readFileSync(busyboxArchive(mkdtempSync(join(directory, 'image-')), 'box:latest'));
    const stream = open('images/load', { name: 'image.tar', size: tar.length });
    const credit = () => window.messages.reduce((sum, message) => sum + (message.type === 'credit' && message.stream === stream ? message.count : 0), 0);
    let sent = 0;
    for (let offset = 0; offset < tar.length; offset += 65536, sent += 1) {
      if (sent >= 64 + credit()) await window.until(() => sent < 64 + credit());
      window.say({ type: 'data', stream, payload: tar.subarray(offset, offset + 65536) });
    }
    window.say({ type: 'data', stream, payload: { type: 'end' } });
    expect(await window.end(stream)).toEqual({ type: 'end', stream });
    expect(window.data(stream)).toContainEqual({ stream: 'Loaded image: box:latest\n' });
    expect(await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).toBe('box:latest\n');
  });

  it('shows the CLI what the window runs, and the window what the CLI runs', async () => {
    const { id } = (await value('containers/run', { name: 'from-window', request: { Image: 'box', Cmd: ['sleep', '1000'] } })) as { id: string };
    expect(await docker('ps', '--format', '{{.Names}}')).toBe('from-window\n');
    const fromCli = (await docker('run', '-d', '--name', 'from-cli', 'box', 'sleep', '1000')).trim();
    await eventOf('start', fromCli);
    expect(((await value('containers/list')) as { Id: string }[]).map((row) => row.Id).sort()).toEqual([id, fromCli].sort());
    await value('containers/remove', { id: 'from-cli', force: true });
    expect(await docker('ps', '--format', '{{.Names}}')).toBe('from-window\n');
  });

  it('words the engine’s refusals', async () => {
    expect(await window.request('containers/run', { name: 'from-window', request: { Image: 'box' } })).toMatchObject({ ok: false, error: { kind: 'conflict', status: 409, hint: expect.stringContaining('from-window') } });
    expect(await window.request('containers/run', { request: { Image: 'nope' } })).toMatchObject({ ok: false, error: { kind: 'not-found', status: 404, hint: 'Pull it first: docker pull nope:latest' } });
    await docker('run', '-d', '--name', 'holder', '-p', '127.0.0.1:0:80', 'box', 'sleep', '1000');
    const port = (await docker('port', 'holder', '80/tcp')).trim().split(':').at(-1);
    const taken = { Image: 'box', Cmd: ['sleep', '1'], ExposedPorts: { '80/tcp': {} }, HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: port }] } } };
    expect(await window.request('containers/run', { name: 'taker', request: taken })).toMatchObject({ ok: false, error: { kind: 'conflict', hint: expect.stringContaining('taker was made and kept') } });
  });

  it('follows a log in both streams, whole characters and in order', async () => {
    const id = (await docker('run', '-d', 'box', 'sh', '-c', 'seq 1 2000; echo größe 🚢; echo err >&2')).trim();
    const stream = open('containers/logs', { id, follow: true, tail: 'all', timestamps: false });
    expect(await window.end(stream)).toEqual({ type: 'end', stream });
    const chunks = window.data(stream) as { stream: string; text: string }[];
    const of = (name: string) => chunks.filter((chunk) => chunk.stream === name).map((chunk) => chunk.text).join('');
    expect(of('stdout')).toBe(`${Array.from({ length: 2000 }, (_, line) => line + 1).join('\n')}\ngröße 🚢\n`);
    expect(of('stderr')).toBe('err\n');
  });

  it('opens a terminal, resizes it, and tells its exit code', async () => {
    const stream = open('containers/terminal', { id: 'from-window', columns: 80, rows: 24 });
    await window.until(() => window.text(stream).includes('# '));
    expect(window.data(stream)[0]).toEqual({ type: 'opened', command: ['sh'] });
    keys(stream, 'stty size\r');
    await window.until(() => window.text(stream).includes('24 80'));
    window.say({ type: 'data', stream, payload: { type: 'resize', columns: 100, rows: 30 } });
    keys(stream, 'stty size\r');
    await window.until(() => window.text(stream).includes('30 100'));
    keys(stream, 'exit 5\r');
    expect(await window.end(stream)).toEqual({ type: 'end', stream });
    expect(window.data(stream).at(-1)).toEqual({ type: 'exit', exitCode: 5 });
  });

  it('leaves no shell behind when the window closes its terminal', async () => {
    const stream = open('containers/terminal', { id: 'from-window', columns: 80, rows: 24 });
    await window.until(() => window.text(stream).includes('# '));
    keys(stream, 'echo pid $$\r');
    await window.until(() => /pid (\d+)\r/.test(window.text(stream)));
    const pid = /pid (\d+)\r/.exec(window.text(stream))?.[1] ?? '';
    expect(await docker('exec', 'from-window', 'kill', '-0', pid)).toBe('');
    window.say({ type: 'close', stream });
    await window.end(stream);
    await expect.poll(() => docker('exec', 'from-window', 'kill', '-0', pid).then(() => 'alive', () => 'gone'), { timeout: 20_000 }).toBe('gone');
  });

  it('passes the CLI’s stdin, its end and the exit code', async () => {
    const child = spawn('docker', ['--host', app.facts.dockerHost, 'run', '--rm', '-i', 'box', 'sh', '-c', 'cat; exit 3']);
    child.stdin.end('x'.repeat(300_000));
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(output.length).toBe(300_000);
    expect(code).toBe(3);
  });

  it('saves diagnostics in which none of the secrets is that a person has', async () => {
    const canary = (place: string) => `canary-${place}-4711`;
    const home = join(directory, 'home');
    // Of the computer: what programs are given, what docker keeps, what a running VM has.
    const environment = { HTTPS_PROXY: `http://jo:${canary('proxy')}@proxy.example:3128`, REGISTRY_PASSWORD: canary('environment') };
    Object.assign(process.env, environment);
    mkdirSync(join(home, '.docker'), { recursive: true });
    writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify({ auths: { 'r.example': { auth: canary('docker-config') } } }));
    writeFileSync(join(home, 'run', 'instance.key'), canary('channel-key').padEnd(32));
    writeFileSync(join(home, 'registry-accounts.json'), JSON.stringify({ version: 1, accounts: [{ registry: 'r.example', username: 'jo', password: canary('account') }] }));
    writeFileSync(join(home, 'run', 'open.html'), canary('window-token'));
    mkdirSync(join(home, 'starts'));
    const start = { startedAt: '2026-01-01T00:00:00.000Z', version: 'test', outcome: 'failed', phases: [], lastLines: [`API_TOKEN=${canary('console')}`] };
    writeFileSync(join(home, 'starts', 'a.json'), JSON.stringify(start));
    // Of containers, and of requests that went wrong.
    const labels = ['--name', canary('name'), '--label', `${canary('label')}=${canary('value')}`, '--env', `PASSWORD=${canary('env')}`, '--hostname', canary('hostname'), '--volume', `${canary('volume')}:/data`];
    await docker('run', '-d', ...labels, 'box', 'sh', '-c', `echo ${canary('output')}; sleep 1000`);
    await docker('tag', 'box', `${canary('image')}:latest`);
    await expect(docker('pull', `jo:${canary('registry')}@127.0.0.1:1/box`)).rejects.toThrow();
    await window.request('app/open-url', { url: `https://jo:${canary('address')}@example.org/` });
    const auth = Buffer.from(JSON.stringify({ username: 'jo', password: canary('login'), serveraddress: '127.0.0.1:1' })).toString('base64url');
    await new Promise((resolve, reject) => {
      const pull = request({ socketPath: engine.socketPath, method: 'POST', path: '/images/create?fromImage=127.0.0.1:1/box', headers: { 'X-Registry-Auth': auth } }, (response) => response.resume().on('end', resolve));
      pull.on('error', reject).end();
    });

    const stream = open('troubleshoot/bundle', undefined);
    expect(await window.end(stream)).toEqual({ type: 'end', stream });
    for (const name of Object.keys(environment)) delete process.env[name];
    const written = saved.toString();
    // As they are, and as they travel.
    const places = [...readFileSync(import.meta.filename, 'utf8').matchAll(/canary\('([\w-]+)'\)/g)];
    expect(places.length).toBeGreaterThan(15);
    for (const [, place = ''] of places) {
      for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) expect(written, place).not.toContain(Buffer.from(canary(place)).toString(encoding).replace(/=+$/, ''));
    }
    expect(written).not.toContain('4711');
    expect(JSON.parse(written)).toMatchObject({ starts: [{ outcome: 'failed', lastLines: ['API_TOKEN=[removed]'] }], engine: { ServerVersion: expect.any(String) } });
    expect((JSON.parse(written) as { containers: unknown[] }).containers.length).toBeGreaterThan(0);
  });

  it('tells of an engine that was killed, and has everything again once it is back', async () => {
    const connections = () => window.messages.flatMap((message) => (message.type === 'push' && message.channel === 'engine/connection' ? [(message.payload as { status: string }).status] : []));
    await engine.kill('SIGKILL');
    await window.until(() => connections().at(-1) === 'away');
    expect(await window.request('containers/list')).toMatchObject({ ok: false, error: { kind: 'unavailable', hint: expect.any(String) } });
    await engine.start();
    await window.until(() => connections().at(-1) === 'connected');
    const rows = (await value('containers/list')) as { Names: string[]; State: string }[];
    expect(rows).toContainEqual(expect.objectContaining({ Names: ['/from-window'], State: 'running' }));
  });
});
