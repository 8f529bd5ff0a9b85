import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { shortId } from '../../content/digest.ts';
import { NotFoundError, UnauthorizedError } from '../../errors.ts';
import { dockerArchive, makeImage } from '../../testing/image-fixture.ts';
import { imagesWithRegistry } from '../../testing/images-with-registry.ts';
import type { RegistryFixture } from '../../testing/registry-fixture.ts';
import { startGuardedRegistry } from '../../testing/registry-fixture.ts';
import { startRelay } from '../../testing/registry-relay.ts';
import { startService } from '../../testing/image-service-fixture.ts';
import type { PushOptions } from '../image-service.ts';

const given = imagesWithRegistry();

const base = [{ name: 'bin/' }, { name: 'bin/big', content: Buffer.alloc(1_500_000, 'x') }];
const packed = makeImage([base, [{ name: 'a', content: 'a' }]], { compression: 'gzip' });
const plain = makeImage([base, [{ name: 'b', content: 'b' }]], { compression: 'none' });

function load(...images: Parameters<typeof dockerArchive>[0]): Promise<void> {
  return given.service.images.load(Readable.from([dockerArchive(images)]), { quiet: true }, () => {});
}

async function push(reference: string, options: PushOptions = {}): Promise<ProgressMessage[]> {
  const messages: ProgressMessage[] = [];
  await given.service.images.push(reference, options, (message) => messages.push(message));
  return messages;
}

const statuses = (messages: ProgressMessage[], diffId: string) => {
  const found = messages.filter(({ id }) => id === shortId(diffId)).map(({ status }) => status);
  return found.filter((status, index) => status !== found[index - 1]);
};

test.each([
  ['gzip', packed],
  ['plain', plain],
])('an image of %s layers can be pulled where it was pushed', async (name, image) => {
  const target = `${given.registry.host}/pushed/${name}:1`;
  await load({ image, tags: [target] });
  const messages = await push(target);
  expect(messages[0]).toEqual({ status: `The push refers to repository [${given.registry.host}/pushed/${name}]` });
  for (const { diffId } of image.layers) expect(statuses(messages, diffId)).toEqual(['Preparing', 'Pushing', 'Pushed']);
  const { aux } = messages.at(-1) as { aux: { Tag: string; Digest: string; Size: number } };
  expect(messages.at(-2)).toEqual({ status: `1: digest: ${aux.Digest} size: ${aux.Size}` });
  expect(aux.Tag).toBe('1');
  expect((await given.service.images.inspect(target)).RepoDigests).toEqual([`${given.registry.host}/pushed/${name}@${aux.Digest}`]);
  expect(given.service.events.at(-1)).toBe(`push ${target} ${given.registry.host}/pushed/${name}`);

  const manifest = await fetch(`http://${given.registry.host}/v2/pushed/${name}/manifests/1`, { headers: { Accept: 'application/vnd.docker.distribution.manifest.v2+json' } });
  expect(manifest.headers.get('content-type')).toBe('application/vnd.docker.distribution.manifest.v2+json');
  using other = await startService();
  await other.pull(`${given.registry.host}/pushed/${name}@${aux.Digest}`);
  expect(await other.tree(image.id)).toBe(await given.service.tree(target));

  const again = await push(target);
  for (const { diffId } of image.layers) expect(statuses(again, diffId)).toEqual(['Preparing', 'Layer already exists']);
  expect(again.at(-1)?.aux).toEqual(aux);
});

test('a pulled image keeps its digest, and its layers are mounted from where they were', async () => {
  await given.registry.pushImage('origin', 'x', packed);
  await given.service.pull(`${given.registry.host}/origin:x`);
  await given.service.images.tag(`${given.registry.host}/origin:x`, `${given.registry.host}/copy:x`);
  const messages = await push(`${given.registry.host}/copy:x`);
  for (const { diffId } of packed.layers) expect(statuses(messages, diffId)).toEqual(['Preparing', 'Mounted from origin']);
  expect(messages.at(-1)?.aux).toEqual({ Tag: 'x', Digest: packed.manifestDigest, Size: packed.manifest.length });
});

test('without a tag all tags of the repository go', async () => {
  const name = `${given.registry.host}/all`;
  await load({ image: packed, tags: [`${name}:1`, `${name}:2`] }, { image: plain, tags: [`${name}:3`] });
  expect((await push(name)).flatMap(({ aux }) => (aux === undefined ? [] : (aux as { Tag: string }).Tag))).toEqual(['1', '2', '3']);
});

