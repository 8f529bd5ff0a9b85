import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { httpGet, HttpAgents, readBody } from './http-get.ts';
import { maskedProxy, proxiesOf, proxyEnvironment, setProxies, trustAlso } from './outgoing.ts';

afterEach(() => setProxies({ http: '', https: '', no: '' }));

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A proxy that answers plain requests itself, and leads tunnels to one port. What it was asked, with the account it was shown. */
async function startProxy(tunnelTo = 0): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const account = (header: string | undefined) => Buffer.from((header ?? '').replace('Basic ', ''), 'base64').toString();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${account(request.headers['proxy-authorization'])}`);
    response.end('by proxy');
  });
  server.on('connect', (request, client, head) => {
    asked.push(`CONNECT ${request.url} ${account(request.headers['proxy-authorization'])}`);
    const target = connect(tunnelTo, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      client.pipe(target).pipe(client);
    });
    for (const socket of [client, target]) socket.on('error', () => socket.destroy());
  });
  return { address: `http://jo:p%40ss@127.0.0.1:${await listen(server)}`, asked };
}

async function get(address: string): Promise<string> {
  const agents = new HttpAgents({ verifyCertificates: true });
  try {
    return (await readBody(await httpGet(new URL(address), { agents }), 1000)).toString();
  } finally {
    agents.destroy();
  }
}

/** An authority, and a server for `registry.example` with its certificate. */
async function startSecureServer(): Promise<{ port: number; authority: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-ca-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=our authority', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2');
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=registry.example', '-addext', 'subjectAltName=DNS:registry.example', '-keyout', 'key.pem', '-out', 'request.pem');
  openssl('x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-copy_extensions', 'copy', '-out', 'cert.pem', '-days', '2');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const server = createSecureServer({ key: read('key.pem'), cert: read('cert.pem') }, (_request, response) => response.end('from the registry'));
  return { port: await listen(server as unknown as Server), authority: read('ca.pem') };
}

describe('requests of the engine', () => {
  it('go by way of the proxy, with its account, and this machine’s own do not', async () => {
    const { address, asked } = await startProxy();
    const own = await listen(createServer((_request, response) => response.end('direct')));
    setProxies({ http: address, https: '', no: 'direct.example,10.0.0.0/8' });
    expect(await get('http://registry.example/v2/')).toBe('by proxy');
    expect(asked).toEqual(['GET http://registry.example/v2/ jo:p@ss']);
    expect(await get(`http://127.0.0.1:${own}/`)).toBe('direct');
    await expect(get('http://direct.example.invalid:1/')).resolves.toBe('by proxy');
    setProxies({ http: '', https: '', no: '' });
    await expect(get('http://registry.invalid/')).rejects.toThrow('no such host');
  });

  it('are tunnelled through it under TLS, and trust the authorities of the host', async () => {
    const { port, authority } = await startSecureServer();
    const { address, asked } = await startProxy(port);
    setProxies({ http: '', https: address, no: '' });
    await expect(get('https://registry.example/v2/')).rejects.toThrow('certificate signed by unknown authority');
    trustAlso([authority]);
    expect(await get('https://registry.example/v2/')).toBe('from the registry');
    expect(asked).toEqual(Array(2).fill('CONNECT registry.example:443 jo:p@ss'));
    trustAlso([]);
    await expect(get('https://registry.example/v2/')).rejects.toThrow('certificate signed by unknown authority');
  });

  it('refuse what is no proxy and no certificate', () => {
    expect(() => setProxies({ http: 'socks5://proxy:1', https: '', no: '' })).toThrow('http or https address');
    expect(() => trustAlso(['-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----'])).toThrow('PEM block');
  });
});

it('take networks as ranges, and small variables before large ones', () => {
  expect(proxyEnvironment({ http: 'http://p:1', https: '', no: ' .corp, 10.1.2.3/8,192.168.7.9/24 ,fe80::/10' })?.['NO_PROXY']).toMatch(/^\.corp,10\.0\.0\.0-10\.255\.255\.255,192\.168\.7\.0-192\.168\.7\.255,fe80::\/10,localhost,127/);
  expect(proxyEnvironment({ http: '', https: '', no: 'x' })).toBeUndefined();
  expect(proxiesOf({ HTTP_PROXY: 'a', http_proxy: 'b', HTTPS_PROXY: 'c', NO_PROXY: '' })).toEqual({ http: 'b', https: 'c', no: '' });
  expect([maskedProxy('http://jo:secret@proxy:3128/'), maskedProxy('http://proxy:3128'), maskedProxy('')]).toEqual(['http://xxxxx:xxxxx@proxy:3128/', 'http://proxy:3128', '']);
});
