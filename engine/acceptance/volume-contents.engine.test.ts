import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { VolumeUsage } from '../../contract/engine-api/files.ts';
import type { Volume } from '../../contract/engine-api/volume.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import { NativeEngine } from './fixture/native-engine.ts';

let engine: NativeEngine;
let docker: DockerCli;

beforeAll(async () => {
  engine = await NativeEngine.start();
  docker = new DockerCli(engine.socket);
  const archive = busyboxArchive('bb:latest');
  await docker.text('load', '-qi', archive);
  rmSync(dirname(archive), { recursive: true });
});

afterEach(async () => {
  const ids = (await docker.text('ps', '-aq')).split('\n').filter((id) => id !== '');
  if (ids.length > 0) await docker.text('rm', '-fv', ...ids);
  const volumes = (await docker.text('volume', 'ls', '-q')).split('\n').filter((name) => name !== '');
  if (volumes.length > 0) await docker.text('volume', 'rm', ...volumes);
  expect(readdirSync(dataFolder())).toEqual([]);
});

afterAll(async () => {
  await engine?.dispose();
});

const dataFolder = () => join(engine.directory, 'root/volumes');

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  bytes: Buffer;
}

async function call(method: string, path: string, body?: Buffer): Promise<Answer> {
  const outgoing = request({ socketPath: engine.socket, method, path, headers: body === undefined ? {} : { 'Content-Length': body.length } });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) };
}

/** Sends the first part of a backup and then says nothing more. */
function beginRestore(part: Buffer, length: number): Socket {
  const socket = connect(engine.socket);
  socket.on('error', () => undefined);
  socket.write(`POST /slipway/volumes/restore?name=again HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`);
  socket.write(part);
  return socket;
}

const bodyOf = <T>({ bytes }: Answer) => JSON.parse(bytes.toString()) as T;
const messageIn = (answer: Answer) => bodyOf<{ message: string }>(answer).message;

/** Fills a volume from inside a container. */
async function fill(volume: string, script: string): Promise<void> {
  await docker.text('run', '--rm', '-v', `${volume}:/v`, 'bb', 'sh', '-c', `cd /v; ${script}`);
}

/** Everything that a backup should keep, one line for each file. */
const inventory = (volume: string) =>
  docker.text('run', '--rm', '-v', `${volume}:/v`, 'bb', 'sh', '-c', 'cd /v; find . -exec stat -c "%n %F %a %u %g %Y %h" {} + | sort; find . -type f | sort | xargs md5sum; readlink link; stat -c "%t %T" node');

const everything = `mkdir -p deep/er; head -c 3000000 /dev/urandom > big; echo x > deep/er/file; chown -R 1000:1001 deep; chmod 4751 deep/er/file; ln deep/er/file hard; ln -s deep/er/file link; mknod node c 1 3; mkfifo pipe;
  touch -d "2020-02-03 04:05:06" big deep; touch "$(printf 'b\\377d')"; chown 12:34 .; chmod 2770 .; touch -d "2021-01-01 00:00:00" .`;

test('files go into a volume and come out as a tar', async () => {
  await docker.text('volume', 'create', 'vol');
  const tar = execFileSync('tar', ['-cf', '-', '--owner=5', '--group=6', '-C', '/etc', 'hostname']);
  expect((await call('PUT', '/slipway/volumes/vol/archive?path=/', tar)).status).toBe(200);
  expect((await call('PUT', '/slipway/volumes/vol/archive?path=/', gzipSync(tar))).status).toBe(200);
  const out = await call('GET', '/slipway/volumes/vol/archive?path=/hostname');
  expect(execFileSync('tar', ['-tvf', '-', '--numeric-owner'], { input: out.bytes, encoding: 'utf8' })).toMatch(/ 5\/6 .* hostname$/m);
  expect(JSON.parse(Buffer.from(out.headers['x-docker-container-path-stat'] as string, 'base64').toString())).toMatchObject({ name: 'hostname' });
  expect(execFileSync('tar', ['-tf', '-'], { input: (await call('GET', '/slipway/volumes/vol/archive?path=/.')).bytes, encoding: 'utf8' })).toBe('./\n./hostname\n');
  expect((await call('GET', '/slipway/volumes/vol/archive?path=/nope')).status).toBe(404);
  expect((await call('PUT', '/slipway/volumes/vol/archive?path=/nope', tar)).status).toBe(404);
  expect((await call('PUT', '/slipway/volumes/vol/archive?path=/', Buffer.from('no tar'))).status).toBe(400);
  for (const verb of ['archive', 'usage', 'backup']) expect((await call('GET', `/slipway/volumes/nope/${verb}`)).status).toBe(404);
});

