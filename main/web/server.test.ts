import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { encodeStreamBytes } from '../../contract/ipc-wire.ts';
import type { IpcTransport } from '../ipc/transport.ts';
import { startWebServer, type WebServer } from './server.ts';

let directory: string;
let server: WebServer;
let windows: IpcTransport[];
let origin: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-window-'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>window</title>');
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'assets', 'main-abc.js'), 'export {};');
  await writeFile(join(directory, '.secret.json'), '{}');
  await writeFile(`${directory}-beside.html`, 'beside');
  windows = [];
  server = await startWebServer({ port: 0, windowDirectory: directory, onWindow: (transport) => windows.push(transport) });
  origin = `http://127.0.0.1:${server.port}`;
  return async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
    await rm(`${directory}-beside.html`, { force: true });
  };
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One request whose headers and path are sent as they stand; `fetch` would mend or forbid some. */
function ask(method: string, path: string, headers: OutgoingHttpHeaders = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const tokenOf = (url: string) => url.slice(url.indexOf('#token=') + '#token='.length);
const exchange = (token: unknown, headers: OutgoingHttpHeaders = {}) =>
  ask('POST', '/session', { Origin: origin, 'Content-Type': 'application/json', ...headers }, JSON.stringify({ token }));

async function newSession(): Promise<string> {
  const { status, body } = await exchange(tokenOf(server.newUrl()));
  expect(status).toBe(200);
  return (JSON.parse(body) as { secret: string }).secret;
}

/** How a WebSocket of a page ended: the close code, or the status that refused its handshake. */
function socketEnd(path: string, headers: OutgoingHttpHeaders, ...messages: (string | Uint8Array)[]): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
    socket.on('open', () => messages.forEach((message) => socket.send(message)));
    socket.on('close', (code) => resolve(code));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => undefined);
  });
}

const hello = (secret: string) => JSON.stringify({ type: 'hello', secret });

describe('the page', () => {
  it('is served to a typed address, to the redirect file and to itself', async () => {
    for (const headers of [
      {},
      { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
      { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
    ]) {
      expect(await ask('GET', '/', headers)).toMatchObject({ status: 200, body: expect.stringContaining('<title>window') });
    }
  });

  it('may run its own scripts and nothing else, is not framed and not stored', async () => {
    const { headers } = await ask('GET', '/');
    const policy = String(headers['content-security-policy']);
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", `connect-src 'self' ws://127.0.0.1:${server.port}`]) expect(policy).toContain(part);
    expect(policy.split('; ').find((part) => part.startsWith('script-src'))).toBe("script-src 'self'");
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['set-cookie']).toBeUndefined();
    expect((await ask('GET', '/assets/main-abc.js')).headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': expect.stringContaining('immutable') });
  });

  it.each(['/../../etc/passwd', '/..%2f..%2fetc/passwd', '/%2e%2e/x.html', '/.secret.json', '/assets', '/assets/', '//etc/passwd', '/assets\\main-abc.js', '/index.html%00.js', '/../PLACE-beside.html'])(
    'has no file %s',
    async (path) => {
      const { status, body } = await ask('GET', path.replace('PLACE', directory.split('/').at(-1) ?? ''));
      expect({ status, body }).toEqual({ status: 404, body: 'there is no such file\n' });
    },
  );

  it('answers no other method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await ask(method, '/')).status).toBe(405);
    expect(await ask('HEAD', '/')).toMatchObject({ status: 200, body: '' });
  });

  it('says how to build it when it is missing', async () => {
    await rm(join(directory, 'index.html'));
    expect(await ask('GET', '/')).toMatchObject({ status: 503, body: expect.stringContaining('npm run build') });
  });

  it('is listened for on the loopback address alone', async () => {
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of others) {
      const refused = await new Promise((resolve) => connect({ host: address, port: server.port }).on('connect', () => resolve(false)).on('error', () => resolve(true)));
      expect(refused).toBe(true);
    }
  });

  it('says that its port is taken', async () => {
    await expect(startWebServer({ port: server.port, windowDirectory: directory, onWindow: () => undefined })).rejects.toMatchObject({
      kind: 'conflict',
      message: `Port ${server.port} of 127.0.0.1 is taken.`,
    });
  });
});

describe('a stranger', () => {
  it.each(['evil.example:PORT', 'localhost:PORT', '127.0.0.1', '127.0.0.1:1', '[::1]:PORT', '127.0.0.1:PORT.evil.example'])('that names the host %s is refused everywhere', async (host) => {
    const headers = { Host: host.replace('PORT', String(server.port)) };
    expect((await ask('GET', '/', headers)).status).toBeGreaterThanOrEqual(400);
    const token = tokenOf(server.newUrl());
    expect((await exchange(token, headers)).status).toBeGreaterThanOrEqual(400);
    expect(await socketEnd('/ipc', { ...headers, Origin: origin })).toBeGreaterThanOrEqual(400);
    // The token was not spent by the refused request.
    expect((await exchange(token)).status).toBe(200);
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'null', 'https://evil.example', 'http://127.0.0.1'])('page of origin %s can neither read nor act', async (foreign) => {
    expect((await ask('GET', '/', { Origin: foreign })).status).toBe(403);
    expect((await exchange(tokenOf(server.newUrl()), { Origin: foreign })).status).toBe(403);
    expect(await socketEnd('/ipc', { Origin: foreign }, hello(await newSession()))).toBe(403);
    expect(windows).toHaveLength(0);
  });

  it('page cannot load the window’s files as its own scripts, styles or frames', async () => {
    for (const [site, dest] of [['same-site', 'script'], ['cross-site', 'script'], ['cross-site', 'iframe'], ['same-site', 'style']]) {
      const mode = dest === 'iframe' ? 'navigate' : 'no-cors';
      expect((await ask('GET', '/assets/main-abc.js', { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode, 'Sec-Fetch-Dest': dest })).status).toBe(403);
    }
  });

  it('that is no browser needs an origin as well, and a session then', async () => {
    expect((await ask('POST', '/session', { 'Content-Type': 'application/json' }, JSON.stringify({ token: tokenOf(server.newUrl()) }))).status).toBe(403);
    expect(await socketEnd('/ipc', {})).toBe(403);
    expect(await socketEnd('/ipc', { Origin: origin }, hello('wrong'))).toBe(4401);
    expect(await socketEnd('/other', { Origin: origin })).toBe(403);
  });
});