test.each([
  ['nope:1', /^An image does not exist locally with the tag: nope$/],
  [() => `${given.registry.host}/there:2`, /^tag does not exist: 127.0.0.1:\d+\/there:2$/],
  ['localhost:1/refused:1', /^Get "http:\/\/localhost:1\/v2\/": dial tcp .*: connect: connection refused$/],
])('%s fails after the first line', async (reference, message) => {
  await load({ image: packed, tags: [`${given.registry.host}/there:1`, 'localhost:1/refused:1'] });
  const messages: ProgressMessage[] = [];
  const pushing = given.service.images.push(typeof reference === 'string' ? reference : reference(), {}, (line) => messages.push(line));
  await expect(pushing).rejects.toThrow(message);
  expect(messages[0]?.status).toMatch(/^The push refers to repository \[/);
});

describe('a registry with users', () => {
  let guarded: RegistryFixture;
  beforeAll(async () => {
    guarded = await startGuardedRegistry();
  });
  afterAll(() => guarded?.[Symbol.asyncDispose]());
  const auth = { username: 'joe', password: 'secret' };

  test('lets in who has the password', async () => {
    const name = `${guarded.host}/private:1`;
    await load({ image: packed, tags: [name] });
    await expect(push(name)).rejects.toThrow(UnauthorizedError);
    await expect(push(name, { auth: { username: 'joe', password: 'wrong' } })).rejects.toThrow(/unauthorized: authentication required/);
    expect((await push(name, { auth })).at(-1)?.aux).toMatchObject({ Tag: '1' });
    expect(await given.service.images.distribution(name, { auth })).toMatchObject({ Platforms: [{ os: 'linux' }] });
    await expect(given.service.images.distribution(name, {})).rejects.toThrow(UnauthorizedError);
  });

  test('login', async () => {
    expect(await given.service.images.login({ ...auth, serveraddress: `http://${guarded.host}/v2/` })).toEqual({ IdentityToken: '', Status: 'Login Succeeded' });
    await expect(given.service.images.login({ username: 'joe', password: 'no', serveraddress: guarded.host })).rejects.toThrow(UnauthorizedError);
    await expect(given.service.images.login({ ...auth, serveraddress: 'localhost:1' })).rejects.toThrow(/connection refused/);
  });
});

test('a connection that breaks during an upload is tried again, and what the registry refuses is not', async () => {
  let broken = 0;
  await using server = await startRelay(given.registry.host, (request, response) => {
    if (request.method === 'PATCH' && broken === 0) {
      broken += 1;
      request.once('data', () => request.destroy());
      return true;
    }
    if (request.method === 'PUT' && request.url?.includes('/refused/manifests/') === true) {
      response.writeHead(403).end('{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}');
      return true;
    }
    return false;
  });
  await load({ image: makeImage([base], { compression: 'gzip' }), tags: [`${server.host}/retried:1`, `${server.host}/refused:1`] });
  const messages = await push(`${server.host}/retried:1`);
  expect(messages.map(({ status }) => status)).toContain('Retrying in 1 second');
  expect(messages.at(-1)?.aux).toMatchObject({ Tag: '1' });
  await expect(push(`${server.host}/refused:1`)).rejects.toThrow(/^denied: requested access to the resource is denied$/);
});

test('an abort ends a push at once', async () => {
  await using server = await startRelay(given.registry.host, (request) => request.method === 'PATCH');
  await load({ image: packed, tags: [`${server.host}/aborted:1`] });
  const controller = new AbortController();
  const pushing = given.service.images.push(`${server.host}/aborted:1`, { signal: controller.signal }, ({ status }) => {
    if (status === 'Pushing') controller.abort(new Error('the user went away'));
  });
  await expect(pushing).rejects.toThrow('the user went away');
});

describe('distribution', () => {
  test('of an image and of an index', async () => {
    const { digest: index } = await (async () => {
      await given.registry.pushImage('dist', 'one', packed);
      const row = (architecture: string) => ({ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: packed.manifestDigest, size: packed.manifest.length, platform: { architecture, os: 'linux' } });
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [row('amd64'), row('arm64')] }));
      return { digest: await given.registry.pushManifest('dist', 'many', bytes, 'application/vnd.oci.image.index.v1+json') };
    })();
    expect(await given.service.images.distribution(`${given.registry.host}/dist:one`, {})).toMatchObject({
      Descriptor: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: packed.manifestDigest, size: packed.manifest.length },
      Platforms: [{ os: 'linux' }],
    });
    expect(await given.service.images.distribution(`${given.registry.host}/dist:many`, {})).toMatchObject({
      Descriptor: { digest: index },
      Platforms: [{ architecture: 'amd64', os: 'linux' }, { architecture: 'arm64', os: 'linux' }],
    });
    await expect(given.service.images.distribution(`${given.registry.host}/dist:nope`, {})).rejects.toThrow(NotFoundError);
  });
});

describe('search', () => {
  const results = [
    { name: 'nginx', description: 'web', star_count: 20, is_official: true, is_automated: false },
    { name: 'joe/nginx', description: 'mine', star_count: 2, is_official: false, is_automated: true },
  ];
  test('asks the registry of the term, and filters', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(JSON.stringify({ num_results: 2, query: 'x', results }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const names = async (filters: Record<string, string[]>) => (await given.service.images.search(`${host}/nginx`, { filters })).map(({ name }) => name);
      expect(await given.service.images.search(`${host}/nginx`, { limit: 7 })).toEqual(results.map((row) => ({ ...row, is_automated: false })));
      expect(asked[0]).toBe('/v1/search?q=nginx&n=7');
      expect(await names({ 'is-official': ['true'] })).toEqual(['nginx']);
      expect(await names({ stars: ['3'] })).toEqual(['nginx']);
      expect(await names({ 'is-automated': ['true'] })).toEqual([]);
      await expect(names({ nope: ['x'] })).rejects.toThrow("invalid filter 'nope'");
      await expect(given.service.images.search('x', { limit: 200 })).rejects.toThrow('limit 200 is outside the range of [1, 100]');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('says so where there is none', async () => {
    await expect(given.service.images.search(`${given.registry.host}/x`, {})).rejects.toThrow(/cannot be searched: it answers 404 Not Found; it may have no search/);
  });
});
