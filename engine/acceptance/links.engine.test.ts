import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ContainerInspect, ContainerSummary } from '../../contract/engine-api/container.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import { NativeEngine } from './fixture/native-engine.ts';

/** `--link` on the default network, with the docker CLI; the texts are those of dockerd. */
let engine: NativeEngine;
let docker: DockerCli;

beforeAll(async () => {
  engine = await NativeEngine.start();
  docker = new DockerCli(engine.socket);
  const archive = busyboxArchive('bb:latest');
  await docker.text('load', '-i', archive);
  rmSync(dirname(archive), { recursive: true });
});

afterEach(async () => {
  const { body } = await engine.api<ContainerSummary[]>('GET', '/containers/json?all=1');
  for (const { Id } of body) await engine.api('DELETE', `/containers/${Id}?force=1`);
});

afterAll(async () => {
  await engine?.dispose();
});

const run = (name: string, ...options: string[]) => docker.text('run', '-d', '--stop-signal', 'KILL', '--name', name, ...options, 'bb:latest', 'sleep', '1000');
const inspect = async (name: string) => (await engine.api<ContainerInspect>('GET', `/containers/${name}/json`)).body;
const addressOf = async (name: string) => (await inspect(name)).NetworkSettings.Networks.bridge!.IPAddress!;
const hostsOf = async (name: string) => readFileSync((await inspect(name)).HostsPath, 'utf8');

test('variables, names in hosts, and what inspect and list show', async () => {
  await run('db', '-e', 'A=b', '--expose', '5432');
  await run('web', '--link', 'db:database', '--link', 'db');
  const address = await addressOf('db');
  const { Id: id } = await inspect('db');
  expect((await docker.text('exec', 'web', 'env')).split('\n')).toEqual(
    expect.arrayContaining([`DATABASE_PORT=tcp://${address}:5432`, `DATABASE_PORT_5432_TCP_ADDR=${address}`, 'DATABASE_NAME=/web/database', 'DATABASE_ENV_A=b', 'DB_NAME=/web/db']),
  );
  expect(await hostsOf('web')).toContain(`${address}\tdatabase ${id.slice(0, 12)} db\n${address}\tdb ${id.slice(0, 12)}\n`);
  expect((await inspect('web')).HostConfig.Links).toEqual(['/db:/web/database', '/db:/web/db']);
  expect((await inspect('web/database')).Name).toBe('/db');
  expect(await docker.text('ps', '--no-trunc', '--format', '{{.Names}}')).toContain('db,web/database,web/db');
  await docker.text('exec', 'web', 'ping', '-c1', '-w2', 'database');
});

test('who links hears of another address; a link can be taken away', async () => {
  await run('db');
  await run('web', '--link', 'db:database');
  const before = await addressOf('db');
  await docker.text('stop', '-t0', 'db');
  expect(await docker.text('exec', 'web', 'hostname')).toBe((await inspect('web')).Config.Hostname);
  await run('taker', '--network', 'bridge');
  await docker.text('start', 'db');
  const after = await addressOf('db');
  const hosts = await hostsOf('web');
  expect(hosts).toMatch(new RegExp(`^${after.replaceAll('.', '\\.')}\tdatabase `, 'm'));
  if (after !== before) expect(hosts).not.toMatch(new RegExp(`^${before.replaceAll('.', '\\.')}\t`, 'm'));
  await docker.text('rm', '--link', 'web/database');
  expect(await hostsOf('web')).not.toContain('database');
  expect((await inspect('web')).HostConfig.Links).toBeNull();
  expect((await inspect('db')).State.Running).toBe(true);
  expect((await docker.run(['rm', '--link', 'web'])).stderr).toContain('Conflict, cannot remove the default link name of the container');
  expect((await docker.run(['rm', '--link', 'web/database'])).stderr).toContain('No such container: web/database');
});

test('links outlive an engine; what they lead to must run', async () => {
  await run('db');
  await run('web', '--link', 'db:database');
  await engine.kill();
  await engine.start();
  await docker.text('rename', 'db', 'store');
  expect((await inspect('web')).HostConfig.Links).toEqual(['/store:/web/database']);
  await docker.text('restart', '-t0', 'store');
  expect(await hostsOf('web')).toContain(`${await addressOf('store')}\tdatabase `);
  await docker.text('rm', '-f', 'store');
  expect((await docker.run(['restart', '-t0', 'web'])).stderr).toContain('Cannot link to a non running container: /store AS /web/database');
  expect(await inspect('web')).toMatchObject({ State: { Running: false, ExitCode: 137 }, HostConfig: { Links: ['/store:/web/database'] } });
});

test.each([
  [['--link', 'nope:x'], 'could not get container for nope: No such container: nope'],
  [['--link', 'db:x', '--network', 'host'], "conflicting options: host type networking can't be used with links"],
])('refused: %j', async (options, message) => {
  await run('db');
  expect((await docker.run(['create', ...options, 'bb:latest', 'true'])).stderr).toContain(message);
});
