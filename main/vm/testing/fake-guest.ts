import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { toDuplex } from '../../../contract/channel/duplex.ts';
import { ChannelLink } from '../../../contract/channel/link.ts';
import type { ChannelSession } from '../../../contract/channel/session.ts';
import { parseTarget } from '../../../contract/channel/target.ts';

/**
 * What stands behind QEMU's channel sockets: ports that outlive the engine, and an engine with an HTTP server and one echo
 * port (7). For tests of the host's half; the guest's own half is tested in engine/guest.
 */
export class FakeGuest {
  readonly #key: () => Buffer;
  readonly #http;
  readonly #servers: Server[] = [];
  readonly #ports = new Map<Socket, ChannelLink | null>();
  #engineRuns = true;

  private constructor(key: () => Buffer, api: RequestListener) {
    this.#key = key;
    this.#http = createHttpServer(api);
  }

  static async listen(paths: string[], key: () => Buffer, api: RequestListener): Promise<FakeGuest> {
    const guest = new FakeGuest(key, api);
    for (const path of paths) {
      const server = createServer((socket) => guest.#connected(socket));
      server.listen(path);
      await once(server, 'listening');
      guest.#servers.push(server);
    }
    return guest;
  }

  get sessions(): ChannelSession[] {
    return [...this.#ports.values()].flatMap((link) => link?.session ?? []);
  }

  /** The engine is gone in the middle of whatever it was saying; the ports stay. */
  killEngine(): void {
    this.#engineRuns = false;
    for (const socket of this.#ports.keys()) {
      // Half a frame: its header announces more than will ever come.
      socket.write(Buffer.from([3, 0, 0, 0, 0, 1, 0, 0, 1, 0, 42]));
      this.#ports.set(socket, null);
    }
  }

  startEngine(): void {
    this.#engineRuns = true;
    for (const socket of this.#ports.keys()) this.#ports.set(socket, this.#link(socket));
  }

  async close(): Promise<void> {
    for (const socket of this.#ports.keys()) socket.destroy();
    for (const server of this.#servers) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #connected(socket: Socket): void {
    this.#ports.set(socket, this.#engineRuns ? this.#link(socket) : null);
    socket.on('data', (chunk) => this.#ports.get(socket)?.receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#ports.delete(socket));
  }

  #link(socket: Socket): ChannelLink {
    const link = new ChannelLink({
      side: 'guest',
      transport: { send: (bytes) => void socket.write(bytes), congested: false },
      crypto: {
        hmac: (parts) => parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', this.#key())).digest(),
        nonce: () => randomBytes(32),
      },
      onSession: () => undefined,
      onDown: () => undefined,
      onStream: (stream, target) => {
        const parsed = parseTarget(target);
        if (parsed?.kind === 'port' && parsed.hostPort !== 7) return stream.reset(`no container publishes ${parsed.hostPort}`);
        const duplex = toDuplex(stream, (handlers) => new Duplex(handlers));
        duplex.on('error', () => undefined);
        stream.accept();
        if (parsed?.kind === 'api') this.#http.emit('connection', duplex);
        else duplex.pipe(duplex);
      },
    });
    link.start();
    return link;
  }
}

/** An engine that is well: `/_ping` and `/version` with its version, and `/slipway/power-off`, which calls back. */
export function healthyEngine(onPowerOff: () => void = () => undefined, running: () => number = () => 0): RequestListener {
  return (request, response) => {
    if (request.url === '/_ping') response.writeHead(200, { Server: 'Docker/1.2.3 (linux)' }).end('OK');
    else if (request.url === '/version') response.end(JSON.stringify({ Version: '1.2.3' }));
    else if (request.url === '/slipway/power-off') {
      response.writeHead(202).end();
      onPowerOff();
    } else if (request.url?.startsWith('/containers/json?') === true) response.end(JSON.stringify(Array.from({ length: running() }, () => ({}))));
    else response.writeHead(/^\/slipway\/(?:clock\?|settle$)/.test(request.url ?? '') ? 204 : 404).end();
  };
}
