import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../content/digest.ts';
import type { EngineError } from '../errors.ts';
import { InternalError, NotFoundError, UnauthorizedError, UnavailableError } from '../errors.ts';
import { InsecureRegistries } from './insecure-registries.ts';
import { RegistryClient } from './registry-client.ts';
import type { RegistryClientOptions } from './registry-client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let host: string;
/** `METHOD /path authorization`, those of the ping left out. */
let requests: string[];
let handler: Handler;
beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    if (request.url === '/v2/') {
      response.end('{}');
      return;
    }
    requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function client(options: Partial<RegistryClientOptions> = {}): RegistryClient {
  return new RegistryClient({ domain: host, path: 'a/b', insecure: true, ...options });
}

const manifest = Buffer.from('{"schemaVersion":2}');
const digest = digestOf(manifest);
const ok: Handler = (_, response) => response.setHeader('Content-Type', 'application/vnd.oci.image.manifest.v1+json; charset=x').end(manifest);

test('a manifest comes with its digest and type', async () => {
  handler = ok;
  using registry = client();
  expect(await registry.manifest('latest')).toEqual({ bytes: manifest, digest, mediaType: 'application/vnd.oci.image.manifest.v1+json' });
  expect(requests).toEqual(['GET /v2/a/b/manifests/latest -']);
});

test.each([
  ['asked for by another digest', digestOf('other'), {}],
  ['announced with another digest', 'latest', { 'Docker-Content-Digest': digestOf('other') }],
])('a manifest %s is refused', async (_, reference, headers) => {
  handler = (_request, response) => response.writeHead(200, headers).end(manifest);
  using registry = client();
  await expect(registry.manifest(reference)).rejects.toThrow(/manifest verification failed for digest sha256:/);
});

test('a manifest without end is refused', async () => {
  handler = (_, response) => {
    const chunk = Buffer.alloc(1024 * 1024);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', more);
    };
    more();
  };
  using registry = client();
  await expect(registry.manifest('latest')).rejects.toThrow(/larger than/);
});

function tokenServer(lifetime: number): Handler {
  let tokens = 0;
  return (request, response) => {
    const url = new URL(request.url ?? '', `http://${host}`);
    if (url.pathname === '/token') response.end(JSON.stringify({ token: `t${(tokens += 1)}`, expires_in: lifetime }));
    else if (request.headers.authorization === `Bearer t${tokens}`) response.end(manifest);
    else response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="http://${host}/token",service="registry",scope="repository:a/b:pull"` }).end();
  };
}

test('a token is fetched with the credentials, and used until it expires', async () => {
  handler = tokenServer(300);
  using registry = client({ credentials: { username: 'joe', password: 'secret' } });
  await registry.manifest('one');
  await registry.manifest('two');
  const basic = `Basic ${Buffer.from('joe:secret').toString('base64')}`;
  expect(requests).toEqual([
    'GET /v2/a/b/manifests/one -',
    `GET /token?service=registry&scope=repository%3Aa%2Fb%3Apull&account=joe ${basic}`,
    'GET /v2/a/b/manifests/one Bearer t1',
    'GET /v2/a/b/manifests/two Bearer t1',
  ]);
});

test('an identity token is exchanged by POST', async () => {
  let form = '';
  const tokens = tokenServer(300);
  handler = (request, response) => {
    if (request.method !== 'POST') return tokens(request, response);
    request.on('data', (chunk: Buffer) => (form += chunk.toString())).on('end', () => tokens(request, response));
  };
  using registry = client({ credentials: { identitytoken: 'refresh-me' } });
  await registry.manifest('latest');
  expect(Object.fromEntries(new URLSearchParams(form))).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'refresh-me', service: 'registry', scope: 'repository:a/b:pull' });
});

test('a registry token is sent as it is', async () => {
  handler = ok;
  using registry = client({ credentials: { registrytoken: 'mine' } });
  await registry.manifest('latest');
  expect(requests).toEqual(['GET /v2/a/b/manifests/latest Bearer mine']);
});

test.each<[string, Handler, RegExp, new (message: string) => EngineError]>([
  ['basic without credentials', (_, response) => response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end(), /no basic auth credentials/, UnauthorizedError],
  ['a challenge that nobody knows', (_, response) => response.writeHead(401, { 'WWW-Authenticate': 'Kerberos' }).end(), /authentication required/, UnauthorizedError],
  ['a token that is refused', (_, response) => response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="http://${host}/token"` }).end(), /incorrect username or password/, UnauthorizedError],
  ['a realm that is none', (_, response) => response.writeHead(401, { 'WWW-Authenticate': 'Bearer realm="file:///etc/passwd"' }).end(), /realm is no web address/, InternalError],
  ['a missing manifest', (_, response) => response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}'), /^manifest unknown: manifest unknown$/, NotFoundError],
  ['a page of a proxy', (_, response) => response.writeHead(502).end('<html>'), /received unexpected HTTP status: 502 Bad Gateway/, InternalError],
  ['redirects in a circle', (request, response) => response.writeHead(307, { Location: request.url }).end(), /stopped after 10 redirects/, InternalError],
  ['a redirect to a file', (_, response) => response.writeHead(307, { Location: 'file:///etc/passwd' }).end(), /no web address/, InternalError],
])('%s', async (_, answer, message, kind) => {
  handler = (request, response) => (request.url?.startsWith('/token') ? response.writeHead(401).end() : answer(request, response));
  using registry = client();
  const failed = registry.manifest('latest');
  await expect(failed).rejects.toThrow(message);
  await expect(failed).rejects.toMatchObject({ kind: new kind('').kind });
});

