import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConflictError, InvalidParameterError, NotFoundError } from '../errors.ts';
import { chainIds } from './model/chain-id.ts';
import type { ImageFixture } from '../testing/image-fixture.ts';
import { dockerArchive, makeImage } from '../testing/image-fixture.ts';
import type { ImageUser } from './image-service.ts';
import { startRegistry } from '../testing/registry-fixture.ts';
import type { ServiceFixture } from '../testing/image-service-fixture.ts';
import { startService } from '../testing/image-service-fixture.ts';

let service: ServiceFixture;
const low = [{ name: 'a', content: 'a' }];
const one = makeImage([low, [{ name: 'b', content: 'bb' }]], { created: '2024-01-01T00:00:00Z', config: { Labels: { stage: 'one' } } });
const two = makeImage([low, [{ name: 'c', content: 'ccc' }]], { created: '2024-02-01T00:00:00Z' });
beforeEach(async () => {
  service = await startService();
  await load(one, 'one:1');
  await load(two, 'two:1');
  service.events.length = 0;
});
afterEach(() => service[Symbol.dispose]());

function load(image: ImageFixture, ...tags: string[]): Promise<void> {
  return service.images.load(Readable.from([dockerArchive([{ image, tags }])]), { quiet: true }, () => {});
}

const short = (id: string) => id.slice(7, 19);
const chains = (image: ImageFixture) => chainIds(image.layers.map(({ diffId }) => diffId));
const user = (imageId: string, running: boolean): ImageUser => ({ containerId: 'c'.repeat(64), imageId, imageReference: 'one:1', running });
const remove = (reference: string, force = false) => service.images.remove(reference, { force });

describe('remove', () => {
  test('the last name removes the image, and the layers that no other has', async () => {
    expect(await remove('one:1')).toEqual([{ Untagged: 'one:1' }, { Deleted: one.id }, { Deleted: chains(one)[1] }]);
    expect(service.events).toEqual([`untag ${one.id} ${one.id}`, `delete ${one.id} ${one.id}`]);
    await expect(service.images.resolve('one:1')).rejects.toThrow(NotFoundError);
    expect((await service.snapshotter.list()).map(({ keyOrName }) => keyOrName).sort()).toEqual([...chains(two)].sort());
    expect(await service.tree('two:1')).toMatch(/\.\/c f/);

    expect(await remove(two.id)).toEqual([{ Untagged: 'two:1' }, { Deleted: two.id }, { Deleted: chains(two)[1] }, { Deleted: chains(two)[0] }]);
    expect(await service.snapshotter.list()).toEqual([]);
    expect(readdirSync(join(service.directory, 'content', 'blobs', 'sha256'))).toEqual([]);
    expect(readdirSync(join(service.directory, 'images', 'layers'))).toEqual([]);
  });

  test('a name of several is only untagged', async () => {
    await service.images.tag('one:1', 'again');
    expect(await remove('again')).toEqual([{ Untagged: 'again:latest' }]);
    expect((await service.images.inspect('one:1')).RepoTags).toEqual(['one:1']);
  });

  test('by id with names in several repositories: a conflict, unless forced', async () => {
    await service.images.tag('one:1', 'again');
    await expect(remove(short(one.id))).rejects.toThrow(
      new ConflictError(`conflict: unable to delete ${short(one.id)} (must be forced) - image is referenced in multiple repositories`),
    );
    expect((await service.images.inspect('one:1')).RepoTags).toEqual(['again:latest', 'one:1']);
    expect(await remove(short(one.id), true)).toEqual([{ Untagged: 'again:latest' }, { Untagged: 'one:1' }, { Deleted: one.id }, { Deleted: chains(one)[1] }]);
  });

  test("containers keep it, in moby's words", async () => {
    service.users = [user(one.id, false)];
    await expect(remove('one:1')).rejects.toThrow(
      new ConflictError(`conflict: unable to remove repository reference "one:1" (must force) - container cccccccccccc is using its referenced image ${short(one.id)}`),
    );
    await expect(remove(one.id)).rejects.toThrow(`conflict: unable to delete ${short(one.id)} (must be forced) - image is being used by stopped container cccccccccccc`);
    service.users = [user(one.id, true)];
    await expect(remove(one.id, true)).rejects.toThrow(`conflict: unable to delete ${short(one.id)} (cannot be forced) - image is being used by running container cccccccccccc`);
    expect((await service.images.inspect('one:1')).RepoTags).toEqual(['one:1']);
  });

  test('forced under a stopped container: its layers stay until the container has gone', async () => {
    service.users = [user(one.id, false)];
    await service.snapshotter.prepare('container', chains(one)[1]!);
    expect(await remove('one:1', true)).toEqual([{ Untagged: 'one:1' }, { Deleted: one.id }]);
    expect((await service.snapshotter.list()).map(({ keyOrName }) => keyOrName)).toContain(chains(one)[1]);
    await service.snapshotter.remove('container');
    service.users = [];
    await service.reopen();
    expect((await service.snapshotter.list()).map(({ keyOrName }) => keyOrName).sort()).toEqual([...chains(two)].sort());
  });

  test('the digest goes with the last tag of its repository', async () => {
    await using registry = await startRegistry();
    await registry.pushImage('x', 'latest', one);
    await service.pull(`${registry.host}/x`);
    expect(await remove(`${registry.host}/x`)).toEqual([{ Untagged: `${registry.host}/x:latest` }, { Untagged: `${registry.host}/x@${one.manifestDigest}` }]);
    expect((await service.images.inspect(one.id)).RepoTags).toEqual(['one:1']);
  });

  test('what is not there, and what is no name', async () => {
    await expect(remove('nope')).rejects.toThrow(new NotFoundError('No such image: nope:latest'));
    await expect(remove('A')).rejects.toThrow(InvalidParameterError);
  });
});

