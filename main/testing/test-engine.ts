import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createEngineClient, type EngineClient } from '../engine-client/engine-client.ts';

export type Route = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface TestEngine {
  client: EngineClient;
  open(): Promise<Duplex>;
  server: Server;
  socketPath: string;
  /** `METHOD /path?query` of every request so far. */
  requests: string[];
  close(): Promise<void>;
}

/**
 * An HTTP server on a unix socket that answers a few routes (`GET /containers/json`, without the query) as a Docker engine
 * would, for tests that need an answer of which the real engine has no example at hand.
 */
export async function startTestEngine(routes: Record<string, Route>, upgrade?: (request: IncomingMessage, socket: Duplex, body: string) => void): Promise<TestEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-test-engine-'));
  const socketPath = join(directory, 'engine.sock');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const route = routes[`${request.method} ${request.url?.split('?')[0]}`];
    if (route === undefined) return sendJson(response, 404, { message: 'page not found' });
    if (request.headers['transfer-encoding'] !== undefined) return route(request, response, '');
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => route(request, response, body));
  });
  if (upgrade !== undefined) {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      requests.push(`${request.method} ${request.url}`);
      const size = Number(request.headers['content-length'] ?? 0);
      let body = head;
      const whole = () => {
        if (body.length < size) return;
        socket.off('data', onData);
        upgrade(request, socket, body.toString());
      };
      const onData = (chunk: Buffer) => {
        body = Buffer.concat([body, chunk]);
        whole();
      };
      socket.on('data', onData);
      whole();
    });
  }
  server.listen(socketPath);
  await once(server, 'listening');
  const open = () => openSocket(socketPath);
  return {
    client: createEngineClient(open),
    open,
    server,
    socketPath,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function openSocket(path: string): Promise<Duplex> {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
