import { createSocket, type RemoteInfo, type Socket as DatagramSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';
import { ConflictError, InvalidParameterError } from '../../errors.ts';
import type { HostPort, HostPorts, PortTarget } from '../host-ports.ts';
import { CarriedConnections } from './carried-connections.ts';
import { findPortHolder } from './port-holder.ts';

/** Milliseconds after which a silent UDP client is forgotten. Source: moby docker-proxy `UDPConnTrackTimeout`. */
const udpIdleTime = 90_000;
/** Datagrams kept while a client's socket is being made; the rest is lost, as datagrams may be. */
const mostEarly = 64;

/**
 * Ports of this machine. The engine holds the socket, which reserves the port, and passes on what arrives on it: traffic
 * of this machine itself, over loopback and IPv6 included. What comes from elsewhere by IPv4 is rewritten by the packet
 * filter before it would reach the socket.
 */
export class NativeHostPorts implements HostPorts {
  readonly #open = new Map<string, () => Promise<void>>();
  readonly #carried: CarriedConnections;

  constructor(carried = new CarriedConnections()) {
    this.#carried = carried;
  }

  async reserve(port: HostPort, target: PortTarget): Promise<void> {
    const key = keyOf(port);
    if (this.#open.has(key)) throw new ConflictError(`port is already allocated`);
    try {
      this.#open.set(key, port.protocol === 'tcp' ? await listenTcp(port, target, this.#carried) : await bindUdp(port, target, this.#carried));
    } catch (error) {
      throw await refusal(error as NodeJS.ErrnoException, port);
    }
  }

  async release(port: HostPort): Promise<void> {
    const close = this.#open.get(keyOf(port));
    this.#open.delete(keyOf(port));
    await close?.();
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map((close) => close()));
  }
}

async function listenTcp(port: HostPort, target: PortTarget, carried: CarriedConnections): Promise<() => Promise<void>> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => passOn(client, target, carried));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: hostOf(port), port: port.hostPort, ipv6Only: true, exclusive: true, backlog: 4096 }, resolve);
  });
  server.on('error', () => undefined);
  // Open connections stay: the container they lead to ends them.
  return () => new Promise((resolve) => {
    server.close();
    resolve();
  });
}

/** Half-closed connections stay half-closed on both sides; a side that breaks breaks the other. */
function passOn(client: Socket, target: PortTarget, carried: CarriedConnections): void {
  const container = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true });
  const ended = carried.add(target.address, () => {
    client.resetAndDestroy();
    container.destroy();
  });
  container.once('close', ended);
  for (const [from, to] of [[client, container], [container, client]] as const) {
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => to.destroySoon());
    from.pipe(to);
  }
}

async function bindUdp(port: HostPort, target: PortTarget, carried: CarriedConnections): Promise<() => Promise<void>> {
  const type = port.hostIp.includes(':') ? 'udp6' : 'udp4';
  const socket = createSocket({ type, ipv6Only: type === 'udp6' });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: hostOf(port), port: port.hostPort, exclusive: true }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  const clients = new Map<string, UdpClient>();
  socket.on('error', () => undefined);
  socket.on('message', (message, from) => {
    // The target moves when the container's network changes.
    const key = `${from.address} ${from.port} ${target.address}`;
    let client = clients.get(key);
    if (client === undefined) {
      const made = new UdpClient(socket, from, target, () => {
        clients.delete(key);
        ended();
      });
      const ended = carried.add(target.address, () => made.close());
      clients.set(key, (client = made));
    }
    client.send(message);
  });
  return () => new Promise((resolve) => {
    for (const client of clients.values()) client.close();
    socket.close(resolve);
  });
}

/** One sender has one socket towards the container, so that answers find their way back. */
class UdpClient {
  readonly #socket: DatagramSocket;
  readonly #idle: NodeJS.Timeout;
  readonly #forget: () => void;
  #ready = false;
  #closed = false;
  #early: Buffer[] = [];

  constructor(server: DatagramSocket, from: RemoteInfo, target: Readonly<PortTarget>, forget: () => void) {
    this.#forget = forget;
    this.#socket = createSocket(target.address.includes(':') ? 'udp6' : 'udp4');
    this.#idle = setTimeout(() => this.close(), udpIdleTime);
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (message) => {
      this.#idle.refresh();
      server.send(message, from.port, from.address, () => undefined);
    });
    this.#socket.connect(target.port, target.address, (error?: Error) => {
      if (this.#closed) return;
      if (error) return this.close();
      this.#ready = true;
      for (const message of this.#early.splice(0)) this.send(message);
    });
  }

  send(message: Buffer): void {
    this.#idle.refresh();
    if (this.#ready) this.#socket.send(message, () => undefined);
    else if (this.#early.length < mostEarly) this.#early.push(message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#idle);
    this.#forget();
    this.#socket.close();
  }
}

/** In the words of moby, with who is in the way. */
async function refusal(error: NodeJS.ErrnoException, port: HostPort): Promise<Error> {
  if (error.code === 'EADDRINUSE') {
    const holder = await findPortHolder(port);
    return new ConflictError(`port is already allocated${holder === undefined ? '' : ` by ${holder}`}`, { cause: error });
  }
  if (error.code === 'EADDRNOTAVAIL') return new InvalidParameterError(`${hostOf(port)} is no address of this machine`, { cause: error });
  return error;
}

function hostOf(port: HostPort): string {
  return port.hostIp === '' ? '0.0.0.0' : port.hostIp;
}

function keyOf(port: HostPort): string {
  return `${port.protocol} ${hostOf(port)} ${port.hostPort}`;
}
