import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server, type IncomingMessage } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatagramSplitter, encodeDatagram } from '../../contract/channel/datagrams.ts';
import { toDuplex } from '../../contract/channel/duplex.ts';
import type { HostAnswer, HostRequest } from '../../contract/channel/host-requests.ts';
import { ChannelLink } from '../../contract/channel/link.ts';
import type { ChannelSession } from '../../contract/channel/session.ts';
import { encodeTarget, type StreamTarget } from '../../contract/channel/target.ts';
import { CarriedConnections } from '../network/ports/carried-connections.ts';
import { startGuestChannel, type GuestChannel } from './guest-channel.ts';
import { isGuestConnection } from './serve-stream.ts';

vi.setConfig({ testTimeout: 30_000 });

const key = randomBytes(32);
const web = { protocol: 'tcp', hostIp: '0.0.0.0', hostPort: 8080 } as const;
let folder: string;
let api: Server;
let container: TcpServer;
let channel: GuestChannel;
let log: string[];
/** The host's half, played by the test on a unix socket that stands for the port. */
let host: TcpServer;
let requests: HostRequest[];
let answer: (request: HostRequest) => HostAnswer | null;
let sessions: ChannelSession[];
let sockets: Socket[];
let hostKey: Buffer;
let waiting: (() => void)[];
let datagramPort = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-guest-'));
  await writeFile(join(folder, 'key'), key);
  [requests, sessions, sockets, log, waiting] = [[], [], [], [], []];
  hostKey = key;
  answer = ({ id }) => ({ id, ok: true });
  host = createTcpServer(serveHost).listen(join(folder, 'port'));
  await once(host, 'listening');
  api = createServer((call, response) => response.end(`${call.url} ${isGuestConnection(call.socket)}`));
  container = createTcpServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(container, 'listening');
});
afterEach(async () => {
  channel.close();
  for (const socket of sockets) socket.destroy();
  host.close();
  container.close();
  await rm(folder, { recursive: true, force: true });
});

