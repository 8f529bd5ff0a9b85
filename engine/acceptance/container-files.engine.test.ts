import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { BodyDecoder } from '../lib/body-decoder.ts';
import type { TarHeader } from '../lib/tar/tar-header.ts';
import { encodeTarEntry, tarEnd, tarPadding } from '../lib/tar/tar-writer.ts';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import type { NativeEngine } from './fixture/native-engine.ts';

let engine: NativeEngine;
let docker: DockerCli;
/** Of the machine, for what comes out and goes in. */
let folder: string;

beforeAll(async () => {
  engine = await startBusyboxEngine();
  docker = new DockerCli(engine.socket);
  folder = mkdtempSync(join(tmpdir(), 'slipway-files-'));
});

afterEach(async () => {
  const ids = (await docker.text('ps', '-aq')).split('\n').filter((id) => id !== '');
  if (ids.length > 0) await docker.text('rm', '-fv', ...ids);
});

afterAll(async () => {
  await engine?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  bytes: Buffer;
}

async function call(method: string, path: string, body?: Buffer): Promise<Answer> {
  const outgoing = request({ socketPath: engine.socket, method, path, headers: body === undefined ? {} : { 'Content-Type': 'application/x-tar', 'Content-Length': body.length } });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) };
}

const archiveOf = (name: string, path: string, more = '') => `/containers/${name}/archive?path=${encodeURIComponent(path)}${more}`;

function messageIn({ bytes }: Answer): string {
  return (JSON.parse(bytes.toString()) as { message: string }).message;
}

/** Names as GNU tar lists them, in order. */
function namesIn(bytes: Buffer): string[] {
  return execFileSync('tar', ['-tf', '-'], { input: bytes, encoding: 'utf8' }).trim().split('\n');
}

function tarOf(...entries: (Partial<TarHeader> & { name: string; content?: string })[]): Buffer {
  const parts = entries.flatMap(({ content = '', ...header }) => {
    const whole: TarHeader = {
      type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 1_700_000_000, mtimeNanoseconds: 0, linkName: '', userName: '', groupName: '',
      deviceMajor: 0, deviceMinor: 0, xattrs: {}, size: content.length, ...header,
    };
    return [encodeTarEntry(whole), Buffer.from(content), tarPadding(content.length)];
  });
  return Buffer.concat([...parts, tarEnd()]);
}

