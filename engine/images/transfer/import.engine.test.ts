import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { digestOf } from '../../content/digest.ts';
import { ConflictError, InvalidParameterError, NotFoundError } from '../../errors.ts';
import { dockerArchive, makeImage } from '../../testing/image-fixture.ts';
import type { ServiceFixture } from '../../testing/image-service-fixture.ts';
import { startService } from '../../testing/image-service-fixture.ts';
import { makeTar } from '../../testing/tar-fixture.ts';
import type { ImportOptions } from './import.ts';
import { parseReference, withDefaultTag } from '../reference/reference.ts';

let service: ServiceFixture;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service[Symbol.dispose]());

const tar = makeTar([{ name: 'bin/' }, { name: 'bin/sh', content: 'shell', mode: 0o755 }, { name: 'etc/' }, { name: 'etc/a', content: 'a' }]);

async function importing(body: Buffer, options: Partial<ImportOptions> = {}): Promise<ProgressMessage[]> {
  const messages: ProgressMessage[] = [];
  const all = { source: '-', body: Readable.from([body], { objectMode: false }), target: '', message: '', changes: [], ...options };
  await service.images.import(all, (message) => messages.push(message));
  return messages;
}

describe('import', () => {
  test.each([
    ['plain', tar],
    ['gzip', gzipSync(tar)],
    ['xz', execFileSync('xz', ['-c'], { input: tar })],
    ['bzip2', execFileSync('bzip2', ['-c'], { input: tar })],
  ])('a %s tar becomes an image of one layer, with changes and a name', async (_, body) => {
    const messages = await importing(body, { target: 'mine:1', message: 'hello', changes: ['CMD ["sh"]', 'ENV A=b'] });
    const image = await service.images.inspect('mine:1');
    expect(messages).toEqual([{ status: image.Id }]);
    expect(image).toMatchObject({
      RepoTags: ['mine:1'],
      Comment: 'hello',
      Config: { Cmd: ['sh'], Env: ['A=b'] },
      Parent: '',
      Size: 6,
      RootFS: { Layers: [digestOf(tar)] },
    });
    expect(await service.tree('mine:1')).toContain('./bin/sh f 755');
    expect(await service.images.history('mine:1')).toMatchObject([{ Id: image.Id, Comment: 'hello', CreatedBy: '', Size: 6, Tags: ['mine:1'] }]);
    expect(service.events).toEqual([`tag ${image.Id} mine:1`, `import ${image.Id} ${image.Id}`]);
  });

  test('without a name, for another platform', async () => {
    const [{ status = '' } = {}] = await importing(tar, { platform: 'linux/arm/v7' });
    expect(await service.images.inspect(status)).toMatchObject({ RepoTags: [], Architecture: 'arm', Variant: 'v7', Comment: 'Imported from -' });
    expect(await service.images.list({ filters: { dangling: ['true'] } })).toHaveLength(1);
  });

  test('from an address', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/root.tar') response.writeHead(200, { 'Content-Length': tar.length }).end(tar);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const messages = await importing(Buffer.alloc(0), { source: `${address}/root.tar`, target: 'fetched' });
      expect(messages[0]).toEqual({ status: `Downloading from http://${address}/root.tar` });
      expect(messages.at(-2)).toMatchObject({ status: 'Importing', progressDetail: { current: tar.length, total: tar.length } });
      expect(await service.tree('fetched')).toContain('./etc/a');
      await expect(importing(tar, { source: `${address}/nope` })).rejects.toThrow(/404 Not Found/);
      await expect(importing(tar, { source: 'file:///etc/passwd' })).rejects.toThrow(InvalidParameterError);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test.each([
    ['no tar', Buffer.alloc(2000, 'x'), {}, /invalid tar header/],
    ['a cut gzip', gzipSync(tar).subarray(0, 40), {}, /unexpected end of file/],
    ['a name that is none', tar, { target: 'A' }, /must be lowercase/],
    ['a digest as name', tar, { target: `x@${digestOf('')}` }, /cannot import digest reference/],
    ['a change that is none', tar, { changes: ['RUN x'] }, /run is not a valid change command/],
    ['another system', tar, { platform: 'windows/amd64' }, /operating system "windows" is not supported/],
    ['what leaves the layer', makeTar([{ name: '../evil' }]), {}, /leaves the layer/],
  ])('%s is refused, and nothing stays', async (_, body, options, message) => {
    await expect(importing(body, options)).rejects.toThrow(message);
    expect(await service.images.list()).toEqual([]);
    await service.reopen();
    expect(await service.snapshotter.list()).toEqual([]);
  });
});

describe('an image made on another', () => {
  const base = makeImage([[{ name: 'etc/' }, { name: 'etc/a', content: 'a' }]], { config: { Labels: { from: 'base' } } });
  beforeEach(async () => {
    await service.images.load(Readable.from([dockerArchive([{ image: base, tags: ['base'] }])]), { quiet: true }, () => {});
  });
  const layer = () => Readable.from([makeTar([{ name: 'etc/' }, { name: 'etc/.wh.a' }, { name: 'etc/b', content: 'bb' }])], { objectMode: false });
  const named = (name: string) => [withDefaultTag(parseReference(name))];

  test('has its layers and its history, and knows its parent', async () => {
    const id = await service.images.create({ parent: 'base', layer: layer(), config: { Cmd: ['x'] }, author: 'me', comment: 'c', createdBy: 'sh', references: named('child') });
    expect(await service.images.inspect('child')).toMatchObject({ Id: id, Parent: base.id, Author: 'me', Comment: 'c', Config: { Cmd: ['x'] }, Size: 3 });
    expect(await service.tree('child')).toMatch(/etc\/b f/);
    expect(await service.tree('child')).not.toMatch(/etc\/a f/);
    const history = await service.images.history('child');
    expect(history.map(({ Id, CreatedBy, Size }) => [Id, CreatedBy, Size])).toEqual([
      [id, 'sh', 2],
      [base.id, 'step 0', 1],
    ]);
    await service.reopen();
    expect((await service.images.inspect('child')).Parent).toBe(base.id);
  });

  test.each([
    ['null', null],
    ['an empty tar', makeTar([])],
  ])('%s is no layer', async (_, content) => {
    const stream = content === null ? null : Readable.from([content], { objectMode: false });
    await service.images.create({ parent: 'base', layer: stream, config: {}, references: named('same') });
    const { RootFS } = await service.images.inspect('same');
    expect(RootFS.Layers).toEqual(base.layers.map(({ diffId }) => diffId));
    expect((await service.images.history('same'))[0]).toMatchObject({ Size: 0 });
  });

  test('keeps its parent, and takes it along when it goes', async () => {
    const id = await service.images.create({ parent: 'base', layer: layer(), config: {}, references: named('child') });
    await expect(service.images.remove(base.id, { force: true })).rejects.toThrow(
      new ConflictError(`conflict: unable to delete ${base.id.slice(7, 19)} (cannot be forced) - image has dependent child images`),
    );
    expect(await service.images.remove('base', {})).toEqual([{ Untagged: 'base:latest' }]);
    // Without a name it is part of its child.
    expect((await service.images.list()).map(({ Id }) => Id)).toEqual([id]);
    expect((await service.images.list({ all: true })).map(({ Id }) => Id).sort()).toEqual([id, base.id].sort());
    const deleted = (await service.images.remove('child', {})).flatMap((row) => ('Deleted' in row ? row.Deleted : []));
    expect(deleted).toHaveLength(4);
    expect(deleted[0]).toBe(id);
    expect(deleted[2]).toBe(base.id);
    expect(await service.images.list({ all: true })).toEqual([]);
  });

  test('noprune leaves the parent', async () => {
    await service.images.create({ parent: 'base', layer: layer(), config: {}, references: named('child') });
    await service.images.remove('base', {});
    await service.images.remove('child', { noprune: true });
    expect((await service.images.list()).map(({ Id }) => Id)).toEqual([base.id]);
  });

  test('a parent that is not there, and a layer that is none', async () => {
    await expect(service.images.create({ parent: 'nope', layer: null, config: {} })).rejects.toThrow(NotFoundError);
    const broken = Readable.from([Buffer.alloc(1024, 'x')], { objectMode: false });
    await expect(service.images.create({ parent: 'base', layer: broken, config: {} })).rejects.toMatchObject({ kind: 'invalid-parameter', message: expect.stringContaining('the layer cannot be unpacked') });
    expect(await service.images.list({ all: true })).toHaveLength(1);
  });
});

describe('prune', () => {
  const image = (name: string, labels: Record<string, string>, created: string) => makeImage([[{ name, content: name }]], { config: { Labels: labels }, created });
  const [old, young, used] = [image('old', { a: '1' }, '2020-01-01T00:00:00Z'), image('young', { a: '2' }, '2024-01-01T00:00:00Z'), image('used', {}, '2020-01-01T00:00:00Z')] as const;
  beforeEach(async () => {
    const images = [{ image: old, tags: [] }, { image: young, tags: [] }, { image: used, tags: ['used'] }];
    await service.images.load(Readable.from([dockerArchive(images)]), { quiet: true }, () => {});
    service.events.length = 0;
  });
  const pruned = async (filters?: Record<string, string[]>) => {
    const { ImagesDeleted, SpaceReclaimed } = await service.images.prune({ filters });
    return [(ImagesDeleted ?? []).flatMap((row) => ('Deleted' in row && [old, young, used].some(({ id }) => id === row.Deleted) ? row.Deleted : [])).sort(), SpaceReclaimed];
  };

  test('removes what has no tag, and says what that freed', async () => {
    expect(await pruned()).toEqual([[old.id, young.id].sort(), 8]);
    expect(service.events.at(-1)).toBe('prune  undefined');
    expect((await service.images.list()).map(({ Id }) => Id)).toEqual([used.id]);
    expect(await service.images.prune()).toEqual({ ImagesDeleted: null, SpaceReclaimed: 0 });
  });

  test.each<[Record<string, string[]>, string[]]>([
    [{ until: ['2022-01-01T00:00:00Z'] }, [old.id]],
    [{ label: ['a=2'] }, [young.id]],
    [{ 'label!': ['a=2'] }, [old.id]],
    [{ dangling: ['false'] }, [old.id, young.id, used.id]],
    [{ dangling: ['false'], until: ['10m'], label: ['a'] }, [old.id, young.id]],
  ])('%j', async (filters, expected) => {
    expect((await pruned(filters))[0]).toEqual([...expected].sort());
  });

  test('what a container uses stays', async () => {
    service.users = [used, old].map(({ id }) => ({ containerId: 'c', imageId: id, imageReference: 'x', running: false }));
    expect(await pruned({ dangling: ['false'] })).toEqual([[young.id], 5]);
  });

  test('one at a time, and only with known filters', async () => {
    const first = service.images.prune();
    await expect(service.images.prune()).rejects.toThrow(new ConflictError('a prune operation is already running'));
    await first;
    await expect(service.images.prune({ filters: { nope: ['x'] } })).rejects.toThrow(new InvalidParameterError("invalid filter 'nope'"));
    await expect(service.images.prune({ filters: { until: ['10m', '20m'] } })).rejects.toThrow(/more than one until filter specified/);
  });
});