describe('the token', () => {
  it('works once', async () => {
    const token = tokenOf(server.newUrl());
    expect(token).toMatch(/^[\w-]{43}$/);
    const first = await exchange(token);
    expect(first).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect((await exchange(token)).status).toBe(401);
  });

  it('is void once a newer one was made', async () => {
    const older = tokenOf(server.newUrl());
    const newer = tokenOf(server.newUrl());
    expect((await exchange(older)).status).toBe(401);
    expect((await exchange(newer)).status).toBe(200);
  });

  it.each([undefined, null, '', 7, {}, 'x'.repeat(43), 'x'.repeat(5000)])('is not %o', async (token) => {
    const good = tokenOf(server.newUrl());
    expect((await exchange(token)).status).toBe(401);
    expect((await exchange(good)).status).toBe(200);
  });

  it('must come as JSON in a POST', async () => {
    const token = tokenOf(server.newUrl());
    expect((await exchange(token, { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await ask('GET', `/session?token=${token}`, { Origin: origin })).status).toBe(405);
    expect((await ask('POST', '/session', { Origin: origin, 'Content-Type': 'application/json' }, 'not json')).status).toBe(401);
    expect((await exchange(token)).status).toBe(200);
  });
});

describe('the socket', () => {
  it('carries messages and bytes both ways once it has said hello', async () => {
    const secret = await newSession();
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ipc`, { headers: { Origin: origin } });
    const received: unknown[] = [];
    const came = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    socket.on('message', (data, isBinary) => {
      received.push(isBinary ? [...(data as Buffer)] : JSON.parse(String(data)));
      if (received.length === 2) answered.resolve();
    });
    await new Promise((resolve) => socket.on('open', resolve));
    socket.send(hello(secret));
    socket.send(JSON.stringify({ type: 'request', id: 1, channel: 'x', params: null }));
    socket.send(encodeStreamBytes(7, new Uint8Array([1, 2])));
    const heard: unknown[] = [];
    const listen = () => {
      const [transport] = windows;
      transport?.onMessage((message) => {
        heard.push(message);
        if (heard.length === 2) came.resolve();
      });
      return transport !== undefined;
    };
    // The window is greeted within the server's event loop turn that reads the hello.
    windows.push = (transport: IpcTransport) => {
      windows[0] = transport;
      listen();
      transport.send({ type: 'end', stream: 3 });
      transport.send({ type: 'data', stream: 7, payload: new Uint8Array([3]) });
      return 1;
    };
    await came.promise;
    await answered.promise;
    expect(heard).toEqual([
      { type: 'request', id: 1, channel: 'x', params: null },
      { type: 'data', stream: 7, payload: Buffer.from([1, 2]) },
    ]);
    expect(received).toEqual([{ type: 'end', stream: 3 }, [0, 0, 0, 7, 3]]);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    windows[0]?.close('wrong message');
    expect(await closed).toBe(4400);
  });

  it('opens again with the same session, in as many tabs as one likes', async () => {
    const secret = await newSession();
    for (let tab = 0; tab < 3; tab += 1) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ipc`, { headers: { Origin: origin } });
      await new Promise((resolve) => socket.on('open', resolve));
      const greeted = new Promise<void>((resolve) => (windows.push = () => (resolve(), 1)));
      socket.send(hello(secret));
      await greeted;
    }
  });

  it.each([['nothing but bytes', new Uint8Array([1])], ['no JSON', 'hello'], ['null', 'null'], ['no secret', '{"type":"hello"}'], ['a request first', '{"type":"request","id":1,"channel":"vm/stop"}']])(
    'is closed when its first message is %s',
    async (_name, message) => {
      expect(await socketEnd('/ipc', { Origin: origin }, message)).toBe(4401);
      expect(windows).toHaveLength(0);
    },
  );

  it('is closed on a message above 1 MiB', async () => {
    expect(await socketEnd('/ipc', { Origin: origin }, hello(await newSession()), 'x'.repeat(1024 * 1024 + 1))).toBe(1009);
  });

  it('does not crash the server when the peer breaks the protocol', async () => {
    const raw = connect({ host: '127.0.0.1', port: server.port });
    raw.write(`GET /ipc HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nOrigin: ${origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: nonsense\r\nSec-WebSocket-Version: 13\r\n\r\n`);
    expect(await text(raw)).toMatch(/^HTTP\/1\.1 400/);
    expect((await ask('GET', '/')).status).toBe(200);
  });
});
