import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ContainerInspect, ContainerSummary, HostConfig } from '../../contract/engine-api/container.ts';
import type { Volume, VolumeListResponse } from '../../contract/engine-api/volume.ts';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import type { NativeEngine } from './fixture/native-engine.ts';

let engine: NativeEngine;
let docker: DockerCli;

beforeAll(async () => {
  engine = await startBusyboxEngine();
  docker = new DockerCli(engine.socket);
});

afterEach(async () => {
  const { body } = await engine.api<ContainerSummary[]>('GET', '/containers/json?all=1');
  for (const { Id } of body) await engine.api('DELETE', `/containers/${Id}?force=1&v=1`);
  await engine.api('POST', `/volumes/prune?filters=${encodeURIComponent('{"all":["true"]}')}`);
  const { body: left } = await engine.api<VolumeListResponse>('GET', '/volumes');
  for (const { Name } of left.Volumes) await engine.api('DELETE', `/volumes/${Name}`);
});

afterAll(async () => {
  await engine?.dispose();
});

const mountsBelow = (folder: string) => readFileSync('/proc/self/mountinfo', 'utf8').split('\n').map((line) => line.split(' ')[4] ?? '').filter((target) => target.startsWith(folder));
/** Of networks: not ours. */
const namespaces = () => mountsBelow(join(engine.directory, 'root/exec'));
const dataFolder = () => join(engine.directory, 'root/volumes');
const volumeNames = async () => (await engine.api<VolumeListResponse>('GET', '/volumes')).body.Volumes.map(({ Name }) => Name);

async function create(name: string, hostConfig: HostConfig, command = ['sleep', '1000']): Promise<void> {
  expect(await engine.api('POST', `/containers/create?name=${name}`, { Image: 'bb', Cmd: command, StopSignal: 'SIGKILL', HostConfig: hostConfig })).toMatchObject({ status: 201 });
}

async function run(name: string, hostConfig: HostConfig, command?: string[]): Promise<void> {
  await create(name, hostConfig, command);
  expect(await engine.api('POST', `/containers/${name}/start`)).toEqual({ status: 204, body: '' });
}