function serveHost(socket: Socket): void {
  sockets.push(socket);
  const link = new ChannelLink({
    side: 'host',
    transport: { send: (bytes) => void socket.write(bytes), congested: false },
    crypto: { hmac: (parts) => parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', hostKey)).digest(), nonce: () => randomBytes(32) },
    onSession: (session) => {
      sessions.push(session);
      for (const wake of waiting.splice(0)) wake();
    },
    onDown: () => undefined,
    onStream: (stream) => {
      const duplex = toDuplex(stream, (handlers) => new Duplex(handlers));
      stream.accept();
      duplex.on('error', () => undefined);
      duplex.on('data', (chunk: Buffer) => {
        for (const line of chunk.toString().trim().split('\n')) {
          const asked = JSON.parse(line) as HostRequest;
          requests.push(asked);
          const said = answer(asked);
          if (said !== null) duplex.write(`${JSON.stringify(said)}\n`);
        }
      });
    },
  });
  socket.on('data', (chunk) => link.receive(chunk));
  socket.on('error', () => undefined);
  socket.on('close', () => link.close('closed'));
  link.start();
}

const carried = new CarriedConnections();

function start(): void {
  channel = startGuestChannel({
    ports: [join(folder, 'port')],
    keyFile: join(folder, 'key'),
    server: api,
    publishedPorts: {
      carried,
      lookup: (protocol, _hostIp, hostPort) => {
        if (protocol === 'udp') return datagramPort === 0 ? null : { address: '127.0.0.1', port: datagramPort };
        if (hostPort > 8081) return null;
        return { address: '127.0.0.1', port: hostPort === 8080 ? (container.address() as AddressInfo).port : 1 };
      },
    },
    log: (line) => log.push(line),
    openDevice: (path) => connect(path),
  });
}
async function session(after = 0): Promise<ChannelSession> {
  while (sessions.length <= after) await new Promise<void>((resolve) => waiting.push(resolve));
  const found = sessions[after];
  if (found === undefined) throw new Error('no session');
  return found;
}
async function open(target: StreamTarget, accepted?: () => void): Promise<Duplex> {
  return toDuplex((await session()).open(encodeTarget(target)), (handlers) => new Duplex(handlers), accepted);
}

describe('the guest channel', () => {
  it('hands streams to the API server, which can tell them from other connections', async () => {
    start();
    const stream = await open({ kind: 'api' });
    const call = request({ path: '/_ping', createConnection: () => stream });
    call.end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    expect(await text(response)).toBe('/_ping true');
    expect(isGuestConnection(new Duplex())).toBe(false);
  });

  it('carries streams to published ports, and half-closes', async () => {
    start();
    const accepted = Promise.withResolvers<void>();
    const stream = await open({ kind: 'port', ...web }, accepted.resolve);
    await accepted.promise;
    const sent = 'abcdefgh'.repeat(200_000);
    stream.end(sent);
    expect((await text(stream)).length).toBe(sent.length);
  });

  it('ends streams to a container that is taken off its network', async () => {
    start();
    const accepted = Promise.withResolvers<void>();
    const stream = await open({ kind: 'port', ...web }, accepted.resolve);
    await accepted.promise;
    const ended = new Promise((resolve) => stream.once('error', resolve).once('close', resolve));
    stream.resume();
    carried.cut('127.0.0.2');
    expect(stream.destroyed).toBe(false);
    carried.cut('127.0.0.1');
    await ended;
    expect(stream.destroyed).toBe(true);
  });

  it('carries datagrams to published UDP ports and back', async () => {
    const server = createSocket('udp4').on('message', (message, from) => server.send(`heard ${String(message)}`, from.port, from.address));
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    datagramPort = server.address().port;
    start();
    const stream = await open({ kind: 'port', protocol: 'udp', hostIp: '', hostPort: 5353 });
    const splitter = new DatagramSplitter();
    const heard: string[] = [];
    const both = Promise.withResolvers<void>();
    stream.on('data', (chunk: Buffer) => {
      heard.push(...splitter.push(chunk).map((datagram) => Buffer.from(datagram).toString()));
      if (heard.length === 2) both.resolve();
    });
    stream.write(encodeDatagram(Buffer.from('one')));
    stream.write(encodeDatagram(Buffer.from('two')));
    await both.promise;
    expect(heard.sort()).toEqual(['heard one', 'heard two']);
    stream.end();
    await once(stream, 'end');
    server.close();
  });

  it.each<[string, StreamTarget, RegExp]>([
    ['a port that nobody publishes', { kind: 'port', protocol: 'tcp', hostIp: '', hostPort: 9999 }, /no container publishes :9999\/tcp/],
    ['a container that does not listen', { kind: 'port', protocol: 'tcp', hostIp: '', hostPort: 8081 }, /ECONNREFUSED/],
    ['a target of its own side', { kind: 'host' }, /no such target/],
  ])('refuses %s with a reason', async (_name, target, reason) => {
    start();
    const stream = await open(target);
    const [error] = (await once(stream, 'error')) as [Error];
    expect(error.message).toMatch(reason);
  });

  it('comes back after the host went away', async () => {
    start();
    await session();
    sockets[0]?.destroy();
    await session(1);
    expect(log.join('\n')).toContain('guest channel');
  });

  it('opens nothing for a host with another key, and says so', async () => {
    hostKey = randomBytes(32);
    start();
    await once(host, 'connection');
    const reserving = channel.hostPorts.reserve(web, { address: '172.17.0.2', port: 80 });
    const settled = await Promise.race([reserving.then(() => 'reserved'), new Promise((resolve) => setTimeout(resolve, 200, 'waiting'))]);
    expect([settled, sessions.length]).toEqual(['waiting', 0]);
    hostKey = key;
    sockets[0]?.destroy();
    await reserving;
  });

  it('needs a key of the right size', async () => {
    await writeFile(join(folder, 'short'), 'x');
    expect(() => startGuestChannel({ ports: [], keyFile: join(folder, 'short'), server: api, publishedPorts: { lookup: () => null, carried: new CarriedConnections() } })).toThrow('has 1 bytes, not 32');
    start();
  });
});

describe('ports of the host', () => {
  const target = { address: '172.17.0.2', port: 80 };

  it('are reserved and released, each once', async () => {
    start();
    await channel.hostPorts.reserve(web, target);
    await channel.hostPorts.release(web);
    await channel.hostPorts.release(web);
    expect(requests.map(({ method }) => method)).toEqual(['ports.reserve', 'ports.release']);
    expect(requests[0]).toMatchObject({ port: web });
  });

  it('that are taken are a conflict, with the words of the host', async () => {
    answer = ({ id }) => ({ id, ok: false, code: 'taken', message: 'port is already allocated by nginx (process 812)' });
    start();
    await expect(channel.hostPorts.reserve(web, target)).rejects.toMatchObject({ kind: 'conflict', message: 'port is already allocated by nginx (process 812)' });
  });

  it('are asked for again when the host went away before it answered', async () => {
    answer = () => null;
    start();
    const reserving = channel.hostPorts.reserve(web, target);
    while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    answer = ({ id }) => ({ id, ok: true });
    sockets[0]?.destroy();
    await reserving;
    expect(requests.map(({ method }) => method)).toEqual(['ports.reserve', 'ports.reserve']);
  });

  it('are told as a whole list once the engine has restored, and after every reconnection from then on', async () => {
    start();
    await channel.hostPorts.reserve(web, target);
    sockets[0]?.destroy();
    await session(1);
    await channel.hostPorts.reserve({ ...web, hostPort: 8081 }, target);
    expect(requests.map(({ method }) => method)).toEqual(['ports.reserve', 'ports.reserve']);
    channel.restored();
    while (requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(requests[2]).toMatchObject({ method: 'ports.sync', ports: [web, { ...web, hostPort: 8081 }] });
    sockets[1]?.destroy();
    await session(2);
    while (requests.length < 4) await new Promise((resolve) => setImmediate(resolve));
    expect(requests[3]).toMatchObject({ method: 'ports.sync' });
  });
});