describe('docker cp', () => {
  test('a folder goes in and comes back the same, on containers that are new, running and stopped', async () => {
    const source = join(folder, 'source');
    mkdirSync(join(source, 'deep/er'), { recursive: true });
    writeFileSync(join(source, 'big'), Buffer.alloc(3_000_000, 'x'));
    writeFileSync(join(source, `${'long'.repeat(40)}`), 'long name');
    writeFileSync(join(source, 'deep/er/file'), 'deep');
    chmodSync(join(source, 'deep/er/file'), 0o4751);
    linkSync(join(source, 'deep/er/file'), join(source, 'hard'));
    symlinkSync('deep/er/file', join(source, 'soft'));
    utimesSync(join(source, 'big'), 1_234_567_890.125, 1_234_567_890.125);
    const listing = (path: string) => execFileSync('find', ['.', '-printf', '%p %y %m %s %n %Ts %l\n'], { cwd: path, encoding: 'utf8' }).split('\n').sort().filter((line) => !line.startsWith('. '));

    await docker.text('create', '--name', 'box', 'bb', 'sleep', '1000');
    for (const state of ['created', 'running', 'exited']) {
      if (state === 'running') await docker.text('start', 'box');
      if (state === 'exited') await docker.text('kill', 'box');
      await docker.text('cp', source, `box:/${state}`);
      const back = join(folder, state);
      await docker.text('cp', `box:/${state}`, back);
      // The CLI keeps seconds, and sizes of folders are the file system's.
      const withoutFolderSizes = (lines: string[]) => lines.map((line) => line.replace(/^(\S+ d \d+) \d+ \d+/, '$1'));
      expect(withoutFolderSizes(listing(back))).toEqual(withoutFolderSizes(listing(source)));
    }
    expect(await docker.text('diff', 'box')).toContain('A /running/deep/er/file');
  });

  test('a large file comes out whole on a connection that is kept, behind another answer, and without chunks; a client may leave in the middle', async () => {
    const content = randomBytes(6_000_000);
    writeFileSync(join(folder, 'large'), content);
    const id = await docker.text('create', '--name', 'box', 'bb', 'true');
    await docker.text('cp', join(folder, 'large'), 'box:/data/large');
    const head = (more: string, version = '1.1') => `GET ${archiveOf('box', '/data/large')} HTTP/${version}\r\nHost: x\r\n${more}\r\n`;
    const whole = (await call('GET', archiveOf('box', '/data/large'))).bytes;
    expect(whole.subarray(512, 512 + content.length).equals(content)).toBe(true);
    // Three on one connection, of which the later ones wait for those before.
    const client = connect(engine.socket);
    client.write(head('') + head('') + head('Connection: close\r\n'));
    const answers: boolean[] = [];
    for (let rest = await buffer(client); rest.length > 0; ) {
      const end = rest.indexOf('\r\n0\r\n\r\n') + 7;
      const decoder = new BodyDecoder(null);
      const body = Buffer.concat([...decoder.push(rest.subarray(rest.indexOf('\r\n\r\n') + 4, end))]);
      answers.push(decoder.ended && body.equals(whole));
      rest = rest.subarray(end);
    }
    expect(answers).toEqual([true, true, true]);

    const old = connect(engine.socket);
    old.write(head('', '1.0'));
    const bytes = await buffer(old);
    expect(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4).equals(whole)).toBe(true);

    const leaving = connect(engine.socket);
    leaving.write(head(''));
    await once(leaving, 'data');
    leaving.destroy();
    // Nobody holds its files any more.
    await expect.poll(() => readFileSync(`/proc/${engine.pid}/mountinfo`, 'utf8').includes(id), { timeout: 20_000 }).toBe(false);
  });

  test('volumes and binds are seen through, also before the first start; tmpfs is not', async () => {
    const bound = join(folder, 'bound');
    mkdirSync(bound);
    writeFileSync(join(bound, 'outside'), 'bound');
    await docker.text('create', '--name', 'box', '-v', '/data', '-v', `${bound}:/var/b`, '--tmpfs', '/t', 'bb', 'sleep', '1000');
    expect(namesIn((await call('GET', archiveOf('box', '/data'))).bytes)).toEqual(['data/', 'data/from-image']);
    expect(namesIn((await call('GET', archiveOf('box', '/var/b/.'))).bytes)).toEqual(['./', './outside']);
    expect((await call('PUT', archiveOf('box', '/data'), tarOf({ name: 'new', content: 'put' }))).status).toBe(200);
    expect((await call('PUT', archiveOf('box', '/var/b'), tarOf({ name: 'new', content: 'put' }))).status).toBe(200);
    expect(readFileSync(join(bound, 'new'), 'utf8')).toBe('put');
    await docker.text('start', 'box');
    expect(await docker.text('exec', 'box', 'cat', '/data/new', '/var/b/new')).toBe('putput');
  });

  test('what is there is replaced, unless kinds are to be kept; owners are the archive\'s or the container\'s user\'s', async () => {
    await docker.text('create', '--name', 'box', '--user', 'sailor', 'bb', 'true');
    const put = (more: string, ...entries: Parameters<typeof tarOf>) => call('PUT', archiveOf('box', '/tmp', more), tarOf(...entries));
    expect((await put('', { name: 'x', content: 'file', uid: 7, gid: 8, mtimeNanoseconds: 123_456_789 })).status).toBe(200);
    const kept = await put('&noOverwriteDirNonDir=1', { name: 'x', type: 'directory', mode: 0o755 });
    expect([kept.status, messageIn(kept)]).toEqual([400, 'cannot overwrite non-directory "/tmp/x" with directory "/tmp"']);
    const listed = (await call('GET', archiveOf('box', '/tmp/x'))).bytes;
    expect(execFileSync('tar', ['-tvf', '-', '--full-time', '--numeric-owner'], { input: listed, encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } })).toMatch(/^-rw-r--r-- 7\/8 +4 2023-11-14 22:13:20\.123456789 x$/m);
    expect((await put('&copyUIDGID=1', { name: 'x/', type: 'directory', mode: 0o755, uid: 7 }, { name: 'x/y', content: 'y', uid: 7 })).status).toBe(200);
    expect(execFileSync('tar', ['-tvf', '-', '--numeric-owner'], { input: (await call('GET', archiveOf('box', '/tmp/x'))).bytes, encoding: 'utf8' })).toMatch(/ 1000\/1000 .* x\/\n.* 1000\/1000 .* x\/y/);
    expect((await put('', { name: 'x', content: 'file again' })).status).toBe(200);
    expect(namesIn((await call('GET', archiveOf('box', '/tmp/x'))).bytes)).toEqual(['x']);
  });

  test('compressed archives; those that are none, or are cut', async () => {
    await docker.text('create', '--name', 'box', 'bb', 'true');
    const archive = tarOf({ name: 'zipped', content: 'z'.repeat(100_000) });
    expect((await call('PUT', archiveOf('box', '/tmp'), gzipSync(archive))).status).toBe(200);
    expect(namesIn((await call('GET', archiveOf('box', '/tmp'))).bytes)).toEqual(['tmp/', 'tmp/zipped']);
    for (const bad of [Buffer.from('no archive at all'), archive.subarray(0, 50_000), gzipSync(archive).subarray(0, 100), Buffer.alloc(1024, 7)]) {
      expect((await call('PUT', archiveOf('box', '/tmp'), bad)).status).toBe(500);
    }
    expect((await call('HEAD', archiveOf('box', '/tmp'))).status).toBe(200);
  });

  test('refusals', async () => {
    await docker.text('create', '--name', 'box', '--read-only', '-v', '/rw', '-v', `${folder}:/ro:ro`, 'bb', 'true');
    const body = tarOf({ name: 'x', content: 'x' });
    const answers = await Promise.all(['/', '/rw', '/ro', '/nope', '/etc/passwd', '/etc/passwd/', ''].map((path) => call('PUT', archiveOf('box', path), body)));
    expect(answers.map(({ status }) => status)).toEqual([400, 200, 400, 404, 400, 400, 400]);
    expect(messageIn(answers[0]!)).toBe('container rootfs is marked read-only');
    expect(messageIn(answers[2]!)).toBe('mounted volume is marked read-only');
    expect(messageIn(answers[3]!)).toBe('Could not find the file /nope in container box');
    expect(messageIn(answers[4]!)).toBe('extraction point is not a directory');
    expect(existsSync(join(folder, 'x'))).toBe(false);
    for (const method of ['GET', 'HEAD']) expect((await call(method, archiveOf('box', '/etc/passwd/x'))).status).toBe(500);
    for (const method of ['GET', 'HEAD', 'PUT']) expect((await call(method, archiveOf('zz', '/'), method === 'PUT' ? body : undefined)).status).toBe(404);
    const stat = (await call('HEAD', archiveOf('box', '/bin/ls'))).headers['x-docker-container-path-stat'] as string;
    expect(JSON.parse(Buffer.from(stat, 'base64').toString())).toMatchObject({ name: 'ls', size: 7, mode: 2 ** 27 + 0o777, linkTarget: '/bin/busybox' });
  });

  test('a container that starts, ends and is removed while its files are read', async () => {
    await docker.text('create', '--name', 'box', 'bb', 'sh', '-c', 'echo written > /written');
    await call('PUT', archiveOf('box', '/'), tarOf({ name: 'large', content: 'x'.repeat(20_000_000) }));
    const outgoing = request({ socketPath: engine.socket, path: archiveOf('box', '/') });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect((await docker.run(['start', '-a', 'box'])).code).toBe(0);
    expect(namesIn((await call('GET', archiveOf('box', '/written'))).bytes)).toEqual(['written']);
    await docker.text('rm', 'box');
    response.destroy();
    await expect.poll(() => readFileSync('/proc/self/mountinfo', 'utf8').includes(join(engine.directory, 'root/containers'))).toBe(false);
    expect(readdirSync(join(engine.directory, 'root/containers')).filter((name) => /^[0-9a-f]{64}$/.test(name))).toEqual([]);
  });
});

