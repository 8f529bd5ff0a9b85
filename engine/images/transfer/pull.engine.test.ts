import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { shortId } from '../../content/digest.ts';
import { ConflictError, InternalError, NotFoundError } from '../../errors.ts';
import { mount, umount2 } from '../../lib/syscalls/files.ts';
import type { ImageFixture } from '../../testing/image-fixture.ts';
import { makeImage } from '../../testing/image-fixture.ts';
import { machinePlatform } from '../model/platform.ts';
import { imagesWithRegistry } from '../../testing/images-with-registry.ts';
import { startService } from '../../testing/image-service-fixture.ts';

const given = imagesWithRegistry();

const base = [
  { name: 'bin/' },
  { name: 'bin/busybox', content: 'x'.repeat(100_000), mode: 0o4755 },
  { name: 'bin/sh', type: 'symlink' as const, linkName: 'busybox' },
  { name: 'etc/', mode: 0o700 },
  { name: 'etc/old', content: 'old' },
];
const changes = [{ name: 'etc/', mode: 0o755 }, { name: 'etc/.wh.old' }, { name: 'etc/new', content: 'new', uid: 7 }];

function statusLines(messages: ProgressMessage[]): string[] {
  const lines = messages.map(({ id, status }) => (id === undefined ? `${status}` : `${id}: ${status}`));
  return lines.filter((line, index) => !/Downloading|Extracting/.test(line) && line !== lines[index - 1]);
}

test.each(['gzip', 'zstd', 'none'] as const)('an image of %s layers is pulled whole', async (compression) => {
  const image = makeImage([base, changes], { compression, config: { Labels: { a: 'b' } } });
  await given.registry.pushImage('app', compression, image);
  const name = `${given.registry.host}/app:${compression}`;
  const messages = await given.service.pull(name);

  const [low, high] = image.layers.map(({ digest }) => shortId(digest));
  const lines = statusLines(messages);
  expect(lines.slice(0, 3)).toEqual([`${compression}: Pulling from app`, `${low}: Pulling fs layer`, `${high}: Pulling fs layer`]);
  for (const id of [low, high]) {
    const ofLayer = lines.filter((line) => line.startsWith(`${id}: `)).map((line) => line.slice(14));
    expect(ofLayer).toEqual(['Pulling fs layer', 'Verifying Checksum', 'Download complete', 'Pull complete']);
  }
  expect(lines.slice(-2)).toEqual([`Digest: ${image.manifestDigest}`, `Status: Downloaded newer image for ${name}`]);
  const downloading = messages.filter(({ id, status }) => id === low && status === 'Downloading').at(-1);
  const size = image.layers[0]!.blob.length;
  expect(downloading?.progressDetail).toEqual({ current: size, total: size });
  expect(downloading?.progress).toMatch(/^\[={50}>\] +[0-9.]+k?B\/[0-9.]+k?B$/);

  const tree = await given.service.tree(name);
  expect(tree).toContain('./bin/busybox f 4755 0:0');
  expect(tree).toContain('./etc d 755 0:0');
  expect(tree).toContain('./etc/new f 644 7:0');
  expect(tree).not.toContain('./etc/old');
  expect(await given.service.images.inspect(name)).toMatchObject({
    Id: image.id,
    RepoTags: [name],
    RepoDigests: [`${given.registry.host}/app@${image.manifestDigest}`],
    Config: { Cmd: ['/bin/sh'], Labels: { a: 'b' } },
    // Of each layer's files, a link counting with its target's name, as moby's driver counts a folder.
    Size: 100_000 + 'busybox'.length + 3 + 3,
    RootFS: { Type: 'layers', Layers: image.layers.map(({ diffId }) => diffId) },
  });
  expect(given.service.events).toEqual([`pull ${name} ${given.registry.host}/app`]);

  expect(statusLines(await given.service.pull(name)).slice(1)).toEqual([`Digest: ${image.manifestDigest}`, `Status: Image is up to date for ${name}`]);
});