describe('tag', () => {
  test('gives a name, and takes it from the image that had it', async () => {
    await service.images.tag('one:1', 'localhost:5000/x/y:z');
    expect(service.events).toEqual([`tag ${one.id} localhost:5000/x/y:z`]);
    await service.images.tag(two.id, 'one:1');
    expect((await service.images.resolve('one:1')).id).toBe(two.id);
    expect((await service.images.inspect(one.id)).RepoTags).toEqual(['localhost:5000/x/y:z']);
    await service.reopen();
    expect((await service.images.inspect(two.id)).RepoTags).toEqual(['one:1', 'two:1']);
    expect((await service.images.inspect(two.id)).Metadata.LastTagTime).toMatch(/^20/);
  });

  test.each([
    ['nope', 'x', /^No such image: nope:latest$/],
    ['one:1', 'A', /must be lowercase/],
    ['one:1', `x@sha256:${'a'.repeat(64)}`, /cannot import digest reference/],
  ])('%s as %s is refused', async (source, target, message) => {
    await expect(service.images.tag(source, target)).rejects.toThrow(message);
  });
});

describe('list', () => {
  const tags = async (filters?: Record<string, string[]>) => (await service.images.list({ filters })).map(({ RepoTags }) => RepoTags[0] ?? '<none>');

  test('newest first, with sizes and labels', async () => {
    expect(await service.images.list()).toMatchObject([
      { Id: two.id, RepoTags: ['two:1'], RepoDigests: [], Size: 4, Created: Date.parse('2024-02-01') / 1000, Labels: null, Containers: 0, SharedSize: -1, ParentId: '' },
      { Id: one.id, RepoTags: ['one:1'], Size: 3, Labels: { stage: 'one' } },
    ]);
  });

  test('what images share', async () => {
    expect((await service.images.list({ sharedSize: true })).map(({ SharedSize }) => SharedSize)).toEqual([1, 1]);
  });

  test.each<[Record<string, string[]>, string[]]>([
    [{ reference: ['one'] }, ['one:1']],
    [{ reference: ['o*:?'] }, ['one:1']],
    [{ reference: ['[n-z]*:1', 'nope'] }, ['two:1', 'one:1']],
    [{ reference: ['*/one'] }, []],
    [{ label: ['stage'] }, ['one:1']],
    [{ label: ['stage=one'] }, ['one:1']],
    [{ label: ['stage=two'] }, []],
    [{ before: ['two:1'] }, ['one:1']],
    [{ since: ['one:1'] }, ['two:1']],
    [{ until: ['2024-01-15T00:00:00Z'] }, ['one:1']],
    [{ until: ['10m'] }, ['two:1', 'one:1']],
    [{ dangling: ['true'] }, []],
    [{ dangling: ['false'], label: ['stage'] }, ['one:1']],
  ])('filters %j', async (filters, expected) => {
    expect(await tags(filters)).toEqual(expected);
  });

  test('an image without names is dangling', async () => {
    await service.images.tag('two:1', 'one:1');
    expect(await tags({ dangling: ['1'] })).toEqual(['<none>']);
  });

  test.each<[Record<string, string[]>, RegExp]>([
    [{ nope: ['x'] }, /^invalid filter 'nope'$/],
    [{ dangling: ['maybe'] }, /invalid filter 'dangling=\[maybe\]'/],
    [{ reference: ['[x'] }, /syntax error in pattern/],
    [{ until: ['whenever'] }, /invalid value for 'until' filter: failed to parse value as time or duration: "whenever"/],
    [{ before: ['nope'] }, /No such image: nope:latest/],
  ])('refuses %j', async (filters, message) => {
    await expect(service.images.list({ filters })).rejects.toThrow(message);
  });
});

test('history shows the steps, the last first', async () => {
  expect(await service.images.history('one:1')).toMatchObject([
    { Id: one.id, CreatedBy: 'step 1', Size: 2, Tags: ['one:1'] },
    { Id: '<missing>', CreatedBy: 'step 0', Size: 1, Tags: null },
  ]);
});

test('an image is found by reference, id, and the beginning of its id', async () => {
  for (const text of ['one:1', 'docker.io/library/one:1', one.id, one.id.slice(7), short(one.id), `sha256:${short(one.id)}`]) {
    expect((await service.images.resolve(text)).id).toBe(one.id);
  }
  expect(await service.images.resolve('one:1')).toEqual({
    id: one.id,
    config: { Cmd: ['/bin/sh'], Env: ['PATH=/bin'], Labels: { stage: 'one' } },
    chainId: chains(one)[1],
    os: 'linux',
    architecture: expect.any(String) as string,
  });
});
