import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { hexOf } from '../../content/digest.ts';
import { NotFoundError } from '../../errors.ts';
import type { FixtureEntry } from '../../testing/tar-fixture.ts';
import { makeTar } from '../../testing/tar-fixture.ts';
import { mount, umount2 } from '../../lib/syscalls/files.ts';
import { startRegistry } from '../../testing/registry-fixture.ts';
import { dockerArchive, makeImage, ociArchive, ociIndexArchive } from '../../testing/image-fixture.ts';
import type { ServiceFixture } from '../../testing/image-service-fixture.ts';
import { startService } from '../../testing/image-service-fixture.ts';
import type { LoadOptions } from '../image-service.ts';

let service: ServiceFixture;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service[Symbol.dispose]());

async function load(archive: Buffer, on = service, options: LoadOptions = {}): Promise<ProgressMessage[]> {
  const messages: ProgressMessage[] = [];
  const pieces = function* () {
    for (let offset = 0; offset < archive.length; offset += 50_000) yield archive.subarray(offset, offset + 50_000);
  };
  await on.images.load(Readable.from(pieces(), { objectMode: false }), options, (message) => messages.push(message));
  return messages;
}

const streams = (messages: ProgressMessage[]) => messages.flatMap(({ stream }) => stream ?? []);
const blobs = () => readdirSync(join(service.directory, 'content', 'blobs', 'sha256'));

const base: FixtureEntry[] = [{ name: 'bin/' }, { name: 'bin/big', content: Buffer.alloc(2_000_000, 'x') }, { name: 'etc/' }, { name: 'etc/a', content: 'a' }];
const plain = makeImage([base, [{ name: 'etc/' }, { name: 'etc/.wh.a' }, { name: 'etc/b', content: 'b' }]], { compression: 'none' });
const packed = makeImage([base], { compression: 'gzip', config: { Cmd: ['packed'] } });

describe.each([
  ['plain', (archive: Buffer) => archive],
  ['gzip', (archive: Buffer) => gzipSync(archive)],
  ['zstd', (archive: Buffer) => zstdCompressSync(archive)],
  ['xz', (archive: Buffer) => execFileSync('xz', ['-c0'], { input: archive })],
])('a %s archive', (_, pack) => {
  test('of docker save, with two images', async () => {
    const messages = await load(pack(dockerArchive([{ image: plain, tags: ['one:1', 'localhost:5000/one'] }, { image: packed, tags: [] }])));
    expect(streams(messages)).toEqual(['Loaded image: one:1\n', 'Loaded image: localhost:5000/one:latest\n', `Loaded image ID: ${packed.id}\n`]);
    expect(messages.some(({ status, progressDetail }) => status === 'Loading layer' && progressDetail?.total !== undefined)).toBe(true);
    expect(await service.images.inspect('one:1')).toMatchObject({ Id: plain.id, RepoTags: ['one:1', 'localhost:5000/one:latest'], RepoDigests: [] });
    expect(await service.tree('one:1')).toMatch(/\.\/etc\/b f/);
    expect(await service.tree('one:1')).not.toMatch(/\.\/etc\/a f/);
    expect(service.events).toEqual([`load ${plain.id} ${plain.id}`, `load ${packed.id} ${packed.id}`]);
  });

  test('of an OCI layout', async () => {
    const messages = await load(pack(ociArchive([{ image: packed, name: 'docker.io/library/packed:2' }, { image: plain, name: 'latest' }])));
    expect(streams(messages)).toEqual(['Loaded image: packed:2\n', `Loaded image ID: ${plain.id}\n`]);
    expect(await service.tree('packed:2')).toMatch(/\.\/bin\/big f/);
  });
});