test('a volume with options is mounted while a container runs with it', async () => {
  await docker.text('volume', 'create', '--opt', 'type=tmpfs', '--opt', 'device=tmpfs', '--opt', 'o=size=1m,uid=1000', 'tt');
  expect(JSON.parse(await docker.text('volume', 'inspect', 'tt'))).toMatchObject([{ Driver: 'local', Scope: 'local', Options: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m,uid=1000' } }]);
  await run('one', { Binds: ['tt:/v'] });
  await run('two', { Binds: ['tt:/v:ro'] });
  expect(await docker.text('exec', 'one', 'sh', '-c', 'touch /v/shared; grep " /v " /proc/mounts')).toMatch(/^tmpfs \/v tmpfs rw,relatime,size=1024k,uid=1000/);
  expect(await docker.text('exec', 'two', 'ls', '/v')).toBe('shared');
  expect((await docker.run(['exec', 'two', 'touch', '/v/x'])).stderr).toContain('Read-only file system');
  expect(mountsBelow(dataFolder())).toEqual([join(dataFolder(), 'tt/_data')]);
  await docker.text('kill', 'one');
  expect(mountsBelow(dataFolder())).toHaveLength(1);
  const ids = await docker.text('ps', '-aq', '--no-trunc');
  expect((await docker.run(['volume', 'rm', 'tt'])).stderr).toMatch(new RegExp(`remove tt: volume is in use - \\[(${ids.split('\n').join('|')}), `));
  await docker.text('kill', 'two');
  await docker.text('rm', 'one', 'two');
  expect(mountsBelow(dataFolder())).toEqual([]);
});

test('an engine that is killed leaves no mount for long, and hurts nothing that is mounted', async () => {
  const outside = join(engine.directory, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'precious'), 'kept');
  await docker.text('volume', 'create', '--opt', 'type=none', '--opt', `device=${outside}`, '--opt', 'o=bind', 'out');
  await run('kept', { Binds: ['out:/v'] });
  await run('ends', { Binds: ['out:/v'] });
  await engine.kill();
  await engine.start();
  expect(await docker.text('exec', 'kept', 'cat', '/v/precious')).toBe('kept');
  await docker.text('rm', '-f', 'ends');
  expect(mountsBelow(dataFolder())).toHaveLength(1);
  const pid = JSON.parse(await docker.text('inspect', '--format', '{{.State.Pid}}', 'kept')) as number;
  await engine.kill();
  process.kill(pid, 'SIGKILL');
  await engine.start();
  await docker.text('rm', '-f', 'kept');
  expect(mountsBelow(dataFolder())).toEqual([]);
  await docker.text('volume', 'rm', 'out');
  expect(existsSync(join(outside, 'precious'))).toBe(true);
  rmSync(outside, { recursive: true });
});

test('a device that cannot be mounted is said at the start, and nothing stays', async () => {
  await docker.text('volume', 'create', '--opt', 'type=none', '--opt', 'device=/no/such/folder', '--opt', 'o=bind', 'bad');
  await create('aa', { Binds: ['bad:/v'] });
  expect(await engine.api('POST', '/containers/aa/start')).toEqual({
    status: 400,
    body: { message: expect.stringMatching(/^error while mounting volume '.*bad\/_data': failed to mount local volume: mount \/no\/such\/folder:.*data: bind: no such file or directory$/) as string },
  });
  expect(mountsBelow(join(engine.directory, 'root'))).toEqual(namespaces());
});

test.each([
  [{ foo: 'x' }, 'create vv: invalid option: "foo"'],
  [{ type: 'tmpfs' }, 'create vv: missing required option: "device"'],
  [{ device: 'tmpfs' }, 'create vv: missing required option: "type"'],
  [{ o: 'size=1' }, 'create vv: missing required option: "device"'],
  [{ size: '10m' }, 'create vv: quota size requested but no quota support'],
])('options %j are refused', async (DriverOpts, message) => {
  expect(await engine.api('POST', '/volumes/create', { Name: 'vv', DriverOpts })).toEqual({ status: 400, body: { message } });
});

test('prune: anonymous ones alone, all on demand, by label, and the bytes', async () => {
  await docker.text('volume', 'create', '--label', 'keep=yes', 'named');
  await run('fill', { Binds: ['named:/v'] }, ['sh', '-c', 'head -c 12345 /dev/zero > /v/a; ln /v/a /v/b']);
  await engine.api('POST', '/containers/fill/wait');
  await docker.text('rm', 'fill');
  await engine.api('POST', '/volumes/create', {});
  const { body: df } = await engine.api<{ Volumes: Volume[] }>('GET', '/system/df?type=volume');
  expect(df.Volumes.find(({ Name }) => Name === 'named')!.UsageData).toEqual({ Size: 12345, RefCount: 0 });
  const first = await engine.api<{ VolumesDeleted: string[]; SpaceReclaimed: number }>('POST', '/v1.42/volumes/prune');
  expect(first.body).toEqual({ VolumesDeleted: [expect.stringMatching(/^[0-9a-f]{64}$/)], SpaceReclaimed: 0 });
  const prune = (filters: object, version = '1.51') => engine.api('POST', `/v${version}/volumes/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`);
  expect((await prune({ all: ['true'], 'label!': ['keep'] })).body).toEqual({ VolumesDeleted: [], SpaceReclaimed: 0 });
  expect(await prune({ foo: ['x'] })).toEqual({ status: 400, body: { message: "invalid filter 'foo'" } });
  // An old client means all.
  expect((await prune({ label: ['keep=yes'] }, '1.41')).body).toEqual({ VolumesDeleted: ['named'], SpaceReclaimed: 12345 });
  expect(await volumeNames()).toEqual([]);
});

test('a part of a volume, and no way out of it', async () => {
  await run('fill', { Binds: ['vv:/v'] }, ['sh', '-c', 'mkdir -p /v/a/b; echo deep > /v/a/b/file; ln -s /etc /v/up; ln -s ../../../../.. /v/out']);
  await engine.api('POST', '/containers/fill/wait');
  const part = (subpath: string): HostConfig => ({ Mounts: [{ Type: 'volume', Source: 'vv', Target: '/p', VolumeOptions: { Subpath: subpath } }] });
  await run('part', part('a/b'));
  expect(await docker.text('exec', 'part', 'cat', '/p/file')).toBe('deep');
  await run('file', part('a/b/file'));
  expect(await docker.text('exec', 'file', 'cat', '/p')).toBe('deep');
  await docker.text('restart', 'part');
  expect(await docker.text('exec', 'part', 'cat', '/p/file')).toBe('deep');
  for (const subpath of ['up', 'out', 'missing']) {
    await create(subpath, part(subpath));
    expect(await engine.api('POST', `/containers/${subpath}/start`)).toMatchObject({ status: 400, body: { message: expect.stringMatching(/cannot access path .*\/vv\/_data\//) as string } });
  }
  await docker.text('rm', '-f', 'part', 'file');
  expect(mountsBelow(join(engine.directory, 'root'))).toEqual(namespaces());
});

test('an image as a mount: read-only, and in use', async () => {
  await docker.text('tag', 'bb', 'tools:1');
  const { body: created } = await engine.api<{ Id: string }>('POST', '/containers/create?name=aa', {
    Image: 'bb',
    Cmd: ['sleep', '1000'],
    StopSignal: 'SIGKILL',
    HostConfig: { Mounts: [{ Type: 'image', Source: 'tools:1', Target: '/tools' }, { Type: 'image', Source: 'tools:1', Target: '/data2', ImageOptions: { Subpath: 'data' } }] },
  });
  await docker.text('start', 'aa');
  expect(await docker.text('exec', 'aa', 'sh', '-c', '/tools/bin/busybox echo runs; ls /data2; touch /tools/x 2>&1 || true')).toBe('runs\nfrom-image\ntouch: /tools/x: Read-only file system');
  expect((await engine.api<ContainerInspect>('GET', '/containers/aa/json')).body.Mounts[0]).toMatchObject({ Type: 'image', Name: 'tools:1', Destination: '/tools', RW: false });
  await docker.text('restart', 'aa');
  expect(await docker.text('exec', 'aa', 'ls', '/data2')).toBe('from-image');
  await engine.kill();
  await engine.start();
  expect(await docker.text('exec', 'aa', 'ls', '/data2')).toBe('from-image');
  await docker.text('rm', '-f', created.Id);
  expect(mountsBelow(join(engine.directory, 'root'))).toEqual(namespaces());
  // Not 404: to the CLI that means that the container's own image has to be pulled.
  expect(await engine.api('POST', '/containers/create', { Image: 'bb', HostConfig: { Mounts: [{ Type: 'image', Source: 'nope', Target: '/x' }] } })).toMatchObject({ status: 400 });
  await docker.text('rmi', 'tools:1');
});

test('read-only is read-only all the way down, unless it is not to be', async () => {
  const bind = (options: object): HostConfig => ({ Mounts: [{ Type: 'bind', Source: '/dev', Target: '/d', ReadOnly: true, BindOptions: options }] });
  await run('deep', bind({}));
  expect((await docker.run(['exec', 'deep', 'touch', '/d/shm/slipway-test'])).stderr).toContain('Read-only file system');
  await run('flat', bind({ ReadOnlyNonRecursive: true }));
  expect((await docker.run(['exec', 'flat', 'sh', '-c', 'touch /d/shm/slipway-test && rm /d/shm/slipway-test'])).code).toBe(0);
});

test('volumes of an earlier build are taken over, and so are their containers', async () => {
  await run('keeper', { Binds: ['former:/v'] }, ['sh', '-c', 'echo kept >> /v/file; exec sleep 1000']);
  const { body: container } = await engine.api<ContainerInspect>('GET', '/containers/keeper/json');
  await engine.kill();
  const root = join(engine.directory, 'root');
  mkdirSync(join(root, 'volumes/data'));
  renameSync(join(root, 'volumes/former'), join(root, 'volumes/data/former'));
  renameSync(join(root, 'volume-records'), join(root, 'volumes/records'));
  const record = join(root, 'containers', `${container.Id}.json`);
  writeFileSync(record, readFileSync(record, 'utf8').replaceAll('volumes/former/_data', 'volumes/data/former/_data'));
  await engine.start();
  expect(await docker.text('exec', 'keeper', 'cat', '/v/file')).toBe('kept');
  await docker.text('restart', 'keeper');
  expect(await docker.text('exec', 'keeper', 'cat', '/v/file')).toBe('kept\nkept');
  expect(await docker.text('inspect', '--format', '{{(index .Mounts 0).Source}}', 'keeper')).toBe(join(root, 'volumes/former/_data'));
  expect(engine.log).toContain('took over 1 volumes of an earlier build');
});
