import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { InvalidParameterError, NotFoundError, UnauthorizedError } from '../../errors.ts';
import { parseMirror } from '../../registry/registries.ts';
import { dockerArchive, makeImage } from '../../testing/image-fixture.ts';
import type { ServiceFixture } from '../../testing/image-service-fixture.ts';
import { startService } from '../../testing/image-service-fixture.ts';
import type { RegistryFixture } from '../../testing/registry-fixture.ts';
import { startRegistry } from '../../testing/registry-fixture.ts';
import { startRelay } from '../../testing/registry-relay.ts';
import { startTokenRegistry } from '../../testing/token-registry.ts';

/** Mirrors, all tags of a repository, and registries that want tokens: a real registry with a server before it. */

let registry: RegistryFixture;
let service: ServiceFixture;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry[Symbol.asyncDispose]());
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service[Symbol.dispose]());

const one = makeImage([[{ name: 'one', content: Buffer.alloc(300_000, 'x') }]]);
const two = makeImage([[{ name: 'two', content: 'two' }]]);
const statuses = (messages: ProgressMessage[]) => messages.map(({ status }) => status);

test('a mirror is asked before Docker Hub, without what the user logged in with there', async () => {
  await registry.pushImage('library/mirrored', 'latest', one);
  const seen: string[] = [];
  await using broken = await startRelay(registry.host, (request, response) => {
    // It knows the manifest and has lost its blobs.
    if (request.url?.includes('/blobs/') !== true) return false;
    response.writeHead(404).end('{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}');
    return true;
  });
  await using mirror = await startRelay(registry.host, (request) => {
    seen.push(`${request.method} ${request.headers.authorization ?? '-'}`);
    return false;
  });
  service.mirrors = ['http://localhost:1', `http://${broken.host}/`, `http://${mirror.host}`];
  await service.reopen();
  const messages = await service.pull('mirrored', { auth: { username: 'joe', password: 'secret' } });
  expect(statuses(messages).at(-1)).toBe('Status: Downloaded newer image for mirrored:latest');
  expect((await service.images.list())[0]?.RepoTags).toEqual(['mirrored:latest']);
  expect(new Set(seen)).toEqual(new Set(['GET -']));
  expect(service.log.filter((line) => line.includes('mirror'))).toEqual([
    expect.stringMatching(/the mirror http:\/\/localhost:1\/ did not give library\/mirrored: .*connection refused/),
    expect.stringMatching(/did not give library\/mirrored: blob unknown/),
  ]);
  const asked = seen.length;
  expect(await service.images.distribution('mirrored', {})).toMatchObject({ Descriptor: { digest: one.manifestDigest } });
  expect(seen.length).toBeGreaterThan(asked);
  // Others than Docker Hub have no mirror.
  await registry.pushImage('own', 'latest', two);
  const before = seen.length;
  await service.pull(`${registry.host}/own`);
  expect(seen).toHaveLength(before);
});

test.each([
  ['ftp://x', 'unsupported scheme "ftp"'],
  ['nonsense', 'is not a valid URI'],
  ['https://x/?y=1', 'unsupported query or fragment'],
  ['https://joe:secret@x', 'username/password not allowed in URI "https://xxxxx@x/"'],
])('a mirror %s is refused', (text, words) => {
  expect(() => parseMirror(text)).toThrow(InvalidParameterError);
  expect(() => parseMirror(text)).toThrow(words);
});

test('all tags of a repository, page by page, without those of other platforms', async () => {
  for (const tag of ['a', 'b', 'c']) await registry.pushImage('many', tag, tag === 'b' ? two : one);
  const foreign = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: one.manifestDigest, size: one.manifest.length, platform: { os: 'windows', architecture: 'amd64' } }] }));
  await registry.pushManifest('many', 'windows', foreign, 'application/vnd.oci.image.index.v1+json');
  const pages: string[] = [];
  await using paged = await startRelay(registry.host, (request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (!url.pathname.endsWith('/tags/list')) return false;
    pages.push(url.search);
    const last = url.searchParams.get('last');
    const [tags, next] = last === null ? [['a', 'b'], 'b'] : [['c', 'windows', '../not a tag'], null];
    response.writeHead(200, next === null ? {} : { Link: `</v2/many/tags/list?last=${next}&n=2>; rel="next"` }).end(JSON.stringify({ name: 'many', tags }));
    return true;
  });
  const name = `${paged.host}/many`;
  const messages = await service.pull(name, { allTags: true });
  expect(pages).toEqual(['', '?last=b&n=2']);
  expect(messages.filter(({ status }) => status === 'Pulling from many').map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(statuses(messages).slice(-2)).toEqual([
    `Status: Downloaded newer image for ${name}`,
    expect.stringMatching(/^WARNING: .*\/many:windows is passed over: no matching manifest for linux\//),
  ]);
  expect((await service.images.list()).flatMap(({ RepoTags }) => RepoTags).sort()).toEqual(['a', 'b', 'c'].map((tag) => `${name}:${tag}`));
  expect(service.events.filter((event) => event.startsWith('pull'))).toEqual([`pull ${name} ${name}`]);
  expect(statuses(await service.pull(name, { allTags: true }))).toContain(`Status: Image is up to date for ${name}`);
  // A tag that is named is pulled alone.
  expect((await service.pull(`${name}:a`, { allTags: true })).filter(({ status }) => status === 'Pulling from many')).toHaveLength(1);
  await expect(service.pull(`${registry.host}/nothing`, { allTags: true })).rejects.toThrow(NotFoundError);
});