describe('for a platform', () => {
  const arm = makeImage([[{ name: 'arm', content: 'arm' }]], { architecture: 'arm' });
  const wanted = { os: 'linux', architecture: 'arm', variant: 'v7' };

  test.each([
    ['a docker archive', dockerArchive([{ image: packed, tags: ['here:1'] }, { image: arm, tags: ['arm:1'] }])],
    ['an OCI layout', ociIndexArchive('arm:1', [packed, arm])],
  ])('%s gives its image of it', async (_, archive) => {
    expect(streams(await load(archive, service, { platform: wanted }))).toEqual(['Loaded image: arm:1\n']);
    expect(await service.images.inspect('arm:1')).toMatchObject({ Id: arm.id, Architecture: 'arm' });
    await expect(load(archive, service, { platform: { os: 'linux', architecture: 's390x' } })).rejects.toThrow('the archive holds no image for linux/s390x');
  });
});

test('layers in xz and bzip2 are unpacked, saved as plain tars and pushed as gzip', async () => {
  const image = makeImage([base, [{ name: 'b', content: 'b' }]], { compression: 'none' });
  const [low, high] = image.layers as [(typeof image.layers)[0], (typeof image.layers)[0]];
  const foreign = { ...image, layers: [{ ...low, blob: execFileSync('xz', ['-c'], { input: low.tar }) }, { ...high, blob: execFileSync('bzip2', ['-c'], { input: high.tar }) }] };
  await load(dockerArchive([{ image: foreign, tags: ['foreign:1'] }]));
  expect(await service.tree('foreign:1')).toContain('./bin/big f');
  const saved = await buffer(Readable.from(service.images.save(['foreign:1']), { objectMode: false }));
  using other = await startService();
  await load(saved, other);
  expect(saved.includes(low.tar)).toBe(true);
  expect(await other.tree('foreign:1')).toBe(await service.tree('foreign:1'));
  await using registry = await startRegistry();
  await service.images.tag('foreign:1', `${registry.host}/foreign:1`);
  await service.images.push(`${registry.host}/foreign:1`, {}, () => {});
  const manifest = (await (await fetch(`http://${registry.host}/v2/foreign/manifests/1`, { headers: { Accept: 'application/vnd.docker.distribution.manifest.v2+json' } })).json()) as { layers: { mediaType: string }[] };
  expect(manifest.layers.map(({ mediaType }) => mediaType)).toEqual(Array(2).fill('application/vnd.docker.image.rootfs.diff.tar.gzip'));
  await other.pull(`${registry.host}/foreign:1`);
  expect(await other.tree(`${registry.host}/foreign:1`)).toBe(await service.tree('foreign:1'));
});

test('what no image of the archive needs is not kept', async () => {
  await load(dockerArchive([{ image: packed, tags: ['x'] }], [{ name: 'junk', content: Buffer.alloc(3_000_000, 'j') }, { name: 'repositories', content: '{}' }]));
  await vi.waitFor(() => expect(blobs().sort()).toEqual([hexOf(packed.id), hexOf(packed.layers[0]!.digest)].sort()));
  expect(readdirSync(join(service.directory, 'content', 'ingest'))).toEqual([]);
});

test('a layer that stands in the archive as a link, as older dockers wrote shared ones', async () => {
  const shared = makeImage([base, base], { compression: 'none' });
  const archive = makeTar([
    { name: 'c.json', content: shared.config },
    { name: 'one/' },
    { name: 'one/layer.tar', content: shared.layers[0]!.tar },
    { name: 'two/layer.tar', type: 'symlink', linkName: '../one/layer.tar' },
    { name: 'manifest.json', content: JSON.stringify([{ Config: 'c.json', RepoTags: ['linked:1'], Layers: ['one/layer.tar', './two//layer.tar'] }]) },
  ]);
  expect(streams(await load(archive))).toEqual(['Loaded image: linked:1\n']);
});

test('a name that moves is said so, and the image that lost it stays', async () => {
  await load(dockerArchive([{ image: plain, tags: ['x:1'] }]));
  expect(streams(await load(dockerArchive([{ image: packed, tags: ['x:1'] }])))).toEqual([
    `The image x:1 already exists, renaming the old one with ID ${plain.id} to empty string\n`,
    'Loaded image: x:1\n',
  ]);
  expect((await service.images.inspect(plain.id)).RepoTags).toEqual([]);
  expect(streams(await load(dockerArchive([{ image: packed, tags: ['x:1'] }])))).toEqual(['Loaded image: x:1\n']);
});

