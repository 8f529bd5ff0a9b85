import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FileEntry, FileList } from '../../contract/engine-api/files.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import { NativeEngine } from './fixture/native-engine.ts';

let engine: NativeEngine;
let docker: DockerCli;
/** Of the machine. */
let folder: string;

beforeAll(async () => {
  engine = await NativeEngine.start();
  docker = new DockerCli(engine.socket);
  const archive = busyboxArchive('bb:latest');
  await docker.text('load', '-qi', archive);
  rmSync(dirname(archive), { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'slipway-files-'));
});

afterEach(async () => {
  const ids = (await docker.text('ps', '-aq')).split('\n').filter((id) => id !== '');
  if (ids.length > 0) await docker.text('rm', '-fv', ...ids);
  await docker.text('volume', 'prune', '-af');
});

afterAll(async () => {
  await engine?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const files = (owner: string, verb: string, query: Record<string, string>) => `/slipway/${owner}/files${verb}?${new URLSearchParams(query).toString()}`;

async function list(owner: string, path: string, more: Record<string, string> = {}): Promise<FileList> {
  const { status, body } = await engine.api<FileList>('GET', files(owner, '', { path, ...more }));
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
}

const names = ({ Entries }: FileList) => Entries.map(({ Name }) => Name);
const change = (method: string, owner: string, verb: string, query: Record<string, string>) => engine.api<{ message?: string }>(method, files(owner, verb, query));

describe.each(['container', 'volume'] as const)('the files of a %s', (kind) => {
  const owner = kind === 'container' ? 'containers/box' : 'volumes/vol';
  const base = kind === 'container' ? '/work' : '';

  beforeAll(async () => {
    await docker.text('run', '--name', 'seed', '-v', 'vol:/v', 'bb', 'true');
    await docker.text('rm', 'seed');
  });

  async function prepare(script: string): Promise<void> {
    const place = kind === 'container' ? '/work' : '/v';
    await docker.text('run', '--name', 'box', '-v', 'vol:/v', 'bb', 'sh', '-c', `mkdir -p ${place}; cd ${place}; ${script}`);
  }

  test('are listed with kind, size, mode, owner, time and where links lead', async () => {
    await prepare('echo hello > file; chown 1000:7 file; chmod 4751 file; touch -d "2024-05-06 07:08:09" file; mkdir sub; touch sub/in; ln -s sub link; ln -s nowhere broken; mkfifo pipe; chmod 1777 sub');
    const listing = await list(owner, base || '/');
    expect(listing).toMatchObject({ Path: base || '/', Total: 5, Offset: 0, Folder: { Kind: 'folder', Uid: 0 } });
    expect(names(listing)).toEqual(['sub', 'broken', 'file', 'link', 'pipe']);
    const entry = (name: string) => listing.Entries.find(({ Name }) => Name === name);
    // A volume has no account file of its own.
    const user = kind === 'container' ? 'sailor' : '';
    expect(entry('file')).toEqual({ Name: 'file', NameIsText: true, Kind: 'file', Size: 6, Mode: 0o4751, Uid: 1000, Gid: 7, User: user, Group: '', Modified: '2024-05-06T07:08:09Z', Target: '', TargetKind: null });
    expect(entry('sub')).toMatchObject({ Kind: 'folder', Size: 0, Mode: 0o1777 });
    expect(entry('link')).toMatchObject({ Kind: 'link', Target: 'sub', TargetKind: 'folder' });
    expect(entry('broken')).toMatchObject({ Kind: 'link', Target: 'nowhere', TargetKind: null });
    expect(entry('pipe')).toMatchObject({ Kind: 'pipe' });
    expect(await list(owner, `${base}/link`)).toMatchObject({ Path: `${base}/sub`, Total: 1 });
    expect((await engine.api<FileEntry>('GET', files(owner, '/stat', { path: `${base}/link` }))).body).toMatchObject({ Name: 'link', Kind: 'link' });
  });

  test('come in pages and orders, and by a part of the name', async () => {
    await prepare('for i in 1 2 3 4 5; do head -c $i /dev/zero > f$i; touch -d "2024-01-0$((6-i)) 00:00:00" f$i; done; mkdir dir; touch Upper');
    expect(names(await list(owner, base || '/', { limit: '3', offset: '2' }))).toEqual(['f1', 'f2', 'f3']);
    expect(names(await list(owner, base || '/', { sort: 'size', descending: '1', limit: '3' }))).toEqual(['dir', 'f5', 'f4']);
    expect(names(await list(owner, base || '/', { sort: 'modified', limit: '2' }))).toEqual(['f5', 'f4']);
    expect(await list(owner, base || '/', { filter: 'uPP' })).toMatchObject({ Total: 1, Entries: [{ Name: 'Upper' }] });
    for (const [name, value] of [['sort', 'colour'], ['limit', '10001'], ['offset', '-1']]) expect((await change('GET', owner, '', { path: '/', [name!]: value! })).status).toBe(400);
  });

  test('are read in pieces', async () => {
    await prepare('echo 0123456789 > digits; mkfifo pipe; ln -s digits link; mkdir dir');
    const piece = async (path: string, query: Record<string, string> = {}) => engine.api<string>('GET', files(owner, '/content', { path: `${base}${path}`, ...query }));
    expect((await piece('/digits')).body).toBe('0123456789\n');
    expect((await piece('/link', { offset: '3', length: '4' })).body).toBe('3456');
    expect((await piece('/digits', { offset: '100' })).body).toBe('');
    const whole = await engine.api<string>('GET', files(owner, '/download', { path: `${base}/link` }));
    expect(whole).toEqual({ status: 200, body: '0123456789\n' });
    expect((await change('GET', owner, '/download', { path: `${base}/dir` })).status).toBe(409);
    // Nobody writes to the FIFO: it must not be waited for.
    expect((await piece('/pipe')).status).toBe(409);
    expect((await piece('/dir')).status).toBe(409);
    expect((await piece('/nope')).status).toBe(404);
    expect((await piece('/digits', { length: '4194305' })).status).toBe(400);
  });

  test('are made, renamed and removed; what is in the way stays', async () => {
    await prepare('mkdir full; touch full/file; touch one two; ln -s full link; mkdir theirs; chown 1000:1000 theirs');
    expect((await change('POST', owner, '/folder', { path: `${base}/theirs/new` })).status).toBe(201);
    expect((await list(owner, `${base}/theirs`)).Entries).toMatchObject([{ Name: 'new', Kind: 'folder', Uid: 1000, Gid: 1000, Mode: 0o755 }]);
    expect(await change('POST', owner, '/folder', { path: `${base}/full` })).toMatchObject({ status: 409, body: { message: expect.stringContaining('has something under that name already') } });
    expect((await change('POST', owner, '/folder', { path: `${base}/nope/x` })).status).toBe(404);
    expect((await change('POST', owner, '/folder', { path: `${base}/one/x` })).status).toBe(400);
    expect((await change('POST', owner, '/rename', { path: `${base}/one`, to: `${base}/two` })).status).toBe(409);
    expect((await change('POST', owner, '/rename', { path: `${base}/one`, to: `${base}/full/three ü` })).status).toBe(204);
    expect((await change('POST', owner, '/rename', { path: `${base}/nope`, to: `${base}/x` })).status).toBe(404);
    expect((await change('POST', owner, '/rename', { path: `${base}/full`, to: `${base}/whole` })).status).toBe(204);
    expect(names(await list(owner, `${base}/whole`))).toEqual(['file', 'three ü']);
    expect(await change('DELETE', owner, '', { path: `${base}/whole` })).toMatchObject({ status: 409, body: { message: expect.stringContaining('is not empty') } });
    expect((await change('DELETE', owner, '', { path: `${base}/whole`, recursive: '1' })).status).toBe(204);
    expect((await change('DELETE', owner, '', { path: `${base}/link` })).status).toBe(204);
    expect(names(await list(owner, base || '/'))).toEqual(['theirs', 'two']);
    expect((await change('DELETE', owner, '', { path: '/', recursive: '1' })).status).toBe(409);
    for (const path of ['relative', '']) expect((await change('DELETE', owner, '', { path })).status).toBe(400);
  });

  test('of nobody', async () => {
    const nobody = owner.replace(/\/.*/, '/nobody');
    expect((await change('GET', nobody, '', { path: '/' })).status).toBe(404);
    expect((await change('DELETE', nobody, '', { path: '/x' })).status).toBe(404);
  });
});

test('a folder of 100,000 entries is listed page by page', async () => {
  // In memory, and a volume that has to be mounted.
  const data = mkdtempSync('/dev/shm/slipway-many-');
  await docker.text('volume', 'create', '--opt', 'type=none', '--opt', 'o=bind', '--opt', `device=${data}`, 'many');
  mkdirSync(join(data, 'many'));
  for (let index = 0; index < 100_000; index += 1) closeSync(openSync(join(data, 'many', String(index).padStart(6, '0')), 'w'));
  utimesSync(join(data, 'many/000777'), 4_000_000_000, 4_000_000_000);
  const page = await list('volumes/many', '/many', { limit: '5', offset: '99998' });
  expect([page.Total, names(page)]).toEqual([100_000, ['099998', '099999']]);
  expect(names(await list('volumes/many', '/many', { limit: '1', sort: 'modified', descending: '1' }))).toEqual(['000777']);
  expect((await change('DELETE', 'volumes/many', '', { path: '/many', recursive: '1' })).status).toBe(204);
  await docker.text('volume', 'rm', 'many');
  rmdirSync(data);
});

test('a folder that holds a mount is not removed, and read-only mounts are not written to', async () => {
  mkdirSync(join(folder, 'bound'), { recursive: true });
  writeFileSync(join(folder, 'bound/precious'), 'x');
  await docker.text('create', '--name', 'box', '-v', `${folder}/bound:/var/lib/app`, '-v', `${folder}/bound:/ro:ro`, 'bb', 'true');
  for (const path of ['/var', '/var/lib', '/var/lib/app']) expect(await change('DELETE', 'containers/box', '', { path, recursive: '1' })).toMatchObject({ status: 409, body: { message: expect.stringContaining('mounted at /var/lib/app') } });
  expect((await change('DELETE', 'containers/box', '', { path: '/ro/precious' })).status).toBe(409);
  expect(readFileSync(join(folder, 'bound/precious'), 'utf8')).toBe('x');
  expect((await change('DELETE', 'containers/box', '', { path: '/var/lib/app/precious' })).status).toBe(204);
  await docker.text('create', '--name', 'locked', '--read-only', 'bb', 'true');
  expect(await change('POST', 'containers/locked', '/folder', { path: '/x' })).toMatchObject({ status: 409, body: { message: 'container rootfs is marked read-only' } });
});

test('a folder of the image cannot be moved, and that is said', async () => {
  await docker.text('create', '--name', 'box', 'bb', 'true');
  expect(await change('POST', 'containers/box', '/rename', { path: '/etc', to: '/etc2' })).toMatchObject({ status: 501, body: { message: expect.stringContaining('comes from the image') } });
  expect((await change('POST', 'containers/box', '/rename', { path: '/etc/passwd', to: '/etc/passwd.old' })).status).toBe(204);
});

test('names that are no text are shown, and hostile ones stay names', async () => {
  const hostile = '<img src=x onerror=alert(1)>';
  await docker.text('run', '--name', 'box', 'bb', 'sh', '-c', `mkdir /w; cd /w; touch "$(printf 'a\\377b')" '${hostile}' "$(printf 'two\\nlines')"`);
  const { Entries } = await list('containers/box', '/w');
  expect(Entries.map(({ Name, NameIsText }) => [Name, NameIsText])).toEqual([[hostile, true], ['a\ufffdb', false], ['two\nlines', true]]);
  expect((await change('DELETE', 'containers/box', '', { path: '/w/two\nlines' })).status).toBe(204);
});

test('links lead nowhere outside', async () => {
  writeFileSync(join(folder, 'secret'), 'of the machine');
  await docker.text('volume', 'create', 'vol');
  const data = (await engine.api<{ Mountpoint: string }>('GET', '/volumes/vol')).body.Mountpoint;
  symlinkSync(folder, join(data, 'absolute'));
  symlinkSync('../../../../../../../../../../../../..' + folder, join(data, 'relative'));
  for (const link of ['absolute', 'relative']) {
    expect((await change('GET', 'volumes/vol', '', { path: `/${link}` })).status).toBe(404);
    expect((await change('GET', 'volumes/vol', '/content', { path: `/${link}/secret` })).status).toBe(404);
    expect((await change('DELETE', 'volumes/vol', '', { path: `/${link}/secret` })).status).toBe(404);
    expect((await change('POST', 'volumes/vol', '/folder', { path: `/${link}/made` })).status).toBe(404);
  }
  expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('of the machine');
});

test('a container that swaps a folder and a link to the root gains nothing', async () => {
  const secret = join(folder, 'swap');
  mkdirSync(secret, { recursive: true });
  writeFileSync(join(secret, 'file'), 'of the machine');
  const swap = `mkdir -p ${secret} /w/real${secret}; echo inside > /w/real${secret}/file; echo ready;
    while true; do mv /w/real /w/real2; ln -s / /w/real; rm /w/real; mv /w/real2 /w/real; echo other > ${secret}/file; echo inside > /w/real${secret}/file; done`;
  await docker.text('run', '-d', '--name', 'box', 'bb', 'sh', '-c', swap);
  await expect.poll(() => docker.text('logs', 'box')).toContain('ready');
  const seen = new Set<string>();
  const path = `/w/real${secret}`;
  for (const end = performance.now() + 3000; performance.now() < end; ) {
    const outgoing = request({ socketPath: engine.socket, path: files('containers/box', '/content', { path: `${path}/file` }) }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    if (response.statusCode === 200) seen.add(text.trim());
    await change('GET', 'containers/box', '', { path });
    await change('POST', 'containers/box', '/rename', { path: `${path}/file`, to: `${path}/moved` });
    await change('DELETE', 'containers/box', '', { path: `${path}/file` });
    await change('DELETE', 'containers/box', '', { path, recursive: '1' });
  }
  // It was read at all, and never the machine's.
  expect(seen.size).toBeGreaterThan(0);
  expect(seen).not.toContain('of the machine');
  expect(readFileSync(join(secret, 'file'), 'utf8')).toBe('of the machine');
});
