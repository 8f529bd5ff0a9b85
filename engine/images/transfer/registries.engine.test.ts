import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { InvalidParameterError, NotFoundError, UnauthorizedError } from '../../errors.ts';
import { parseMirror } from '../../registry/registries.ts';
import { dockerArchive, makeImage } from '../../testing/image-fixture.ts';
import { startService } from '../../testing/image-service-fixture.ts';
import { imagesWithRegistry } from '../../testing/images-with-registry.ts';
import { startRelay } from '../../testing/registry-relay.ts';
import { startTokenRegistry } from '../../testing/token-registry.ts';

/** Mirrors, all tags of a repository, and registries that want tokens: a real registry with a server before it. */

const given = imagesWithRegistry();

const one = makeImage([[{ name: 'one', content: Buffer.alloc(300_000, 'x') }]]);
const two = makeImage([[{ name: 'two', content: 'two' }]]);
const statuses = (messages: ProgressMessage[]) => messages.map(({ status }) => status);

test('a mirror is asked before Docker Hub, without what the user logged in with there', async () => {
  await given.registry.pushImage('library/mirrored', 'latest', one);
  const seen: string[] = [];
  await using broken = await startRelay(given.registry.host, (request, response) => {
    // It knows the manifest and has lost its blobs.
    if (request.url?.includes('/blobs/') !== true) return false;
    response.writeHead(404).end('{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}');
    return true;
  });
  await using mirror = await startRelay(given.registry.host, (request) => {
    seen.push(`${request.method} ${request.headers.authorization ?? '-'}`);
    return false;
  });
  given.service.mirrors = ['http://localhost:1', `http://${broken.host}/`, `http://${mirror.host}`];
  await given.service.reopen();
  const messages = await given.service.pull('mirrored', { auth: { username: 'joe', password: 'secret' } });
  expect(statuses(messages).at(-1)).toBe('Status: Downloaded newer image for mirrored:latest');
  expect((await given.service.images.list())[0]?.RepoTags).toEqual(['mirrored:latest']);
  expect(new Set(seen)).toEqual(new Set(['GET -']));
  expect(given.service.log.filter((line) => line.includes('mirror'))).toEqual([
    expect.stringMatching(/the mirror http:\/\/localhost:1\/ did not give library\/mirrored: .*connection refused/),
    expect.stringMatching(/did not give library\/mirrored: blob unknown/),
  ]);
  const asked = seen.length;
  expect(await given.service.images.distribution('mirrored', {})).toMatchObject({ Descriptor: { digest: one.manifestDigest } });
  expect(seen.length).toBeGreaterThan(asked);
  // Others than Docker Hub have no mirror.
  await given.registry.pushImage('own', 'latest', two);
  const before = seen.length;
  await given.service.pull(`${given.registry.host}/own`);
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
  for (const tag of ['a', 'b', 'c']) await given.registry.pushImage('many', tag, tag === 'b' ? two : one);
  const foreign = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: one.manifestDigest, size: one.manifest.length, platform: { os: 'windows', architecture: 'amd64' } }] }));
  await given.registry.pushManifest('many', 'windows', foreign, 'application/vnd.oci.image.index.v1+json');
  const pages: string[] = [];
  await using paged = await startRelay(given.registry.host, (request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (!url.pathname.endsWith('/tags/list')) return false;
    pages.push(url.search);
    const last = url.searchParams.get('last');
    const [tags, next] = last === null ? [['a', 'b'], 'b'] : [['c', 'windows', '../not a tag'], null];
    response.writeHead(200, next === null ? {} : { Link: `</v2/many/tags/list?last=${next}&n=2>; rel="next"` }).end(JSON.stringify({ name: 'many', tags }));
    return true;
  });
  const name = `${paged.host}/many`;
  const messages = await given.service.pull(name, { allTags: true });
  expect(pages).toEqual(['', '?last=b&n=2']);
  expect(messages.filter(({ status }) => status === 'Pulling from many').map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(statuses(messages).slice(-2)).toEqual([
    `Status: Downloaded newer image for ${name}`,
    expect.stringMatching(/^WARNING: .*\/many:windows is passed over: no matching manifest for linux\//),
  ]);
  expect((await given.service.images.list()).flatMap(({ RepoTags }) => RepoTags).sort()).toEqual(['a', 'b', 'c'].map((tag) => `${name}:${tag}`));
  expect(given.service.events.filter((event) => event.startsWith('pull'))).toEqual([`pull ${name} ${name}`]);
  expect(statuses(await given.service.pull(name, { allTags: true }))).toContain(`Status: Image is up to date for ${name}`);
  // A tag that is named is pulled alone.
  expect((await given.service.pull(`${name}:a`, { allTags: true })).filter(({ status }) => status === 'Pulling from many')).toHaveLength(1);
  await expect(given.service.pull(`${given.registry.host}/nothing`, { allTags: true })).rejects.toThrow(NotFoundError);
});

