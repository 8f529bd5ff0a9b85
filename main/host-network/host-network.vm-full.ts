import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callEngine } from '../vm/channel/engine-call.ts';
import { freePort } from '../vm/testing/free-port.ts';
import { bootServedVm, type ServedVm } from '../vm/testing/served-vm.ts';
import { hostNetwork } from './host-network.ts';

/**
 * Pushes and pulls of a real VM by way of a proxy of this computer, at a registry whose certificate is signed by an authority of its own. Only the proxy knows where
 * `registry.slipway.test` is.
 */
const run = promisify(execFile);
const name = 'registry.slipway.test';
let folder: string;
let served: ServedVm;
let registry: ChildProcess;
let registryPort: number;
const proxy = createServer();
const asked: string[] = [];

async function makeCertificates(): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=An authority of this test');
  await openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'registry.key', '-out', 'registry.csr', '-subj', `/CN=${name}`);
  await writeFile(join(folder, 'extensions'), `subjectAltName=DNS:${name}\n`);
  await openssl('x509', '-req', '-in', 'registry.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'registry.pem', '-days', '2', '-extfile', 'extensions');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-proxy-'));
  await makeCertificates();
  registryPort = await freePort();
  const config = `version: 0.1\nstorage: { filesystem: { rootdirectory: ${folder}/registry } }\nhttp: { addr: "127.0.0.1:${registryPort}", tls: { certificate: ${folder}/registry.pem, key: ${folder}/registry.key } }\n`;
  await writeFile(join(folder, 'config.yml'), config);
  registry = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(`${request.headers['proxy-authorization'] ?? 'nobody'} ${request.url}`);
    const onward = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => [socket, onward].forEach((each) => each.destroy()));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  // A proxy of this computer is reached by the VM only where programs of this computer are.
  served = await bootServedVm({ hostAccess: () => true });
}, 600_000);
afterAll(async () => {
  await served.dispose();
  registry.kill();
  proxy.close();
  proxy.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

const tell = async (certificates: string[]): Promise<void> => {
  const { port } = proxy.address() as AddressInfo;
  const settings = { proxy: 'manual' as const, httpsProxy: `http://jo:secret@127.0.0.1:${port}`, certificates };
  const { network, troubles } = await hostNetwork({ settings, environment: {}, resolvConf: undefined, readFile: (path) => readFile(path, 'utf8') });
  expect(troubles).toEqual([]);
  const { status } = await callEngine(() => served.vm.openStream({ kind: 'api' }), 'PUT', '/slipway/host-network', AbortSignal.timeout(300_000), JSON.stringify(network));
  expect(status).toBe(204);
};

it('goes by way of the proxy, with its account, and refuses an authority that nobody named', async () => {
  await tell([]);
  const reference = `${name}:${registryPort}/hello:1`;
  await served.docker('tag', 'slipway/hello', reference);
  await expect(served.docker('push', reference)).rejects.toThrow(/certificate|authority|issuer/);
  expect(asked[0]).toBe(`Basic ${Buffer.from('jo:secret').toString('base64')} ${name}:${registryPort}`);
});

it('pushes and pulls once the authority is named', async () => {
  await tell([join(folder, 'ca.pem')]);
  const reference = `${name}:${registryPort}/hello:1`;
  await served.docker('push', reference);
  await served.docker('rmi', reference, 'slipway/hello');
  asked.length = 0;
  await served.docker('pull', reference);
  expect(asked.length).toBeGreaterThan(0);
  expect(await served.docker('run', '--rm', reference, 'echo', 'pulled')).toBe('pulled');
});