test('usage tells what is there and who uses it', async () => {
  await docker.text('run', '-d', '--name', 'runs', '-v', 'vol:/data', 'bb', 'sleep', '1000');
  await docker.text('create', '--name', 'waits', '-v', 'vol:/r:ro', '-v', 'vol:/w', 'bb', 'true');
  await docker.text('exec', 'runs', 'sh', '-c', 'cd /data; rm -f *; mkdir d; head -c 1000 /dev/zero > d/a; ln d/a b; ln -s b c');
  const usage = bodyOf<VolumeUsage>(await call('GET', '/slipway/volumes/vol/usage'));
  // A link is as long as what it says.
  expect(usage).toMatchObject({ Size: 1001, Files: 3, Folders: 1 });
  expect(usage.Users.sort((a, b) => (a.Name < b.Name ? -1 : 1))).toMatchObject([
    { Name: 'runs', Running: true, Mounts: [{ Destination: '/data', ReadOnly: false }] },
    { Name: 'waits', Running: false, Mounts: [{ Destination: '/r', ReadOnly: true }, { Destination: '/w', ReadOnly: false }] },
  ]);
});

test('a volume is emptied when nothing runs with it', async () => {
  await docker.text('run', '-d', '--name', 'runs', '-v', 'vol:/data', 'bb', 'sleep', '1000');
  expect(messageIn(await call('POST', '/slipway/volumes/vol/empty'))).toBe('empty vol: runs runs with it: stop it first');
  expect(await docker.text('exec', 'runs', 'ls', '/data')).toBe('from-image');
  await docker.text('kill', 'runs');
  expect(bodyOf(await call('POST', '/slipway/volumes/vol/empty'))).toEqual({ Size: 15, Files: 1, Folders: 0 });
  expect(await docker.text('run', '--rm', '-v', 'vol:/v', 'bb', 'ls', '-A', '/v')).toBe('');
});

test.each(['zstd', 'gzip', 'none'])('a backup (%s) comes back the same, attributes of the volume included', async (compression) => {
  await docker.text('volume', 'create', '--label', 'purpose=test', '--label', 'umlaut=ü', 'vol');
  await fill('vol', everything);
  const before = await inventory('vol');
  const backup = await call('GET', `/slipway/volumes/vol/backup?compression=${compression}`);
  expect([backup.status, backup.headers['content-disposition']]).toEqual([200, expect.stringMatching(/^attachment; filename="vol-\d{4}-\d\d-\d\dT\d{6}\.tar(\.zst|\.gz)?"$/)]);
  const restored = await call('POST', '/slipway/volumes/restore?name=again', backup.bytes);
  expect(restored.status).toBe(201);
  expect(bodyOf<{ Volume: Volume }>(restored)).toMatchObject({ Volume: { Name: 'again', Labels: { purpose: 'test', umlaut: 'ü' } }, Origin: { Name: 'vol', Options: {} } });
  expect(await inventory('again')).toBe(before);
  // Everyone's own tar can read it.
  if (compression !== 'zstd') expect(execFileSync('tar', [compression === 'gzip' ? '-tzf' : '-tf', '-'], { input: backup.bytes, encoding: 'utf8' })).toMatch(/^\.slipway\/volume\.json\ndata\/\n[^]*\n\.slipway\/checksum\n$/);
  expect(messageIn(await call('POST', '/slipway/volumes/restore', backup.bytes))).toContain('there is a volume of that name');
  expect(await inventory('vol')).toBe(before);
});

