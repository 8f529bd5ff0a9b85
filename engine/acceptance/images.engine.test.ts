import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGuardedRegistry, startRegistry } from '../testing/registry-fixture.ts';
import type { RegistryFixture } from '../testing/registry-fixture.ts';
import { startTokenRegistry } from '../testing/token-registry.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import { NativeEngine } from './fixture/native-engine.ts';

/** Images through the docker CLI and the engine's socket, with a real registry. */

let engine: NativeEngine;
let registry: RegistryFixture;
let docker: DockerCli;
let archive: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'images-cli-'));
  archive = busyboxArchive('box:1');
  [engine, registry] = await Promise.all([NativeEngine.start(), startRegistry()]);
  docker = new DockerCli(engine.socket);
  await docker.text('load', '-i', archive);
}, 60_000);
afterAll(async () => {
  await engine.dispose();
  await registry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
  rmSync(dirname(archive), { recursive: true });
});

const id = (name: string) => docker.text('image', 'inspect', '-f', '{{.Id}}', name);

test('save, remove, load: the same image', async () => {
  const before = await id('box:1');
  await docker.text('tag', 'box:1', 'twice:1');
  await docker.text('save', '-o', join(folder, 'saved.tar'), 'box:1', 'twice:1');
  await docker.text('rmi', 'box:1', 'twice:1');
  expect(await docker.text('load', '-i', join(folder, 'saved.tar'))).toBe('Loaded image: box:1\nLoaded image: twice:1');
  expect(await id('twice:1')).toBe(before);
  const gone = await docker.run(['save', 'nope']);
  expect(gone.stderr).toContain('No such image: nope');
});

test('push and pull by tag and digest, and its users', async () => {
  const name = `${registry.host}/team/box:2`;
  await docker.text('tag', 'box:1', name);
  const pushed = await docker.text('push', name);
  expect(pushed).toMatch(/^The push refers to repository \[127\.0\.0\.1:\d+\/team\/box\]\n[0-9a-f]{12}: Preparing/);
  const digest = /2: digest: (sha256:[0-9a-f]{64}) size: \d+/.exec(pushed)?.[1];
  expect(await docker.text('image', 'inspect', '-f', '{{index .RepoDigests 0}}', name)).toBe(`${registry.host}/team/box@${digest}`);
  await docker.text('rmi', name);
  expect(await docker.text('pull', `${registry.host}/team/box@${digest}`)).toContain('Status: Downloaded newer image');
  expect(await docker.text('run', '--rm', `${registry.host}/team/box@${digest}`, 'echo', 'hello')).toBe('hello');
  const missing = await docker.run(['push', `${registry.host}/team/box:none`]);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain(`tag does not exist: ${registry.host}/team/box:none`);
});

test('pull of all tags', async () => {
  const name = `${registry.host}/team/tags`;
  for (const tag of ['a', 'b']) await docker.text('tag', 'box:1', `${name}:${tag}`);
  await docker.text('push', '-a', name);
  await docker.text('rmi', `${name}:a`, `${name}:b`);
  expect(await docker.text('pull', '-a', name)).toContain(`Status: Downloaded newer image for ${name}`);
  expect((await docker.text('images', '--format', '{{.Tag}}', name)).split('\n').sort()).toEqual(['a', 'b']);
});

test('login keeps the identity token of a registry that gives one', async () => {
  await using tokens = await startTokenRegistry(registry.host);
  const config = join(folder, 'client');
  const asUser = (...args: string[]) => docker.text('--config', config, ...args);
  await docker.text('tag', 'box:1', `${tokens.host}/kept:1`);
  expect((await docker.run(['--config', config, 'login', '-u', 'joe', '--password-stdin', tokens.host], 'secret')).stdout).toContain('Login Succeeded');
  expect(readFileSync(join(config, 'config.json'), 'utf8')).toContain('"identitytoken": "refresh-1"');
  expect(await asUser('push', `${tokens.host}/kept:1`)).toContain('1: digest: sha256:');
  expect(tokens.grants.at(-1)).toBe('refresh_token refresh-1 repository:kept:push,pull');
  expect((await docker.run(['push', `${tokens.host}/kept:1`])).stderr).toContain('incorrect username or password');
});

test('a registry that wants a password: login, push, pull, and what those get who have none', async () => {
  await using guarded = await startGuardedRegistry();
  const name = `${guarded.host}/private/box:1`;
  const as = (config: string, args: string[], input?: string) => docker.run(['--config', join(folder, config), ...args], input);
  await docker.text('tag', 'box:1', name);
  const refused = await as('joe', ['login', '-u', 'joe', '--password-stdin', guarded.host], 'wrong');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('unauthorized') as string]);
  expect((await as('joe', ['login', '-u', 'joe', '--password-stdin', guarded.host], 'secret')).stdout).toContain('Login Succeeded');
  expect((await as('joe', ['push', name])).stdout).toContain('1: digest: sha256:');
  await docker.text('rmi', name);
  expect((await as('joe', ['pull', name])).stdout).toContain(`Status: Downloaded newer image for ${name}`);
  for (const verb of ['pull', 'push']) {
    const denied = await as('nobody', [verb, name]);
    expect([denied.code, denied.stderr]).toEqual([1, expect.stringContaining('no basic auth credentials') as string]);
  }
});

