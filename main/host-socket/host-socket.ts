import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../failure.ts';
import { bindSocket } from './bind-socket.ts';
import type { HostAddress } from './host-address.ts';

export interface HostSocket {
  /** Stops listening and cuts what is still connected; removes the socket file. Idempotent. */
  close(): Promise<void>;
}

/**
 * Listens for the docker CLI and its kin, and passes bytes to the engine without reading them: half-closes travel both
 * ways and neither side is read faster than the other takes.
 * @throws Failure as {@link bindSocket}.
 */
export async function listenHostSocket(address: HostAddress, open: () => Promise<Duplex>): Promise<HostSocket> {
  const connected = new Set<Socket>();
  // Without allowHalfOpen Node would answer a client's end with its own, and `docker run -i < file` would lose its output.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    connected.add(client);
    client.on('close', () => connected.delete(client));
    void pass(client, open);
  });
  await bindSocket(server, address.path, 'Docker socket');
  let closing: Promise<void> | undefined;
  return {
    close: () =>
      (closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of connected) client.destroy();
      })),
  };
}

async function pass(client: Socket, open: () => Promise<Duplex>): Promise<void> {
  client.on('error', () => client.destroy());
  let engine: Duplex;
  try {
    engine = await open();
  } catch (error) {
    answerUnavailable(client, messageOf(error));
    return;
  }
  if (client.destroyed) {
    engine.destroy();
    return;
  }
  engine.on('error', () => client.destroy());
  engine.on('close', () => {
    // A stream that closed without an end was cut off; one that ended lets the client drain what is on its way.
    if (!engine.readableEnded) client.destroy();
  });
  client.on('close', () => engine.destroy());
  client.pipe(engine);
  engine.pipe(client);
}

/** The CLI prints `Error response from daemon: …` for this; a closed connection would read as a broken daemon. */
function answerUnavailable(client: Socket, reason: string): void {
  const body = JSON.stringify({ message: `Slipway's engine does not run: ${reason}` });
  client.end(
    `HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // What the client still sends is thrown away, so that it can finish sending and read the answer.
  client.resume();
}