/** A PUT in chunks, one for each piece. Answers as soon as the engine does, whether all is sent or not. */
async function upload(path: string, pieces: Iterable<Buffer>, headers: Record<string, string> = {}): Promise<Answer> {
  const outgoing = request({ socketPath: engine.socket, method: 'PUT', path, headers: { 'Content-Type': 'application/x-tar', ...headers } });
  outgoing.on('error', () => undefined);
  const answered = once(outgoing, 'response');
  if (headers['Expect'] !== undefined) await once(outgoing, 'continue');
  for (const piece of pieces) outgoing.write(piece);
  outgoing.end();
  const [response] = (await answered) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) };
}

function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let offset = 0, turn = 0; offset < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

describe('an upload', () => {
  const content = Array.from({ length: 60_000 }, (_, index) => `line ${index}\n`).join('');
  const archive = tarOf({ name: 'folder/', type: 'directory', mode: 0o755 }, { name: 'folder/text', content }, { name: 'folder/empty' });
  const textIn = async (path: string) => execFileSync('tar', ['-xOf', '-'], { input: (await call('GET', archiveOf('box', path))).bytes, maxBuffer: 10_000_000 }).toString();

  test.each([
    ['in chunks of any size', archive, [1, 2, 511, 512, 513, 3, 70_000], {}],
    ['in one chunk', archive, [archive.length], {}],
    ['compressed', gzipSync(archive), [2, 1, 1000], {}],
    ['of somebody who asks first', archive, [100_000], { Expect: '100-continue' }],
  ] as const)('%s', async (_what, bytes, sizes, headers) => {
    await docker.text('create', '--name', 'box', 'bb');
    expect((await upload(archiveOf('box', '/tmp'), cut(bytes, sizes), headers)).status).toBe(200);
    expect(await textIn('/tmp/folder/text')).toBe(content);
    expect(namesIn((await call('GET', archiveOf('box', '/tmp/folder'))).bytes)).toEqual(['folder/', 'folder/empty', 'folder/text']);
  });

  test('that cannot be is refused while it still comes, and one that ends in the middle hurts nobody', async () => {
    await docker.text('create', '--name', 'box', 'bb');
    const large = tarOf({ name: '../out', content: 'x' }, { name: 'large', content: 'y'.repeat(8_000_000) });
    for (const [path, status] of [[archiveOf('box', '/tmp'), 400], [archiveOf('box', '/nope'), 404], [archiveOf('zz', '/'), 404]] as const) {
      expect((await upload(path, cut(large, [64 * 1024]))).status).toBe(status);
    }
    for (const [head, part] of [['Transfer-Encoding: chunked', `${archive.length.toString(16)}\r\n`], [`Content-Length: ${archive.length}`, '']] as const) {
      const socket = connect(engine.socket);
      socket.write(Buffer.concat([Buffer.from(`PUT ${archiveOf('box', '/tmp')} HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n${part}`), archive.subarray(0, 100_000)]));
      // It has come as far as that.
      await vi.waitFor(async () => expect((await call('HEAD', archiveOf('box', '/tmp/folder/text'))).status).toBe(200), { timeout: 20_000 });
      socket.destroy();
      expect((await call('PUT', archiveOf('box', '/tmp'), tarOf({ name: 'folder/text', content: 'afterwards' }))).status).toBe(200);
      expect(await textIn('/tmp/folder/text')).toBe('afterwards');
      await docker.text('rm', '-f', 'box');
      await docker.text('create', '--name', 'box', 'bb');
    }
    const broken = await new Promise<string>((resolve) => {
      const socket = connect(engine.socket);
      let said = '';
      socket.on('data', (chunk: Buffer) => (said += chunk.toString())).on('close', () => resolve(said));
      socket.end(`PUT ${archiveOf('box', '/tmp')} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n`);
    });
    expect(broken).toMatch(/^HTTP\/1.1 500 [^]*malformed chunked encoding/);
  });
});

