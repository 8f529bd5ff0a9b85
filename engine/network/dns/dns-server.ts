import { createSocket, type RemoteInfo, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { decodeQuery, encodeAnswer, ResponseCode, type Answer, type Question } from './message.ts';
import { forward, type Upstream } from './forward.ts';
import { DnsFrames, frame } from './tcp-frames.ts';

/** What one container may learn. */
export interface Resolver {
  /** Undefined for names that are not ours; an empty list for names of ours without such records. */
  answer(question: Question): Answer[] | undefined;
  /** Whom to ask about everything else; empty when the container has no way to the outside. */
  upstreams(): Upstream[];
}

/** Seconds that clients may keep our answers. Source: moby libnetwork `respTTL`. */
const ttl = 600;
/** Queries of one container under way at a time; what comes beyond is refused, so that no container starves the others. */
const mostForwards = 256;
const mostConnections = 64;
/** Milliseconds that a client's TCP connection may stand idle. */
const idleTime = 10_000;

/** Both sockets were opened in the container's network namespace and are this server's to close. */
export class DnsServer {
  readonly #udp: DatagramSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();
  readonly #closed = new AbortController();
  #forwards = 0;
  #resolver: Resolver | undefined;

  constructor(sockets: { udp: number; tcp: number }) {
    this.#udp = createSocket({ type: 'udp4' });
    this.#udp.on('error', () => undefined);
    this.#udp.on('message', (message, client) => void this.#overUdp(message, client));
    this.#udp.bind({ fd: sockets.udp, exclusive: true });
    this.#tcp = createServer((connection) => this.#accept(connection));
    this.#tcp.maxConnections = mostConnections;
    this.#tcp.on('error', () => undefined);
    this.#tcp.listen({ fd: sockets.tcp, exclusive: true });
  }

  /** Until this is called every query is answered with a failure: the namespace has no container yet. */
  serve(resolver: Resolver): void {
    this.#resolver = resolver;
  }

  /** Resolves when both sockets are closed and no longer keep the namespace alive. */
  async close(): Promise<void> {
    this.#closed.abort();
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([new Promise<void>((resolve) => this.#udp.close(resolve)), new Promise<void>((resolve) => this.#tcp.close(() => resolve()))]);
  }

  async #overUdp(message: Buffer, client: RemoteInfo): Promise<void> {
    const reply = await this.#reply(message, 'udp');
    if (reply === null || this.#closed.signal.aborted) return;
    this.#udp.send(reply, client.port, client.address, () => undefined);
  }

  #accept(connection: Socket): void {
    const frames = new DnsFrames();
    this.#connections.add(connection);
    connection.setTimeout(idleTime, () => connection.destroy());
    connection.on('error', () => undefined);
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('data', (chunk: Buffer) => {
      for (const message of frames.push(chunk)) {
        void this.#reply(message, 'tcp').then((reply) => {
          if (reply === null) connection.destroy();
          else if (connection.writable) connection.write(frame(reply));
        });
      }
    });
  }

  /** Null for bytes that are no query. Never rejects. */
  async #reply(message: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | null> {
    const query = decodeQuery(message);
    if (query === null) return null;
    const failure = (code: number) => encodeAnswer(query, [], { ttl: 0, code });
    if (this.#forwards >= mostForwards) return failure(ResponseCode.refused);
    this.#forwards += 1;
    try {
      const answers = this.#resolver?.answer(query.question);
      if (answers !== undefined) return encodeAnswer(query, answers, { ttl });
      const upstreams = this.#resolver?.upstreams() ?? [];
      return (await forward(message, upstreams, { transport, signal: this.#closed.signal })) ?? failure(ResponseCode.serverFailure);
    } catch {
      // The server is closing, or a container's name is longer than DNS can carry.
      return failure(ResponseCode.serverFailure);
    } finally {
      this.#forwards -= 1;
    }
  }
}
