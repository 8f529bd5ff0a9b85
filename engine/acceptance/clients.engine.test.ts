import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { NativeEngine } from './fixture/native-engine.ts';
import { send } from './oracle/replay/wire.ts';

/** Other people's clients as their users use them: Debian's docker-compose and the Python library. */
const folder = fileURLToPath(new URL('clients/', import.meta.url));
const compose = '/usr/bin/docker-compose';
const python = '/usr/bin/python3';
const missing = existsSync(compose) && existsSync('/usr/lib/python3/dist-packages/docker') ? null : 'docker-compose or python3-docker is not installed';
if (missing !== null) process.stderr.write(`clients.engine.test.ts is skipped: ${missing}\n`);

let engine: NativeEngine;
let project: string;

beforeAll(async () => {
  if (missing !== null) return;
  engine = await NativeEngine.start();
  const archive = busyboxArchive('bb:latest');
  await send(engine.socket, { method: 'POST', path: '/images/load', headers: { 'Content-Type': 'application/x-tar' }, body: readFileSync(archive) });
  rmSync(dirname(archive), { recursive: true });
  project = mkdtempSync(join(tmpdir(), 'slipway-compose-'));
  copyFileSync(join(folder, 'project.yml'), join(project, 'docker-compose.yml'));
});

afterAll(async () => {
  await engine?.dispose();
  if (project !== undefined) rmSync(project, { recursive: true, force: true });
});

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

function run(program: string, args: string[]): Promise<Result> {
  const env = { ...process.env, DOCKER_HOST: `unix://${engine.socket}`, COMPOSE_PROJECT_NAME: 'shop', PYTHONWARNINGS: 'ignore', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: project, env, maxBuffer: 1 << 24 }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }));
  });
}

async function succeed(...args: string[]): Promise<string> {
  const result = await run(compose, args);
  if (result.code !== 0) throw new Error(`docker-compose ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

function page(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

test.skipIf(missing !== null)('docker-compose: a project of three services, up to down', async () => {
  await succeed('up', '-d');
  const running = (await succeed('ps', '-q')).trim().split('\n');
  expect(running.length).toBe(3);
  expect(await succeed('ps')).toMatch(/shop_web_1 .* Up /);
  await expect.poll(() => succeed('logs', '--no-color', 'api'), { timeout: 20_000 }).toMatch(/rows\n.*api is up/);
  expect(await succeed('exec', '-T', 'api', 'sh', '-c', 'echo $TIER')).toBe('middle\n');
  const port = async () => Number((await succeed('port', 'web', '80')).trim().split(':')[1]);
  await expect.poll(async () => page(await port()).catch(() => ''), { timeout: 20_000 }).toBe('hello\n');
  // Nothing has changed, so nothing is made again.
  await succeed('up', '-d');
  expect((await succeed('ps', '-q')).trim().split('\n')).toEqual(running);
  await succeed('restart', '-t', '0', 'web');
  await expect.poll(async () => page(await port()).catch(() => ''), { timeout: 20_000 }).toBe('hello\n');
  expect(await succeed('run', '--rm', '-T', '--no-deps', 'api', 'cat', '/etc/hostname')).not.toBe('');
  await succeed('down', '-v', '-t', '0');
  expect((await engine.api('GET', '/containers/json?all=1')).body).toEqual([]);
  expect((await engine.api<{ Volumes: unknown[] }>('GET', '/volumes')).body.Volumes).toEqual([]);
  expect((await engine.api<{ Name: string }[]>('GET', '/networks')).body.map(({ Name }) => Name).sort()).toEqual(['bridge', 'host', 'none']);
}, 120_000);

test.skipIf(missing !== null)('python3-docker: containers, exec, logs, networks, volumes, images, events', async () => {
  const archive = (await engine.api('GET', '/containers/nope/archive?path=/')).status === 501 ? [] : ['archive'];
  const { code, stdout, stderr } = await run(python, [join(folder, 'docker_py.py'), engine.socket, ...archive]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.trim().split('\n')).toEqual(['run', 'exit code', 'detached', 'exec', 'logs', 'stats and top', 'verbs', 'networks', 'images', 'archive', 'events', 'system']);
}, 120_000);