test('a second image takes the layers it shares from the first', async () => {
  await given.registry.pushImage('shared', 'one', makeImage([base]));
  const two = makeImage([base, changes]);
  await given.registry.pushImage('shared', 'two', two);
  await given.service.pull(`${given.registry.host}/shared:one`);
  const lines = statusLines(await given.service.pull(`${given.registry.host}/shared:two`));
  expect(lines).toContain(`${shortId(two.layers[0]!.digest)}: Already exists`);
  expect(lines).toContain(`${shortId(two.layers[1]!.digest)}: Pull complete`);
});

test('ten pulls at once of two images that share a layer', async () => {
  const [one, two] = [makeImage([base]), makeImage([base, changes])];
  await given.registry.pushImage('many', 'one', one);
  await given.registry.pushImage('many', 'two', two);
  const names = Array.from({ length: 10 }, (_, index) => `${given.registry.host}/many:${index % 2 === 0 ? 'one' : 'two'}`);
  for (const messages of await Promise.all(names.map((name) => given.service.pull(name)))) {
    expect(messages.at(-1)?.status).toMatch(/^Status: /);
  }
  expect((await given.service.images.list()).map(({ Id }) => Id).sort()).toEqual([one.id, two.id].sort());
  expect(await given.service.tree(`${given.registry.host}/many:two`)).toContain('./etc/new');
  expect(readdirSync(join(given.service.directory, 'content', 'ingest'))).toEqual([]);
});

test('a tag that moves leaves the old image without a tag but with its digest', async () => {
  const [old, now] = [makeImage([base]), makeImage([base, changes])];
  const name = `${given.registry.host}/moves:latest`;
  await given.registry.pushImage('moves', 'latest', old);
  await given.service.pull(name);
  await given.registry.pushImage('moves', 'latest', now);
  expect((await given.service.pull(name)).at(-1)?.status).toBe(`Status: Downloaded newer image for ${name}`);
  expect((await given.service.images.inspect(old.id)).RepoTags).toEqual([]);
  expect((await given.service.images.inspect(old.id)).RepoDigests).toHaveLength(1);
  expect((await given.service.images.inspect(name)).Id).toBe(now.id);
});

test('by digest, and by tag and digest', async () => {
  const image = makeImage([base]);
  await given.registry.pushImage('digest', 'x', image);
  const name = `${given.registry.host}/digest@${image.manifestDigest}`;
  const messages = await given.service.pull(name);
  expect(messages[0]).toEqual({ status: 'Pulling from digest', id: image.manifestDigest });
  expect((await given.service.images.inspect(name)).RepoTags).toEqual([]);
  expect((await given.service.pull(`${given.registry.host}/digest:ignored@${image.manifestDigest}`)).at(-1)?.status).toContain('up to date');
});

describe('an index', () => {
  async function pushIndex(repository: string, images: { image: ImageFixture; architecture: string }[]): Promise<string> {
    for (const { image } of images) await given.registry.pushImage(repository, image.id.slice(7, 19), image);
    const manifests = images.map(({ image, architecture }) => ({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: image.manifestDigest,
      size: image.manifest.length,
      platform: { os: 'linux', architecture },
    }));
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }));
    return given.registry.pushManifest(repository, 'latest', index, 'application/vnd.oci.image.index.v1+json');
  }

  test("gives the machine's platform, or the one that is asked for", async () => {
    const { architecture } = machinePlatform();
    const [mine, other] = [makeImage([base]), makeImage([changes], { architecture: 's390x' })];
    const digest = await pushIndex('index', [
      { image: other, architecture: 's390x' },
      { image: mine, architecture },
    ]);
    const name = `${given.registry.host}/index`;
    expect((await given.service.pull(name)).at(-2)?.status).toBe(`Digest: ${digest}`);
    expect((await given.service.images.inspect(name)).Id).toBe(mine.id);
    await given.service.pull(name, { platform: 'linux/s390x' });
    expect((await given.service.images.inspect(name)).Id).toBe(other.id);
    await expect(given.service.pull(name, { platform: 'linux/mips' })).rejects.toThrow(/no matching manifest for linux\/mips in the manifest list entries/);
  });

  test('a single image of another platform is pulled with a warning', async () => {
    await given.registry.pushImage('single', 'latest', makeImage([base]));
    const messages = await given.service.pull(`${given.registry.host}/single`, { platform: 'linux/s390x' });
    expect(messages.at(-1)?.status).toMatch(/^WARNING: image with reference .*\/single:latest was found but does not match the specified platform: wanted linux\/s390x, actual: linux\//);
    expect((await given.service.images.list()).map(({ RepoTags }) => RepoTags)).toEqual([[`${given.registry.host}/single:latest`]]);
  });
});