test('import with changes; images with filters; history', async () => {
  const root = join(folder, 'root.tar');
  execFileSync('tar', ['-C', '/', '-cf', root, 'etc/hostname']);
  await docker.text('import', '-c', 'LABEL kind=imported', '-c', 'CMD ["x"]', '-m', 'by hand', root, 'mine:1');
  expect(await docker.text('images', '--filter', 'label=kind=imported', '--format', '{{.Repository}}:{{.Tag}}')).toBe('mine:1');
  expect(await docker.text('images', '--filter', 'reference=bo*', '--format', '{{.Repository}}:{{.Tag}}')).toBe('box:1');
  expect(await docker.text('history', '--format', '{{.Comment}}', 'mine:1')).toBe('by hand');
  const refused = await docker.run(['import', '-c', 'RUN x', root]);
  expect(refused.stderr).toContain('run is not a valid change command');
});

test('prune removes what has no name', async () => {
  await docker.text('import', '-c', 'LABEL pruned=yes', join(folder, 'root.tar'), 'pruned:1');
  const dangling = await id('pruned:1');
  await docker.text('tag', 'box:1', 'pruned:1');
  expect(await docker.text('image', 'prune', '-f', '--filter', 'label=pruned')).toContain(`deleted: ${dangling}`);
  expect((await docker.run(['image', 'inspect', dangling])).code).toBe(1);
});

test('search asks the registry that the term names', async () => {
  const server = createServer((_, response) => response.end(JSON.stringify({ results: [{ name: 'team/box', description: 'A box', star_count: 3, is_official: false }] })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const term = `127.0.0.1:${(server.address() as AddressInfo).port}/box`;
    expect(await docker.text('search', '--format', '{{.Name}} {{.StarCount}} {{.Description}}', term)).toBe('team/box 3 A box');
  } finally {
    server.closeAllConnections();
    server.close();
  }
  expect((await docker.run(['search', `${registry.host}/box`])).stderr).toContain('cannot be searched');
});

describe('older clients', () => {
  test('read other members of lists and inspections', async () => {
    type Row = Record<string, unknown>;
    const list = async (version: string) => (await engine.api<Row[]>('GET', `/v${version}/images/json`)).body[0]!;
    expect(await list('1.51')).not.toHaveProperty('VirtualSize');
    expect((await list('1.51'))['Containers']).toBe(0);
    expect(await list('1.43')).toMatchObject({ Containers: -1, VirtualSize: expect.any(Number) as number });
    const inspect = async (version: string) => (await engine.api<Row>('GET', `/v${version}/images/box:1/json`)).body;
    expect(await inspect('1.51')).not.toHaveProperty('ContainerConfig');
    expect((await inspect('1.51'))['Config']).not.toHaveProperty('Hostname');
    expect((await inspect('1.49'))['Config']).toMatchObject({ Hostname: '', AttachStdin: false });
    expect(await inspect('1.44')).toMatchObject({ Container: '', ContainerConfig: { Hostname: '' } });
    expect(await inspect('1.43')).toMatchObject({ VirtualSize: expect.any(Number) as number });
  });

  test.each([
    ['GET', '/images/json?filters={"nope":["x"]}', 400, "invalid filter 'nope'"],
    ['GET', '/images/box:1/json?manifests=1&platform={"os":"linux","architecture":"amd64"}', 400, 'conflicting options: manifests and platform options cannot both be set'],
    ['GET', '/images/box:1/json?platform={"os":"linux"}', 400, 'both OS and Architecture must be provided'],
    ['GET', '/images/nope/history', 404, 'No such image: nope:latest'],
    ['GET', '/images/app:x/get', 404, 'reference does not exist'],
    ['GET', '/images/get?names=box:1&platform={"os":"linux","architecture":"s390x"}', 404, null],
    ['POST', '/images/create?fromImage=scratch&tag=latest', 403, "'scratch' is a reserved name"],
    ['POST', '/images/box:1/tag?repo=sha256&tag=x', 400, 'refusing to create an ambiguous tag using digest algorithm as name'],
    ['POST', '/images/prune?filters={"until":["x"]}', 400, null],
    ['GET', '/images/search?term=x&limit=-1', 400, 'invalid limit specified'],
    ['GET', '/distribution/A/json', 400, null],
    ['DELETE', '/images/nope', 404, 'No such image: nope:latest'],
  ])('%s %s is %d', async (method, path, status, message) => {
    const answer = await engine.api<{ message: string }>(method, `/v1.51${path.replaceAll('"', '%22')}`);
    expect([answer.status, answer.body.message]).toEqual([status, message ?? answer.body.message]);
  });
});