test('a backup that is damaged, cut or none makes no volume', async () => {
  await docker.text('volume', 'create', 'vol');
  await fill('vol', everything);
  const { bytes } = await call('GET', '/slipway/volumes/vol/backup?compression=none');
  const restore = (body: Buffer) => call('POST', '/slipway/volumes/restore?name=again', body);
  const flipped = Buffer.from(bytes);
  flipped[Math.floor(bytes.length / 2)]! ^= 1;
  const answers = [
    await restore(flipped),
    await restore(bytes.subarray(0, bytes.length - 2048)),
    await restore(bytes.subarray(0, 5000)),
    await restore(zstdCompressSync(bytes).subarray(0, 100_000)),
    await restore(Buffer.from('nothing of the kind')),
    await restore(Buffer.alloc(0)),
    await restore(execFileSync('tar', ['-cf', '-', '-C', '/etc', 'hostname'])),
    await call('POST', '/slipway/volumes/restore?name=no%2Fname', bytes),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 400));
  expect(messageIn(answers[0]!)).toContain('its checksum does not fit');
  expect(messageIn(answers[1]!)).toContain('was cut');
  expect(await docker.text('volume', 'ls', '-q')).toBe('vol');
  expect(readdirSync(dataFolder())).toEqual(['vol']);
  expect((await call('GET', '/slipway/volumes/vol/backup?compression=rar')).status).toBe(400);
});

test('a client that gives up half-way leaves nothing, and a volume that is read from stays', async () => {
  await docker.text('volume', 'create', 'vol');
  await fill('vol', 'head -c 30000000 /dev/urandom > big');
  const reading = request({ socketPath: engine.socket, path: '/slipway/volumes/vol/backup?compression=none' }).end();
  const [response] = (await once(reading, 'response')) as [IncomingMessage];
  await once(response, 'readable');
  expect((await docker.run(['volume', 'rm', 'vol'])).stderr).toContain('it is being backed up');
  response.on('error', () => undefined);
  response.destroy();
  const { bytes } = await call('GET', '/slipway/volumes/vol/backup?compression=none');
  const sending = beginRestore(bytes.subarray(0, 20_000_000), bytes.length);
  await expect.poll(() => readdirSync(dataFolder()).length).toBe(2);
  sending.destroy();
  await expect.poll(() => readdirSync(dataFolder())).toEqual(['vol']);
  await expect.poll(async () => (await docker.run(['volume', 'rm', 'vol'])).code).toBe(0);
});

test('an engine that is killed in a restore removes what it began, and finishes what was whole', async () => {
  await docker.text('volume', 'create', 'vol');
  await fill('vol', 'head -c 10000000 /dev/urandom > big');
  const { bytes } = await call('GET', '/slipway/volumes/vol/backup');
  expect(zstdDecompressSync(bytes).length).toBeGreaterThan(10_000_000);
  beginRestore(bytes.subarray(0, bytes.length - 1000), bytes.length);
  await expect.poll(() => readdirSync(dataFolder()).length).toBe(2);
  await engine.kill();
  // As it is left by one that was killed between the last file and the record.
  execFileSync('cp', ['-a', join(dataFolder(), 'vol'), join(dataFolder(), 'whole')]);
  writeFileSync(join(dataFolder(), 'whole/restored.json'), JSON.stringify({ name: 'whole', created: '2026-01-01T00:00:00Z', labels: { a: 'b' }, options: {}, anonymous: false }));
  await engine.start();
  expect(readdirSync(dataFolder()).sort()).toEqual(['vol', 'whole']);
  expect(await docker.text('volume', 'inspect', '-f', '{{.Labels.a}}', 'whole')).toBe('b');
  expect(readdirSync(join(dataFolder(), 'whole'))).toEqual(['_data']);
});