describe('what fails before the first line', () => {
  async function failure(reference: string, options = {}): Promise<{ error: Error; messages: ProgressMessage[] }> {
    const messages: ProgressMessage[] = [];
    const error = await given.service.images.pull(reference, options, (message) => messages.push(message)).then(
      () => new Error('it worked'),
      (reason: Error) => reason,
    );
    return { error, messages };
  }

  test.each([
    ['a tag that is not there', () => `${given.registry.host}/nope:x`, NotFoundError, /^manifest for 127.0.0.1:\d+\/nope:x not found: manifest unknown: /],
    ['a registry that is not there', () => 'localhost:1/x:y', Error, /^Get "http:\/\/localhost:1\/v2\/": dial tcp (127\.0\.0\.1|\[::1\]):1: connect: connection refused$/],
    ['a host that is not there', () => 'no-such-host.invalid/x', Error, /^Get "https:\/\/no-such-host\.invalid\/v2\/": dial tcp: lookup no-such-host\.invalid: /],
    ['a name that is none', () => 'A', Error, /^invalid reference format: repository name \(library\/A\) must be lowercase$/],
  ])('%s', async (_, reference, kind, message) => {
    const { error, messages } = await failure(reference());
    expect(error.message).toMatch(message);
    expect(error).toBeInstanceOf(kind);
    expect(messages).toEqual([]);
  });

  test('what is no image', async () => {
    const chart = JSON.parse(makeImage([base]).manifest.toString()) as { config: { mediaType: string } };
    chart.config.mediaType = 'application/vnd.cncf.helm.config.v1+json';
    const image = makeImage([base]);
    await given.registry.pushImage('chart', 'image', image);
    await given.registry.pushManifest('chart', 'latest', Buffer.from(JSON.stringify(chart)), 'application/vnd.oci.image.manifest.v1+json');
    expect((await failure(`${given.registry.host}/chart`)).error.message).toMatch(/not a container image/);
  });
});

test('user and password, which the host of the blobs does not see', async () => {
  const image = makeImage([base]);
  await given.registry.pushImage('private', 'latest', image);
  const expected = `Basic ${Buffer.from('joe:secret').toString('base64')}`;
  const seenByStorage: (string | undefined)[] = [];
  await using storage = await proxy((_, request) => {
    seenByStorage.push(request.headers.authorization);
    return null;
  });
  await using guard = await proxy((path, request, response) => {
    if (request.headers.authorization === expected) response.writeHead(307, { Location: `http://${storage.host}${path}` }).end();
    else response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="private"' }).end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
    return undefined;
  });
  const name = `${guard.host}/private`;
  await expect(given.service.pull(name)).rejects.toThrow(new InternalError(`Get "http://${guard.host}/v2/private/manifests/latest": no basic auth credentials`));
  await expect(given.service.pull(name, { auth: { username: 'joe', password: 'wrong' } })).rejects.toThrow(/repository does not exist or may require 'docker login'/);
  expect(seenByStorage).toEqual([]);
  await given.service.pull(name, { auth: { username: 'joe', password: 'secret' } });
  expect((await given.service.images.list())[0]?.RepoTags).toEqual([`${name}:latest`]);
  expect(seenByStorage.length).toBeGreaterThanOrEqual(3);
  expect(new Set(seenByStorage)).toEqual(new Set([undefined]));
});