test('too many requests: waits as long as the registry says, and gives up after a few', async () => {
  handler = (_, response) => {
    if (requests.length <= 2) response.writeHead(429, { 'Retry-After': requests.length === 1 ? '0' : new Date().toUTCString() }).end();
    else ok(_, response);
  };
  using registry = client();
  expect((await registry.manifest('latest')).digest).toBe(digest);
  expect(requests).toHaveLength(3);
  handler = (_, response) => response.writeHead(429, { 'Retry-After': '0' }).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}');
  await expect(registry.manifest('latest')).rejects.toThrow(/^toomanyrequests: slow down$/);
  await expect(registry.manifest('latest')).rejects.toMatchObject({ kind: new UnavailableError('').kind });
});

test('a redirect to another host carries no Authorization', async () => {
  const seen: (string | undefined)[] = [];
  const storage = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('blob');
  });
  await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
  try {
    handler = (_, response) => response.writeHead(307, { Location: `http://127.0.0.1:${(storage.address() as AddressInfo).port}/blob` }).end();
    using registry = client({ credentials: { registrytoken: 'secret' } });
    const response = await registry.blob(digest, 0);
    expect(await response.toArray()).toEqual([Buffer.from('blob')]);
    expect(requests[0]).toContain('Bearer secret');
    expect(seen).toEqual([undefined]);
  } finally {
    storage.closeAllConnections();
    storage.close();
  }
});

test('an offset becomes a range', async () => {
  let range: string | undefined;
  handler = (request, response) => {
    range = request.headers.range;
    response.end();
  };
  using registry = client();
  (await registry.blob(digest, 7)).resume();
  expect(range).toBe('bytes=7-');
});

test('a registry that says nothing is given up', async () => {
  handler = () => {};
  using registry = client({ idleTimeout: 50 });
  await expect(registry.manifest('latest')).rejects.toThrow(/i\/o timeout/);
});

test('aborting ends a request with the reason', async () => {
  const controller = new AbortController();
  handler = () => controller.abort(new Error('enough'));
  using registry = client();
  await expect(registry.manifest('latest', controller.signal)).rejects.toThrow('enough');
});

test('plain HTTP only where it is allowed', async () => {
  handler = ok;
  using registry = client({ insecure: false });
  await expect(registry.manifest('latest')).rejects.toThrow(/^Get "https:\/\/127.0.0.1:\d+\/v2\/": http: server gave HTTP response to HTTPS client$/);
  expect(requests).toEqual([]);
});

test('insecure registries: loopback always, hosts, ports and networks as configured', () => {
  const registries = new InsecureRegistries(['registry.lan', 'other.lan:5000', '10.1.0.0/16']);
  for (const domain of ['localhost', 'localhost:5000', '127.9.9.9:1', '[::1]:5000', 'registry.lan', 'registry.lan:5000', 'other.lan:5000', '10.1.2.3', '10.1.2.3:80']) {
    expect([domain, registries.includes(domain)]).toEqual([domain, true]);
  }
  for (const domain of ['docker.io', 'other.lan', 'other.lan:5001', '10.2.0.1', '128.0.0.1', 'localhost.example.com', '127.0.0.1.example.com']) {
    expect([domain, registries.includes(domain)]).toEqual([domain, false]);
  }
  expect(() => new InsecureRegistries(['10.0.0.0/99'])).toThrow(/invalid insecure registry/);
  expect(() => new InsecureRegistries(['host/8'])).toThrow(/give host, host:port or a CIDR/);
});