describe('an archive from an enemy', () => {
  /** A file beside the engine's folders, and one below them, that nobody may touch. */
  const corpus: [string, Parameters<typeof tarOf>][] = [
    ['climbs out', [{ name: '../../../../../../../../VICTIM', content: 'owned' }]],
    ['climbs out in the middle', [{ name: 'a/../../../../../../../../VICTIM', content: 'owned' }]],
    ['is absolute', [{ name: '/VICTIM', content: 'owned' }]],
    ['goes through a link to the root', [{ name: 'l', type: 'symlink', linkName: '/' }, { name: 'l/VICTIM', content: 'owned' }]],
    ['goes through a link upwards', [{ name: 'l', type: 'symlink', linkName: '../../../../../../../..' }, { name: 'l/VICTIM', content: 'owned' }]],
    ['goes through a link to a process', [{ name: 'l', type: 'symlink', linkName: '/proc/self/root' }, { name: 'l/VICTIM', content: 'owned' }]],
    ['replaces a folder by a link', [{ name: 'd/', type: 'directory', mode: 0o755 }, { name: 'd', type: 'symlink', linkName: '/' }, { name: 'd/VICTIM', content: 'owned' }]],
    ['links hard to the outside', [{ name: 'h', type: 'hardlink', linkName: '../../../../../../../../VICTIM' }, { name: 'h', content: 'owned' }]],
    ['links hard to an absolute name', [{ name: 'h', type: 'hardlink', linkName: '/VICTIM' }]],
    ['links hard through a link', [{ name: 'l', type: 'symlink', linkName: '/' }, { name: 'h', type: 'hardlink', linkName: 'l/VICTIM' }]],
    ['has a whiteout device', [{ name: 'etc', type: 'character-device', deviceMajor: 0, deviceMinor: 0 }]],
    ['has overlay xattrs', [{ name: 'o/', type: 'directory', mode: 0o755, xattrs: { 'trusted.overlay.redirect': '/etc', 'trusted.overlay.opaque': 'y', 'user.overlay.opaque': 'y' } }]],
    ['is nameless', [{ name: '', content: 'owned' }]],
    ['is larger than any disk', [{ name: 'bomb', size: 2 ** 50 }]],
  ];

  test.each(corpus)('that %s is refused or contained', async (_, entries) => {
    await docker.text('create', '--name', 'box', 'bb', 'true');
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'untouched');
    const named = entries.map((entry) => ({ ...entry, name: entry.name.replace('VICTIM', victim), ...(entry.linkName === undefined ? {} : { linkName: entry.linkName.replace('VICTIM', victim) }) }));
    const { status } = await call('PUT', archiveOf('box', '/tmp'), tarOf(...named));
    expect([200, 400, 500]).toContain(status);
    expect([readFileSync(victim, 'utf8'), statSync(victim).nlink]).toEqual(['untouched', 1]);
    // It can still be worked with, and has what it had.
    expect(namesIn((await call('GET', archiveOf('box', '/etc'))).bytes)).toContain('etc/passwd');
  });

  test('a bomb of zeros fills no disk', async () => {
    await docker.text('create', '--name', 'box', 'bb', 'true');
    const bomb = gzipSync(Buffer.concat([encodeTarEntry({ name: 'b', type: 'file', size: 2 ** 45, mode: 0o644, uid: 0, gid: 0, mtime: 0, mtimeNanoseconds: 0, linkName: '', userName: '', groupName: '', deviceMajor: 0, deviceMinor: 0, xattrs: {} }), Buffer.alloc(50_000_000)]));
    const answer = await call('PUT', archiveOf('box', '/tmp'), bomb);
    expect([answer.status, messageIn(answer)]).toEqual([500, expect.stringContaining('no space left on device')]);
    expect(namesIn((await call('GET', archiveOf('box', '/tmp'))).bytes)).toEqual(['tmp/']);
  });
});