test('a blob that is not what its digest says is refused, and nothing of it stays', async () => {
  const image = makeImage([base, changes]);
  await given.registry.pushImage('corrupt', 'latest', image);
  const corrupt = proxy((path) => (path.includes(image.layers[1]!.digest) ? Buffer.alloc(image.layers[1]!.blob.length, 'x') : null));
  await using server = await corrupt;
  const messages: ProgressMessage[] = [];
  const pulling = given.service.images.pull(`${server.host}/corrupt`, {}, (message) => messages.push(message));
  await expect(pulling).rejects.toThrow(`filesystem layer verification failed for digest ${image.layers[1]!.digest}`);
  expect(messages.length).toBeGreaterThan(0);
  await expect(given.service.images.resolve(`${server.host}/corrupt`)).rejects.toThrow(NotFoundError);
  const hex = image.layers[1]!.digest.slice(7);
  expect(readdirSync(join(given.service.directory, 'content', 'ingest'))).not.toContain(hex);
  expect(readdirSync(join(given.service.directory, 'content', 'blobs', 'sha256'))).not.toContain(hex);
  await given.service.pull(`${given.registry.host}/corrupt`);
});

test('a layer that unpacks to something else than the config says is refused', async () => {
  const [image, other] = [makeImage([base]), makeImage([changes])];
  const manifest = JSON.parse(image.manifest.toString()) as { layers: unknown };
  manifest.layers = (JSON.parse(other.manifest.toString()) as { layers: unknown }).layers;
  await given.registry.pushImage('swapped', 'a', image);
  await given.registry.pushImage('swapped', 'b', other);
  await given.registry.pushManifest('swapped', 'latest', Buffer.from(JSON.stringify(manifest)), 'application/vnd.oci.image.manifest.v1+json');
  await expect(given.service.pull(`${given.registry.host}/swapped`)).rejects.toThrow(/has digest sha256:.*config says/);
  expect((await given.service.snapshotter.list()).map(({ keyOrName }) => keyOrName)).toEqual([]);
});

test('a pull that breaks goes on where it was', async () => {
  const big = makeImage([[{ name: 'big', content: incompressible(3_000_000) }]]);
  await given.registry.pushImage('breaks', 'latest', big);
  const blob = big.layers[0]!;
  const ranges: (string | undefined)[] = [];
  await using server = await proxy((path, request, response) => {
    if (!path.includes(blob.digest)) return null;
    ranges.push(request.headers.range);
    // The first two answers stop in the middle.
    if (ranges.length > 2) return null;
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? 'bytes=0-')?.[1]);
    const piece = blob.blob.subarray(from, from + 1_000_000);
    const headers = { 'Content-Length': blob.blob.length - from, ...(from > 0 ? { 'Content-Range': `bytes ${from}-${blob.blob.length - 1}/${blob.blob.length}` } : {}) };
    response.writeHead(from > 0 ? 206 : 200, headers);
    response.write(piece, () => response.destroy());
    return undefined;
  });
  await given.service.pull(`${server.host}/breaks`);
  expect(ranges[0]).toBeUndefined();
  const starts = ranges.slice(1).map((range) => Number(/bytes=(\d+)-/.exec(range ?? '')?.[1]));
  expect(starts).toHaveLength(2);
  expect(starts[0]).toBeGreaterThan(0);
  expect(starts[1]).toBeGreaterThan(starts[0]!);
  expect(await given.service.tree(`${server.host}/breaks`)).toContain('./big');
});