test('push and pull with tokens that end in between, at a registry that is short of time', async () => {
  await using tokens = await startTokenRegistry(registry.host, { uses: 2 });
  const name = `${tokens.host}/tokens/app:1`;
  await service.images.load(Readable.from([dockerArchive([{ image: one, tags: [name] }])]), { quiet: true }, () => {});
  await expect(service.images.push(name, { auth: { username: 'joe', password: 'wrong' } }, () => {})).rejects.toThrow(UnauthorizedError);
  const auth = { username: 'joe', password: 'secret' };
  const messages: ProgressMessage[] = [];
  tokens.throttled = 3;
  tokens.grants.length = 0;
  await service.images.push(name, { auth }, (message) => messages.push(message));
  expect(messages.at(-1)?.aux).toMatchObject({ Tag: '1' });
  expect(tokens.throttled).toBe(0);
  expect(tokens.grants.length).toBeGreaterThan(2);
  expect(new Set(tokens.grants)).toEqual(new Set(['GET joe repository:tokens/app:push,pull']));
  tokens.throttled = 2;
  using other = await startService();
  await other.pull(name, { auth });
  expect(await other.tree(name)).toBe(await service.tree(name));
});

test('login gives an identity token, which pulls in place of the password', async () => {
  await using tokens = await startTokenRegistry(registry.host);
  await registry.pushImage('identity', 'latest', two);
  const login = await service.images.login({ username: 'joe', password: 'secret', serveraddress: tokens.host });
  expect(login).toEqual({ IdentityToken: 'refresh-1', Status: 'Login Succeeded' });
  tokens.grants.length = 0;
  await service.pull(`${tokens.host}/identity`, { auth: { identitytoken: login.IdentityToken } });
  expect(tokens.grants).toEqual(['refresh_token refresh-1 repository:identity:pull']);
  expect(await service.images.login({ identitytoken: 'refresh-1', serveraddress: tokens.host })).toEqual(login);
  await expect(service.images.login({ identitytoken: 'stale', serveraddress: tokens.host })).rejects.toThrow(UnauthorizedError);
  await expect(service.images.login({ username: 'joe', password: 'no', serveraddress: tokens.host })).rejects.toThrow(/unauthorized: incorrect username or password$/);
});

test('a proxy that stumbles in the middle of a pull is asked again', async () => {
  await registry.pushImage('stumbles', 'latest', one);
  let refused = 0;
  await using relay = await startRelay(registry.host, (request, response) => {
    if (request.url?.includes(one.layers[0]!.digest) !== true || refused > 0) return false;
    refused += 1;
    response.writeHead(502).end('<html>');
    return true;
  });
  await service.pull(`${relay.host}/stumbles`);
  expect(refused).toBe(1);
});

test('mirrors and insecure registries are added while the engine runs, all or nothing', async () => {
  await registry.pushImage('library/late', 'latest', one);
  await using mirror = await startRelay(registry.host, () => false);
  service.images.addRegistries({ insecure: ['registry.lan:5000'], mirrors: [`http://${mirror.host}`] });
  await service.pull('late');
  expect((await service.images.list())[0]?.RepoTags).toEqual(['late:latest']);
  expect(() => service.images.addRegistries({ insecure: [], mirrors: ['ftp://x'] })).toThrow(InvalidParameterError);
  expect(service.images.registryConfig()).toEqual({ insecure: ['registry.lan:5000'], mirrors: [`http://${mirror.host}`] });
  service.images.addRegistries({ insecure: [], mirrors: [] });
  expect(service.images.registryConfig()).toEqual({ insecure: [], mirrors: [] });
});
