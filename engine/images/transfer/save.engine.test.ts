import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NotFoundError } from '../../errors.ts';
import { bytesToText } from '../../lib/tar/tar-header.ts';
import { TarParser } from '../../lib/tar/tar-parser.ts';
import type { ImageFixture } from '../../testing/image-fixture.ts';
import { dockerArchive, makeImage } from '../../testing/image-fixture.ts';
import { startRegistry } from '../../testing/registry-fixture.ts';
import type { ServiceFixture } from '../../testing/image-service-fixture.ts';
import { startService } from '../../testing/image-service-fixture.ts';
import { parseReference, withDefaultTag } from '../reference/reference.ts';
import { makeTar } from '../../testing/tar-fixture.ts';

let service: ServiceFixture;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service[Symbol.dispose]());

const base = [{ name: 'bin/' }, { name: 'bin/big', content: Buffer.alloc(2_000_000, 'x') }, { name: 'etc/' }, { name: 'etc/a', content: 'a' }];
const one = makeImage([base, [{ name: 'etc/' }, { name: 'etc/.wh.a' }]], { compression: 'gzip' });
const two = makeImage([base], { compression: 'gzip', config: { Cmd: ['two'] } });

async function saved(names: string[], on = service): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of on.images.save(names)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function load(archive: Buffer, on = service): Promise<void> {
  return on.images.load(Readable.from([archive], { objectMode: false }), { quiet: true }, () => {});
}

function files(archive: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  let name = '';
  for (const event of new TarParser().push(archive)) {
    if (event.kind === 'entry') found.set((name = bytesToText(event.header.name)), Buffer.alloc(0));
    else found.set(name, Buffer.concat([found.get(name) ?? Buffer.alloc(0), event.chunk]));
  }
  return found;
}

const json = (archive: Map<string, Buffer>, name: string): unknown => JSON.parse(archive.get(name)?.toString() ?? 'null');