test('a container that swaps a folder and a link to the machine\'s root wins nothing (CVE-2018-15664)', async () => {
  const secret = join(folder, 'secret');
  mkdirSync(secret);
  writeFileSync(join(secret, 'file'), 'of the machine');
  // Inside, the same path holds the container's own file: where a look through the link ends, if it stays inside.
  const swap = `mkdir -p ${secret} /w/real; echo of the container > ${secret}/file; mkdir -p /w/real${secret}; echo inside > /w/real${secret}/file; echo ready;
    while true; do mv /w/real /w/x; mv /w/x /w/real2; ln -s / /w/real; rm /w/real; mv /w/real2 /w/real; done`;
  await docker.text('run', '-d', '--name', 'box', 'bb', 'sh', '-c', swap);
  await expect.poll(() => docker.text('logs', 'box'), { timeout: 20_000 }).toContain('ready');
  const seen = new Set<string>();
  let written = 0;
  for (const end = performance.now() + 4000; performance.now() < end; ) {
    const answer = await call('GET', archiveOf('box', `/w/real${secret}`));
    if (answer.status === 200) for (const text of ['of the machine', 'of the container', 'inside']) if (answer.bytes.includes(text)) seen.add(text);
    const put = await call('PUT', archiveOf('box', `/w/real${secret}`), tarOf({ name: 'planted', content: 'planted' }));
    if (put.status === 200) written += 1;
    expect(existsSync(join(secret, 'planted'))).toBe(false);
  }
  expect(seen).not.toContain('of the machine');
  expect(seen).toContain('inside');
  expect(written).toBeGreaterThan(0);
  expect(readFileSync(join(secret, 'file'), 'utf8')).toBe('of the machine');
});

