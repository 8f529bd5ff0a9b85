import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { GuestTarget, HostPort, HostPortAuthority } from '../vm.ts';
import { forwardDatagrams } from './datagram-forwarder.ts';
import { findPortOwner } from './port-owner.ts';
import { PortTakenError } from './port-taken.ts';

export interface PortForwarderOptions {
  openStream(target: GuestTarget): Promise<Duplex>;
  log?(line: string): void;
}

/** How long connections to a container may outlive its port: for the last of what it said. What is open then leads nowhere any more. */
const lingerMs = 10_000;

interface Reservation {
  port: HostPort;
  servers: { close(): void }[];
  /** Ends the TCP connections that are open, with a reset. */
  connections: Set<() => void>;
}

/**
 * Published ports on this computer: listens where a container publishes, and carries each connection into the guest.
 * "All addresses" means this computer's loopback, IPv4 and (where it is free) IPv6: containers of a desktop are nobody else's.
 */
export class PortForwarder implements HostPortAuthority {
  readonly #options: PortForwarderOptions;
  readonly #reservations = new Map<string, Reservation>();

  constructor(options: PortForwarderOptions) {
    this.#options = options;
  }

  /** Idempotent for a port that is reserved already: an engine that restarted asks again for what it had. With another lane it leads elsewhere from now on. */
  async reserve(port: HostPort): Promise<void> {
    const present = this.#reservations.get(keyOf(port));
    if (present !== undefined) {
      const isMoved = present.port.lane !== port.lane;
      present.port = port;
      if (isMoved) cut(present);
      return;
    }
    const reservation: Reservation = { port, servers: [], connections: new Set() };
    // At once, before anything is waited for: a second request for the same port must find it.
    this.#reservations.set(keyOf(port), reservation);
    const [address = '127.0.0.1', ...more] = listenAddresses(port.hostIp);
    try {
      await this.#listen(reservation, address);
    } catch (error) {
      this.#reservations.delete(keyOf(port));
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortTakenError(await this.#owner(port));
      throw new Error(`Port ${port.hostPort} of ${address} cannot be opened on this computer: ${(error as Error).message}`, { cause: error });
    }
    // IPv6 may be switched off, or the port taken there alone; 127.0.0.1 is what was promised.
    for (const extra of more) await this.#listen(reservation, extra).catch(() => undefined);
  }

  release(port: HostPort): Promise<void> {
    const reservation = this.#reservations.get(keyOf(port));
    if (reservation === undefined) return Promise.resolve();
    this.#reservations.delete(keyOf(port));
    // Connections that are open end with the container, not with the listener.
    for (const server of reservation.servers) server.close();
    if (reservation.connections.size > 0) setTimeout(() => cut(reservation), lingerMs).unref();
    return Promise.resolve();
  }

  async sync(ports: HostPort[]): Promise<void> {
    const wanted = new Set(ports.map(keyOf));
    const gone = [...this.#reservations.values()].filter(({ port }) => !wanted.has(keyOf(port)));
    await Promise.all(gone.map(({ port }) => this.release(port)));
    for (const port of ports) {
      await this.reserve(port).catch((error: Error) => this.#options.log?.(`port ${port.hostPort} could not be taken again: ${error.message}`));
    }
  }

  async #listen(reservation: Reservation, address: string): Promise<void> {
    const { port } = reservation;
    if (port.protocol === 'udp') {
      const open = () => this.#options.openStream({ kind: 'port', ...port });
      const log = (problem: string) => this.#options.log?.(`port ${port.hostPort}/udp: ${problem}`);
      reservation.servers.push(await forwardDatagrams({ address, port: port.hostPort }, open, log));
      return;
    }
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
      void this.#carry(socket, reservation);
    });
    server.listen({ host: address, port: port.hostPort, backlog: 511 });
    await once(server, 'listening');
    reservation.servers.push(server);
  }

  async #carry(socket: Socket, { port, connections }: Reservation): Promise<void> {
    const end = (): void => void socket.resetAndDestroy();
    connections.add(end);
    socket.once('close', () => connections.delete(end));
    socket.on('error', () => socket.destroy());
    let stream: Duplex;
    try {
      stream = await this.#options.openStream({ kind: 'port', ...port });
    } catch (error) {
      this.#options.log?.(`port ${port.hostPort}: ${(error as Error).message}`);
      // What a client of a port without listener meets.
      socket.resetAndDestroy();
      return;
    }
    if (socket.destroyed) return reset(stream);
    stream.on('error', () => socket.resetAndDestroy());
    // Closing after an orderly end is no reason to drop what the other direction still has to deliver.
    stream.on('close', () => {
      if (!stream.readableEnded) socket.destroy();
    });
    socket.on('close', () => {
      if (!socket.readableEnded || !socket.writableFinished) reset(stream);
    });
    socket.pipe(stream);
    stream.pipe(socket);
  }

  async #owner(port: HostPort): Promise<string | null> {
    for (const { port: other } of this.#reservations.values()) if (other.protocol === port.protocol && other.hostPort === port.hostPort && keyOf(other) !== keyOf(port)) return 'another container';
    return findPortOwner(port.hostPort, port.protocol);
  }
}

/** A stream of the channel tells the other side by itself. */
function reset(stream: Duplex): void {
  if (stream instanceof Socket) stream.resetAndDestroy();
  else stream.destroy();
}

function cut({ connections }: Reservation): void {
  for (const end of [...connections]) end();
}

/** Where to listen for the address that a container asked for; the first one must succeed. */
export function listenAddresses(hostIp: string): string[] {
  if (hostIp === '' || hostIp === '0.0.0.0' || hostIp === '::') return ['127.0.0.1', '::1'];
  return [hostIp];
}

/** 0.0.0.0 and the empty address are the same wish; 127.0.0.1 is another one, and the second of the two to ask is refused. */
function keyOf({ protocol, hostIp, hostPort }: HostPort): string {
  return `${protocol} ${hostIp === '0.0.0.0' ? '' : hostIp} ${hostPort}`;
}