describe('an archive', () => {
  test('is a docker archive and an OCI layout in one, and tar can read it', async () => {
    await load(dockerArchive([{ image: one, tags: ['one:1', 'localhost:5000/one:x'] }, { image: two, tags: ['two'] }]));
    const archive = await saved(['one:1', 'localhost:5000/one:x', 'two:latest']);
    expect(execFileSync('tar', ['-tf', '-'], { input: archive, encoding: 'utf8' }).split('\n')).toContain('manifest.json');
    const content = files(archive);
    const layer = (image: ImageFixture, index: number) => `blobs/sha256/${image.layers[index]!.digest.slice(7)}`;
    expect(json(content, 'manifest.json')).toEqual([
      { Config: `blobs/sha256/${one.id.slice(7)}`, RepoTags: ['one:1', 'localhost:5000/one:x'], Layers: [layer(one, 0), layer(one, 1)] },
      { Config: `blobs/sha256/${two.id.slice(7)}`, RepoTags: ['two:latest'], Layers: [layer(two, 0)] },
    ]);
    expect(json(content, 'repositories')).toEqual({
      one: { 1: one.layers[1]!.diffId.slice(7) },
      'localhost:5000/one': { x: one.layers[1]!.diffId.slice(7) },
      two: { latest: two.layers[0]!.diffId.slice(7) },
    });
    expect(json(content, 'oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
    const index = json(content, 'index.json') as { manifests: { digest: string; annotations: Record<string, string> }[] };
    expect(index.manifests.map(({ annotations }) => annotations)).toEqual([
      { 'io.containerd.image.name': 'docker.io/library/one:1', 'org.opencontainers.image.ref.name': '1' },
      { 'io.containerd.image.name': 'localhost:5000/one:x', 'org.opencontainers.image.ref.name': 'x' },
      { 'io.containerd.image.name': 'docker.io/library/two:latest', 'org.opencontainers.image.ref.name': 'latest' },
    ]);
    const manifest = json(content, `blobs/sha256/${index.manifests[0]!.digest.slice(7)}`) as { config: { digest: string } };
    expect(manifest.config.digest).toBe(one.id);
    expect(service.events.slice(-2)).toEqual([`save ${one.id} ${one.id}`, `save ${two.id} ${two.id}`]);
  });

  test.each(['docker archive', 'OCI layout'])('read as %s gives the same images again', async (form) => {
    await load(dockerArchive([{ image: one, tags: ['one:1'] }, { image: two, tags: ['two'] }]));
    const archive = files(await saved(['one', 'two']));
    if (form === 'OCI layout') archive.delete('manifest.json');
    using other = await startService();
    await load(makeTar([...archive].map(([name, content]) => ({ name, content }))), other);
    for (const name of ['one:1', 'two']) {
      expect(await other.tree(name)).toBe(await service.tree(name));
      expect((await other.images.inspect(name)).Id).toBe((await service.images.inspect(name)).Id);
    }
  });

  test('of a pulled image keeps its manifest byte for byte', async () => {
    await using registry = await startRegistry();
    await registry.pushImage('app', 'x', one);
    await service.pull(`${registry.host}/app:x`);
    const content = files(await saved([`${registry.host}/app:x`]));
    expect(content.get(`blobs/sha256/${one.manifestDigest.slice(7)}`)).toEqual(one.manifest);
  });

  test('has plain tars for layers in zstd', async () => {
    const packed = makeImage([base], { compression: 'zstd' });
    await load(dockerArchive([{ image: packed, tags: ['packed'] }]));
    const content = files(await saved(['packed']));
    expect(content.get(`blobs/sha256/${packed.layers[0]!.diffId.slice(7)}`)).toEqual(packed.layers[0]!.tar);
    using other = await startService();
    await load(await saved(['packed']), other);
    expect(await other.tree('packed')).toBe(await service.tree('packed'));
  });

  test('of an image that was made here', async () => {
    await load(dockerArchive([{ image: two, tags: ['two'] }]));
    const layer = makeTar([{ name: 'new', content: 'new' }]);
    await service.images.create({ parent: 'two', layer: Readable.from([layer], { objectMode: false }), config: {}, references: [withDefaultTag(parseReference('made'))] });
    using other = await startService();
    await load(await saved(['made']), other);
    expect(await other.tree('made')).toContain('./new f');
  });
});

describe('what is saved', () => {
  beforeEach(() => load(dockerArchive([{ image: one, tags: ['app:1', 'app:2'] }, { image: two, tags: ['app:3'] }])));
  const tags = async (names: string[]) => (json(files(await saved(names)), 'manifest.json') as { RepoTags: string[] | null }[]).map(({ RepoTags }) => RepoTags);

  test.each<[string, string[], (string[] | null)[]]>([
    ['a tag', ['app:1'], [['app:1']]],
    ['a name: all its tags', ['app'], [['app:1', 'app:2'], ['app:3']]],
    ['a tag twice', ['app:1', 'docker.io/library/app:1'], [['app:1']]],
    ['an id', [one.id], [null]],
    ['an id and a tag of it', [one.id.slice(7, 19), 'app:2'], [['app:2']]],
    ['nothing', [], []],
  ])('%s', async (_, names, expected) => {
    expect(await tags(names)).toEqual(expected);
  });

  test.each([
    ['nope', /^No such image: nope$/],
    ['abcdef', /^No such image: abcdef/],
    ['app:9', /^reference does not exist$/],
    [`sha256:${'a'.repeat(64)}`, /^No such image: sha256:a+$/],
  ])('%s is not there', async (name, message) => {
    await expect(saved([name])).rejects.toThrow(message);
    await expect(saved([name])).rejects.toThrow(NotFoundError);
  });

  test('for a platform that it is not of', async () => {
    const iterator = service.images.save(['app:1'], { os: 'linux', architecture: 's390x' })[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toThrow(/does not match the specified platform: wanted linux\/s390x/);
  });

  test('an image that is removed meanwhile is written whole', async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of service.images.save(['app:3'])) {
      if (chunks.length === 0) await Promise.race([service.images.remove('app:3', {}), new Promise((resolve) => setImmediate(resolve))]);
      chunks.push(chunk);
    }
    using other = await startService();
    await load(Buffer.concat(chunks), other);
    expect((await other.images.inspect('app:3')).Id).toBe(two.id);
  });
});
