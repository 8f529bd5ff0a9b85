import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLocalHost } from './browser-guard.ts';
import { createApiServer } from '../server.ts';
import { listenTcp } from './tcp-listener.ts';
import type { TcpAddress } from './tcp-listener.ts';

const api = createApiServer({
  log: () => undefined,
  routes: [
    { method: 'GET', path: '/_ping', handler: (exchange) => exchange.answerText(200, 'OK') },
    { method: 'GET', path: '/containers/{id}/attach/ws', hijacks: true, handler: (exchange) => exchange.answerText(200, 'taken over') },
  ],
});
const listeners: Server[] = [];

afterAll(() => {
  api.closeAllConnections();
  for (const listener of listeners) listener.close();
});

async function listen(tls?: TcpAddress['tls']): Promise<number> {
  const listener = await listenTcp(api, { host: '127.0.0.1', port: 0, tls });
  listeners.push(listener);
  return (listener.address() as AddressInfo).port;
}

type Answer = { status: number; text: string };

async function answer(outgoing: ReturnType<typeof request>): Promise<Answer> {
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}

describe('a plain listener on loopback', () => {
  let port: number;
  beforeAll(async () => {
    port = await listen();
  });

  const ask = (headers: Record<string, string>, path = '/_ping') => answer(request({ host: '127.0.0.1', port, path, headers, agent: false }));

  test.each(['localhost', `127.0.0.1:1`, '[::1]:2375', 'api.moby.localhost', 'LOCALHOST:2375', '192.168.1.7:2375'])('answers a client that calls it %s', async (host) => {
    expect(await ask({ Host: host })).toEqual({ status: 200, text: 'OK' });
  });

  test.each(['evil.example', 'evil.example:2375', 'localhost.evil.example', 'notlocalhost', '127.0.0.1.evil.example'])('refuses the foreign host %s', async (host) => {
    const { status, text } = await ask({ Host: host });
    expect([status, text]).toEqual([403, expect.stringContaining(host)]);
  });

  test.each([
    ['Origin', 'http://evil.example'],
    ['Origin', 'null'],
    ['Origin', 'http://localhost:2375'],
    ['Sec-Fetch-Site', 'cross-site'],
  ] as const)('refuses a browser with %s: %s', async (name, value) => {
    expect((await ask({ Host: 'localhost', [name]: value })).status).toBe(403);
  });

  test('refuses a browser that would attach by websocket', async () => {
    const upgrade = { Host: 'localhost', Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'x', 'Sec-WebSocket-Version': '13' };
    expect((await ask({ ...upgrade, Origin: 'http://evil.example' }, '/containers/x/attach/ws')).status).toBe(403);
    expect((await ask(upgrade, '/containers/x/attach/ws')).text).toBe('taken over');
  });
});

describe('a listener with TLS that asks for certificates', () => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-tls-'));
  const file = (name: string) => join(directory, name);
  let port: number;

  beforeAll(async () => {
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test-ca', '-days', '2');
    for (const name of ['server', 'client']) {
      openssl('req', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name === 'server' ? 'engine.example' : name}`);
      openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', `${name}.pem`, '-days', '2');
    }
    port = await listen({ cert: file('server.pem'), key: file('server.key'), ca: file('ca.pem'), verify: true });
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  const ask = (options: object, headers: Record<string, string> = {}) =>
    answer(requestTls({ host: '127.0.0.1', servername: 'engine.example', port, path: '/_ping', ca: readFileSync(file('ca.pem')), checkServerIdentity: () => undefined, agent: false, headers, ...options }));
  const certificate = () => ({ cert: readFileSync(file('client.pem')), key: readFileSync(file('client.key')) });

  test('answers a client with a certificate, by any name of the host', async () => {
    expect(await ask(certificate(), { Host: 'engine.example:2376' })).toEqual({ status: 200, text: 'OK' });
  });

  test('has no answer for a client without one, nor for plain HTTP', async () => {
    await expect(ask({})).rejects.toThrow();
    await expect(answer(request({ host: '127.0.0.1', port, path: '/_ping', agent: false }))).rejects.toThrow();
  });

  test('refuses a browser, certificate or not', async () => {
    expect((await ask(certificate(), { Origin: 'https://evil.example' })).status).toBe(403);
  });

  test('says which file it cannot read', async () => {
    await expect(listen({ cert: file('nope.pem'), key: file('server.key'), verify: false })).rejects.toThrow(/cannot read .*nope\.pem/);
  });
});

test('names that are this machine', () => {
  expect(['', 'localhost', 'a.localhost:1', '10.0.0.1', '[fe80::1]:5'].every(isLocalHost)).toBe(true);
  expect(['x', 'localhostx', 'x.example:80', '127.0.0.1x'].some(isLocalHost)).toBe(false);
});