test('push and pull with tokens that end in between, at a registry that is short of time', async () => {
  await using tokens = await startTokenRegistry(given.registry.host, { uses: 2 });
  const name = `${tokens.host}/tokens/app:1`;
  await given.service.images.load(Readable.from([dockerArchive([{ image: one, tags: [name] }])]), { quiet: true }, () => {});
  await expect(given.service.images.push(name, { auth: { username: 'joe', password: 'wrong' } }, () => {})).rejects.toThrow(UnauthorizedError);
  const auth = { username: 'joe', password: 'secret' };
  const messages: ProgressMessage[] = [];
  tokens.throttled = 3;
  tokens.grants.length = 0;
  await given.service.images.push(name, { auth }, (message) => messages.push(message));
  expect(messages.at(-1)?.aux).toMatchObject({ Tag: '1' });
  expect(tokens.throttled).toBe(0);
  expect(tokens.grants.length).toBeGreaterThan(2);
  expect(new Set(tokens.grants)).toEqual(new Set(['GET joe repository:tokens/app:push,pull']));
  tokens.throttled = 2;
  using other = await startService();
  await other.pull(name, { auth });
  expect(await other.tree(name)).toBe(await given.service.tree(name));
});

test('login gives an identity token, which pulls in place of the password', async () => {
  await using tokens = await startTokenRegistry(given.registry.host);
  await given.registry.pushImage('identity', 'latest', two);
  const login = await given.service.images.login({ username: 'joe', password: 'secret', serveraddress: tokens.host });
  expect(login).toEqual({ IdentityToken: 'refresh-1', Status: 'Login Succeeded' });
  tokens.grants.length = 0;
  await given.service.pull(`${tokens.host}/identity`, { auth: { identitytoken: login.IdentityToken } });
  expect(tokens.grants).toEqual(['refresh_token refresh-1 repository:identity:pull']);
  expect(await given.service.images.login({ identitytoken: 'refresh-1', serveraddress: tokens.host })).toEqual(login);
  await expect(given.service.images.login({ identitytoken: 'stale', serveraddress: tokens.host })).rejects.toThrow(UnauthorizedError);
  await expect(given.service.images.login({ username: 'joe', password: 'no', serveraddress: tokens.host })).rejects.toThrow(/unauthorized: incorrect username or password$/);
});

test('a proxy that stumbles in the middle of a pull is asked again', async () => {
  await given.registry.pushImage('stumbles', 'latest', one);
  let refused = 0;
  await using relay = await startRelay(given.registry.host, (request, response) => {
    if (request.url?.includes(one.layers[0]!.digest) !== true || refused > 0) return false;
    refused += 1;
    response.writeHead(502).end('<html>');
    return true;
  });
  await given.service.pull(`${relay.host}/stumbles`);
  expect(refused).toBe(1);
});

test('mirrors and insecure registries are added while the engine runs, all or nothing', async () => {
  await given.registry.pushImage('library/late', 'latest', one);
  await using mirror = await startRelay(given.registry.host, () => false);
  given.service.images.addRegistries({ insecure: ['given.registry.lan:5000'], mirrors: [`http://${mirror.host}`] });
  await given.service.pull('late');
  expect((await given.service.images.list())[0]?.RepoTags).toEqual(['late:latest']);
  expect(() => given.service.images.addRegistries({ insecure: [], mirrors: ['ftp://x'] })).toThrow(InvalidParameterError);
  expect(given.service.images.registryConfig()).toEqual({ insecure: ['given.registry.lan:5000'], mirrors: [`http://${mirror.host}`] });
  given.service.images.addRegistries({ insecure: [], mirrors: [] });
  expect(given.service.images.registryConfig()).toEqual({ insecure: [], mirrors: [] });
});