describe('a bad archive is refused, and leaves nothing', () => {
  const config = (diffIds: string[]) => JSON.stringify({ os: 'linux', rootfs: { diff_ids: diffIds } });
  const manifest = (value: unknown): FixtureEntry => ({ name: 'manifest.json', content: JSON.stringify(value) });
  const big = Buffer.alloc(2_000_000, 'b');

  test.each<[string, Buffer, RegExp]>([
    ['empty', Buffer.alloc(0), /neither an archive of docker save/],
    ['text', Buffer.from('not a tar at all, just words '.repeat(40)), /the archive cannot be read: invalid tar header/],
    ['a cut archive', dockerArchive([{ image: plain, tags: [] }]).subarray(0, 900_000), /unexpected end/],
    ['a cut gzip', gzipSync(dockerArchive([{ image: plain, tags: [] }])).subarray(0, 2000), /unexpected end of file/],
    ['a tar of something else', makeTar([{ name: 'README', content: 'hello' }, { name: 'big', content: big }]), /neither an archive of docker save/],
    ['a manifest that is no JSON', makeTar([{ name: 'manifest.json', content: '{' }]), /manifest.json is no JSON/],
    ['a manifest that is no list', makeTar([manifest({})]), /is no list/],
    ['a manifest without Config', makeTar([manifest([{ Layers: [] }])]), /lacks Config/],
    ['a manifest of null', makeTar([manifest([null])]), /lacks Config/],
    ['a missing config', makeTar([manifest([{ Config: 'c.json', Layers: [] }])]), /c.json is missing/],
    ['a config outside', makeTar([manifest([{ Config: '../../etc/passwd', Layers: [] }])]), /etc\/passwd is missing/],
    ['a config through a link out', makeTar([{ name: 'c.json', type: 'symlink', linkName: '/etc/passwd' }, manifest([{ Config: 'c.json', Layers: [] }])]), /c.json is missing/],
    ['links in a circle', makeTar([{ name: 'a', type: 'symlink', linkName: 'b' }, { name: 'b', type: 'symlink', linkName: 'a' }, manifest([{ Config: 'a', Layers: [] }])]), /a is missing/],
    ['a config that is no JSON', makeTar([{ name: 'c.json', content: 'x' }, manifest([{ Config: 'c.json', Layers: [] }])]), /invalid image config: it is no JSON/],
    ['too few layers', makeTar([{ name: 'c.json', content: config([`sha256:${'a'.repeat(64)}`]) }, manifest([{ Config: 'c.json', Layers: [] }])]), /0 layers, but the config of sha256:.* has 1/],
    ['a diffID that is none', makeTar([{ name: 'c.json', content: config(['sha256:../../x']) }, manifest([{ Config: 'c.json', Layers: ['c.json'] }])]), /invalid digest in image config/],
    ['a layer of another content', makeTar([{ name: 'c.json', content: config([`sha256:${'a'.repeat(64)}`]) }, { name: 'l', content: makeTar([]) }, manifest([{ Config: 'c.json', Layers: ['l'] }])]), /has digest sha256:.*but the image's config says/],
    ['a tag that is none', makeTar([{ name: 'c.json', content: config([]) }, manifest([{ Config: 'c.json', Layers: [], RepoTags: ['A:b'] }])]), /must be lowercase/],
    ['an index of nothing', makeTar([{ name: 'index.json', content: '{}' }]), /index.json has no manifests/],
  ])('%s', async (_, archive, message) => {
    const loading = load(archive);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({ kind: 'invalid-parameter' });
    expect(await service.images.list()).toEqual([]);
    await vi.waitFor(() => expect(blobs()).toEqual([]));
    expect(await service.snapshotter.list()).toEqual([]);
    expect(readdirSync(join(service.directory, 'content', 'ingest'))).toEqual([]);
  });

  test('a blob of an OCI layout that is not what its name says', async () => {
    const archive = ociArchive([{ image: packed, name: 'x:1' }]);
    const at = archive.indexOf(packed.layers[0]!.blob);
    archive[at + packed.layers[0]!.blob.length - 1]! ^= 0xff;
    await expect(load(archive)).rejects.toThrow(/invalid archive: blobs\/sha256\/.* has digest sha256:/);
  });

  test('a layer that reaches outside', async () => {
    const evil = makeImage([[{ name: 'a', type: 'symlink', linkName: '/tmp' }, { name: 'a/evil', content: 'x' }]], { compression: 'none' });
    await expect(load(dockerArchive([{ image: evil, tags: ['evil'] }]))).rejects.toThrow(/a\/evil: a above it is a symlink/);
    expect(await service.images.list()).toEqual([]);
  });
});

test('a full disk is an error, and the store works on', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'small-disk-'));
  mkdirSync(join(directory, 'disk'));
  mount({ target: join(directory, 'disk'), type: 'tmpfs', data: 'size=8m' });
  try {
    using small = await startService(join(directory, 'disk'));
    const huge = makeImage([[{ name: 'big', content: Buffer.alloc(9_000_000, 'x') }]], { compression: 'none' });
    await expect(load(dockerArchive([{ image: huge, tags: ['huge'] }]), small)).rejects.toThrow(/cannot store the archive's content: ENOSPC/);
    await load(dockerArchive([{ image: packed, tags: ['fits'] }]), small);
    expect(await small.tree('fits')).toMatch(/\.\/bin\/big f/);
  } finally {
    umount2(join(directory, 'disk'), 2);
    rmSync(directory, { recursive: true });
  }
});

