import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { datagramIdleMs, DatagramSplitter, encodeDatagram, mostWaiting } from '../../../contract/channel/datagrams.ts';

/** Datagrams of one client that wait while its stream is being opened. */
const mostEarly = 64;
/** Clients at a time: each has a stream of the channel. */
const mostClients = 1024;

/**
 * A published UDP port on one address of this computer. Each sender has a stream of its own to the container.
 * @throws NodeJS.ErrnoException `EADDRINUSE` …
 */
export async function forwardDatagrams(at: { address: string; port: number }, openStream: () => Promise<Duplex>, log: (line: string) => void): Promise<{ close(): void }> {
  const socket = createSocket({ type: at.address.includes(':') ? 'udp6' : 'udp4', ipv6Only: at.address.includes(':') });
  const clients = new Map<string, DatagramClient>();
  socket.bind({ address: at.address, port: at.port, exclusive: true });
  try {
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => undefined);
  socket.on('message', (message, from) => {
    const key = `${from.address} ${from.port}`;
    let client = clients.get(key);
    if (client === undefined) {
      if (clients.size >= mostClients) return;
      client = new DatagramClient(socket, from, openStream, log, () => clients.delete(key));
      clients.set(key, client);
    }
    client.send(message);
  });
  return {
    close: () => {
      for (const client of [...clients.values()]) client.close();
      socket.close();
    },
  };
}

class DatagramClient {
  readonly #forget: () => void;
  readonly #idle: NodeJS.Timeout;
  #early: Buffer[] | null = [];
  #stream: Duplex | null = null;
  #closed = false;

  constructor(socket: Socket, from: RemoteInfo, openStream: () => Promise<Duplex>, log: (line: string) => void, forget: () => void) {
    this.#forget = forget;
    this.#idle = setTimeout(() => this.close(), datagramIdleMs);
    openStream().then(
      (stream) => this.#carry(stream, socket, from),
      (error: unknown) => {
        log((error as Error).message);
        this.close();
      },
    );
  }

  send(message: Buffer): void {
    this.#idle.refresh();
    if (this.#early !== null) {
      if (this.#early.length < mostEarly) this.#early.push(message);
    } else if (this.#stream !== null && this.#stream.writableLength < mostWaiting) {
      this.#stream.write(encodeDatagram(message));
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#idle);
    this.#forget();
    this.#stream?.destroy();
  }

  #carry(stream: Duplex, socket: Socket, from: RemoteInfo): void {
    if (this.#closed) {
      stream.destroy();
      return;
    }
    const splitter = new DatagramSplitter();
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#idle.refresh();
      try {
        for (const datagram of splitter.push(chunk)) socket.send(datagram, from.port, from.address, () => undefined);
      } catch {
        this.close();
      }
    });
    for (const event of ['error', 'end', 'close']) stream.on(event, () => this.close());
    const early = this.#early ?? [];
    this.#early = null;
    for (const message of early) this.send(message);
  }
}