describe('changes, export and commit', () => {
  const script = 'mkdir -p /w/d; echo hi > /w/f; ln -s f /w/l; ln /w/f /w/h; rm /data/from-image; echo x > /etc/new; chmod 600 /etc/passwd; rm -rf /root; mkfifo /w/p; rm -rf /tmp; mkdir /tmp';

  test('what a container changed, folders before what is in them', async () => {
    await docker.text('run', '--name', 'box', '-v', '/vdata', 'bb', 'sh', '-c', script);
    expect(JSON.parse((await call('GET', '/containers/box/changes')).bytes.toString())).toEqual(
      [['/data', 0], ['/data/from-image', 2], ['/etc', 0], ['/etc/new', 1], ['/etc/passwd', 0], ['/root', 2], ['/tmp', 0], ['/vdata', 1], ['/w', 1], ['/w/d', 1], ['/w/f', 1], ['/w/h', 1], ['/w/l', 1], ['/w/p', 1]].map(
        ([Path, Kind]) => ({ Path, Kind }),
      ),
    );
    await docker.text('create', '--name', 'new', 'bb', 'true');
    expect((await call('GET', '/containers/new/changes')).bytes.toString()).toBe('null\n');
    expect((await call('GET', '/containers/zz/changes')).status).toBe(404);
  });

  test('an export has all files and no volume\'s', async () => {
    await docker.text('run', '--name', 'box', '-v', '/vol', 'bb', 'sh', '-c', `${script}; echo v > /vol/file`);
    const { status, headers, bytes } = await call('GET', '/containers/box/export');
    expect([status, headers['content-type']]).toEqual([200, 'application/octet-stream']);
    const names = namesIn(bytes);
    expect(names).toEqual(expect.arrayContaining(['bin/busybox', 'etc/new', 'w/', 'w/p', 'vol/']));
    for (const absent of ['vol/file', 'data/from-image', 'root/']) expect(names).not.toContain(absent);
    expect((await call('GET', '/containers/zz/export')).status).toBe(404);
  });

  test('a commit is the container\'s files, its config, and what was asked on top', async () => {
    await docker.text('run', '--name', 'box', '--entrypoint', 'sh', '-e', 'MINE=1', 'bb', '-c', script);
    const id = await docker.text('commit', '-a', 'me', '-m', 'why', '-c', 'CMD ["-c", "cat /etc/new; ls /w"]', '-c', 'ENV ADDED=2', '-c', 'LABEL l=v', 'box', 'made:one');
    const [image] = JSON.parse(await docker.text('inspect', 'made:one')) as { Id: string; Author: string; Comment: string; Config: { Env: string[]; Labels: object }; RootFS: { Layers: string[] } }[];
    expect(image).toMatchObject({ Id: id, Author: 'me', Comment: 'why', Config: { Labels: { origin: 'test', l: 'v' } } });
    expect(image!.Config.Env).toEqual(expect.arrayContaining(['MINE=1', 'ADDED=2', 'FROM_IMAGE=yes']));
    expect(image!.RootFS.Layers).toHaveLength(2);
    expect(await docker.text('run', '--rm', 'made:one')).toBe('x\nd\nf\nh\nl\np');
    expect(await docker.text('run', '--rm', 'made:one', '-c', 'ls -d /root /data/* 2>&1 | grep -vc "No such"; stat -c %h /w/f; stat -c %a /etc/passwd').catch(() => 'failed')).toBe('0\n2\n600');
    expect(await docker.text('history', '--format', '{{.Comment}}', 'made:one')).toContain('why');
    expect((await call('POST', '/commit?container=zz')).status).toBe(404);
    expect((await call('POST', '/commit?container=box&changes=FROM%20x')).status).toBe(400);
    expect((await call('POST', '/commit?container=box&repo=UPPER')).status).toBe(400);
    await docker.text('rmi', 'made:one');
  });

  test('a running container is paused meanwhile, and runs on', async () => {
    await docker.text('run', '-d', '--name', 'box', 'bb', 'sh', '-c', 'echo x > /x; sleep 1000');
    await expect.poll(() => docker.text('diff', 'box'), { timeout: 20_000 }).toContain('A /x');
    await docker.text('commit', 'box', 'made:two');
    const since = (await docker.text('events', '--since', '1h', '--until', String(Math.ceil(Date.now() / 1000)), '--filter', 'container=box', '--format', '{{.Action}}')).split('\n');
    expect(since.slice(-3)).toEqual(['pause', 'commit', 'unpause']);
    expect(await docker.text('inspect', '-f', '{{.State.Status}}', 'box')).toBe('running');
    expect(await docker.text('run', '--rm', 'made:two', 'cat', '/x')).toBe('x');
    await docker.text('rmi', 'made:two');
  });
});

test('archives are read as fast as the client takes them', async () => {
  await docker.text('create', '--name', 'box', 'bb', 'true');
  await call('PUT', archiveOf('box', '/tmp'), tarOf({ name: 'large', content: 'y'.repeat(40_000_000) }));
  const outgoing = request({ socketPath: engine.socket, path: archiveOf('box', '/tmp/large') });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.pause();
  // Others have their turn while one client stands still.
  expect((await call('HEAD', archiveOf('box', '/tmp/large'))).status).toBe(200);
  let size = 0;
  for await (const chunk of response) size += (chunk as Buffer).length;
  expect(size).toBeGreaterThan(40_000_000);
});