test('an aborted load ends with the reason', async () => {
  const controller = new AbortController();
  const stalled = new Readable({ read: () => undefined });
  stalled.push(dockerArchive([{ image: plain, tags: ['x'] }]).subarray(0, 100_000));
  const loading = service.images.load(stalled, { signal: controller.signal }, () => {});
  controller.abort(new Error('the client went away'));
  await expect(loading).rejects.toThrow('the client went away');
  expect(await service.images.list()).toEqual([]);
});

test('built-in images are loaded when they are missing, and a broken one is reported', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'builtins-'));
  writeFileSync(join(directory, 'hello.tar'), dockerArchive([{ image: packed, tags: ['slipway/hello:latest'] }]));
  writeFileSync(join(directory, 'broken.tar'), 'broken');
  writeFileSync(join(directory, 'README'), 'not an image');
  try {
    expect(await service.images.loadBuiltins(directory)).toEqual(['slipway/hello:latest']);
    expect((await service.images.resolve('slipway/hello')).config.Cmd).toEqual(['packed']);
    expect(service.log).toEqual([expect.stringMatching(/^the built-in image .*broken.tar could not be loaded: /)]);
    expect(await service.images.loadBuiltins(directory)).toEqual([]);
    expect(await service.images.loadBuiltins(join(directory, 'nowhere'))).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("docker's own archives load: what skopeo or docker writes is a directory of names with ./ before them", async () => {
  const directory = mkdtempSync(join(tmpdir(), 'by-tar-'));
  try {
    for (const [name, content] of [['config.json', packed.config], ['layer.tar', packed.layers[0]!.blob]] as const) writeFileSync(join(directory, name), content);
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: ['by:tar'], Layers: ['layer.tar'] }]));
    const { stdout } = spawnSync('tar', ['-cz', '-C', directory, '.'], { maxBuffer: 1e8 });
    expect(streams(await load(stdout))).toEqual(['Loaded image: by:tar\n']);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('an image that is not there', async () => {
  for (const [reference, message] of [
    ['nope', 'No such image: nope:latest'],
    ['localhost:5000/nope:x', 'No such image: localhost:5000/nope:x'],
    ['a'.repeat(64), `No such image: sha256:${'a'.repeat(64)}`],
    ['abc123', 'No such image: abc123:latest'],
  ] as const) {
    await expect(service.images.resolve(reference)).rejects.toThrow(new NotFoundError(message));
    await expect(service.images.inspect(reference)).rejects.toThrow(message);
  }
});
