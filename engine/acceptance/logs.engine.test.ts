import { existsSync, readdirSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import { DockerCli, finish, until } from './fixture/docker-cli.ts';
import type { NativeEngine } from './fixture/native-engine.ts';
import { textOf } from './torture/client.ts';

let engine: NativeEngine;
let docker: DockerCli;

beforeAll(async () => {
  engine = await startBusyboxEngine();
  docker = new DockerCli(engine.socket);
});

afterAll(async () => {
  await engine?.dispose();
});

const run = (name: string, options: string[], script: string) => docker.run(['run', '--name', name, ...options, 'bb', 'sh', '-c', script]);
const folderOf = async (name: string) => join(engine.directory, 'root/containers', await docker.text('inspect', '--format', '{{.Id}}', name));
const lines = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

test('the local driver keeps what json-file keeps, streams, torn and long lines included', async () => {
  const script = 'echo out; echo err >&2; head -c 40000 /dev/zero | tr "\\0" x; echo; printf end';
  await run('json', [], script);
  await run('local', ['--log-driver', 'local'], script);
  expect(await docker.text('inspect', '--format', '{{.HostConfig.LogConfig.Type}} [{{.LogPath}}]', 'local')).toBe('local []');
  expect(existsSync(join(await folderOf('local'), 'local-logs/container.log'))).toBe(true);
  const kept = await docker.run(['logs', 'local']);
  expect(kept).toEqual({ code: 0, stdout: `out\n${'x'.repeat(40000)}\nend`, stderr: 'err\n' });
  expect(kept).toEqual(await docker.run(['logs', 'json']));
  expect((await docker.run(['logs', '--tail', '1', 'local'])).stdout).toBe('end');
  expect((await docker.run(['logs', '-t', '--tail', '5', 'local'])).stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z x/);
});

test.each([['local'], ['json-file']])('%s: rotated files are compressed, and read back whole', async (driver) => {
  const name = `rotated-${driver}`;
  await run(name, ['--log-driver', driver, '--log-opt', 'max-size=50k', '--log-opt', 'max-file=9', '--log-opt', 'compress=true'], 'seq 1 5000');
  const folder = driver === 'local' ? join(await folderOf(name), 'local-logs') : await folderOf(name);
  await vi.waitFor(() => expect(readdirSync(folder).filter((file) => /\.\d$/.test(file) || file.endsWith('.tmp'))).toEqual([]), { timeout: 10_000 });
  expect(readdirSync(folder).filter((file) => file.endsWith('.gz')).length).toBeGreaterThanOrEqual(2);
  expect((await docker.text('logs', name)).split('\n')).toEqual(lines(5000));
  expect((await docker.text('logs', '--tail', '4000', name)).split('\n')).toEqual(lines(5000).slice(-4000));
  expect(readdirSync(folder).some((file) => file.endsWith('.tmp'))).toBe(false);
});

test('a follower misses nothing over rotations, and ends with the container', async () => {
  await docker.text('run', '-d', '--name', 'followed', '-i', '--log-driver', 'local', '--log-opt', 'max-size=30k', 'bb', 'sh', '-c', 'read go; seq 1 3000; read end');
  const follower = docker.spawn(['logs', '-f', 'followed']);
  const result = finish(follower);
  const attach = docker.spawn(['attach', 'followed']);
  const seen = until(follower.stdout, '3000\n');
  attach.stdin.write('go\n');
  await seen;
  attach.stdin.end('end\n');
  expect((await result).stdout.trimEnd().split('\n')).toEqual(lines(3000));
  await docker.run(['rm', '-f', 'followed']);
});

test('a follower of a container that is removed meanwhile gets all of it, and ends', async () => {
  const folder = join(engine.directory, 'root/containers');
  const before = readdirSync(folder);
  await engine.api('POST', '/containers/create?name=gone', { Image: 'bb', Cmd: ['seq', '1', '100000'] });
  await engine.api('POST', '/containers/gone/start');
  // As python's library does: the answer is read after the removal. More than the buffers on the way hold.
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ socketPath: engine.socket, path: '/containers/gone/logs?stdout=1&follow=1' }, resolve).on('error', reject);
  });
  await engine.api('POST', '/containers/gone/wait');
  expect((await engine.api('DELETE', '/containers/gone')).status).toBe(204);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  expect(textOf(Buffer.concat(chunks)) === `${lines(100_000).join('\n')}\n`).toBe(true);
  expect(readdirSync(folder)).toEqual(before);
});

test('details, and a driver that keeps nothing', async () => {
  await run('details', ['--label', 'color=red', '--env', 'X=1 2', '--log-opt', 'labels=color', '--log-opt', 'env=X', '--log-opt', 'tag={{.Name}}'], 'echo out');
  expect(await docker.text('logs', '--details', 'details')).toBe('X=1+2,color=red,tag=details out');
  await run('silent', ['--log-driver', 'none'], 'echo out');
  expect((await docker.run(['logs', 'silent'])).stderr).toContain('configured logging driver does not support reading');
});