test('an aborted pull ends at once, leaves no image, and the next takes up what has come', async () => {
  const big = makeImage([[{ name: 'big', content: incompressible(3_000_000) }]]);
  await given.registry.pushImage('aborted', 'latest', big);
  const blob = big.layers[0]!;
  const ranges: (string | undefined)[] = [];
  await using server = await proxy((path, request, response) => {
    if (!path.includes(blob.digest)) return null;
    ranges.push(request.headers.range);
    if (ranges.length > 1) return null;
    response.writeHead(200, { 'Content-Length': blob.blob.length });
    response.write(blob.blob.subarray(0, 1_000_000));
    return undefined;
  });
  const controller = new AbortController();
  const pulling = given.service.images.pull(`${server.host}/aborted`, { signal: controller.signal }, ({ status }) => {
    if (status === 'Downloading') controller.abort(new ConflictError('the user went away'));
  });
  await expect(pulling).rejects.toThrow('the user went away');
  expect(await given.service.images.list()).toEqual([]);
  await given.service.pull(`${server.host}/aborted`);
  expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
});

test('a full disk is an error, and the store works on', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'small-disk-'));
  mkdirSync(join(directory, 'disk'));
  mount({ target: join(directory, 'disk'), type: 'tmpfs', data: 'size=8m' });
  try {
    using small = await startService(join(directory, 'disk'));
    await given.registry.pushImage('fits', 'latest', makeImage([base]));
    await given.registry.pushImage('blob-too-big', 'latest', makeImage([[{ name: 'big', content: incompressible(12_000_000) }]]));
    await given.registry.pushImage('layer-too-big', 'latest', makeImage([[{ name: 'a', content: Buffer.alloc(7_900_000) }, { name: 'b', content: Buffer.alloc(7_900_000) }]]));
    await expect(small.pull(`${given.registry.host}/blob-too-big`)).rejects.toThrow(/cannot store blob .*ENOSPC/);
    await expect(small.pull(`${given.registry.host}/layer-too-big`)).rejects.toThrow(/free on the disk|No space left/);
    await small.pull(`${given.registry.host}/fits`);
    expect(await small.tree(`${given.registry.host}/fits`)).toContain('./bin/busybox');
    await small.reopen();
    expect((await small.images.list()).map(({ RepoTags }) => RepoTags)).toEqual([[`${given.registry.host}/fits:latest`]]);
  } finally {
    umount2(join(directory, 'disk'), 2);
    rmSync(directory, { recursive: true });
  }
});

test('everything is there after a restart; what no image needs is removed', async () => {
  const image = makeImage([base, changes]);
  await given.registry.pushImage('restart', 'latest', image);
  const name = `${given.registry.host}/restart:latest`;
  await given.service.pull(name);
  const before = [await given.service.images.list(), await given.service.tree(name)];
  await given.service.snapshotter.prepare('unpack-99', null);
  await given.service.reopen();
  expect([await given.service.images.list(), await given.service.tree(name)]).toEqual(before);
  expect((await given.service.snapshotter.list()).map(({ keyOrName }) => keyOrName)).not.toContain('unpack-99');
  expect(given.service.log).toEqual([]);

  execFileSync('rm', ['-r', join(given.service.directory, 'snapshots', 'records')]);
  await given.service.reopen();
  expect(await given.service.images.list()).toEqual([]);
  expect(given.service.log.join('\n')).toMatch(/lacks its config or a layer.*pull or load it again[^]*names an image that is not there/);
  await given.service.pull(name);
  expect(await given.service.tree(name)).toBe(before[1]);
});

/** A server before the registry that answers itself where `answer` gives bytes, or has answered (undefined). */
async function proxy(
  answer: (path: string, request: IncomingMessage, response: ServerResponse) => Buffer | null | undefined,
): Promise<{ host: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const own = answer(request.url ?? '', request, response);
    if (own === null) response.writeHead(307, { Location: `http://${given.registry.host}${request.url}` }).end();
    else if (own !== undefined) response.end(own);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function incompressible(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 12345;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}
