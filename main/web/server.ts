import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Failure, messageOf } from '../failure.ts';
import type { IpcTransport } from '../ipc/transport.ts';
import { securityHeaders } from '../window-files/security-headers.ts';
import { readWindowFile } from '../window-files/window-file.ts';
import { Access } from './access.ts';
import type { DownloadDesk } from './download-desk.ts';
import { refusal } from './request-guard.ts';
import { greetWindow } from './window-socket.ts';

export interface WebServerOptions {
  /** 0: any free port. */
  port: number;
  /** The built window: `index.html` and its assets. */
  windowDirectory: string;
  /** Each page that has shown its session, also after each of its reconnections. */
  onWindow(transport: IpcTransport): void;
  /** Files that wait for the browser, each under a path of its own. */
  downloads?: Pick<DownloadDesk, 'serve'>;
}

export interface WebServer {
  readonly port: number;
  /** An address that opens the window once. The token stands in the fragment, which browsers do not send to servers. */
  newUrl(): string;
  /** Cuts every window and stops listening. */
  close(): Promise<void>;
}

/** A message of the window is 64 KiB of bytes or a request; nothing honest is larger. */
const maxMessageBytes = 1024 * 1024;
const maxSessionBodyBytes = 1024;
/** Sockets that have not said hello yet; others wait their turn. */
const maxStrangers = 32;

/**
 * The web shell's server, on 127.0.0.1 alone. Four things are served: the window's files (they hold no secret),
 * `POST /session` (token → session secret), the WebSocket `/ipc` (secret first, then the IPC protocol), and downloads, each once.
 * No cookies: a cookie of 127.0.0.1 is sent to every port, also to the page of a container.
 */
export async function startWebServer({ port: wantedPort, windowDirectory, onWindow, downloads }: WebServerOptions): Promise<WebServer> {
  const access = new Access();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false });
  const http = createServer();
  await listen(http, wantedPort);
  const { port } = http.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  let strangers = 0;

  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(securityHeaders([`ws://127.0.0.1:${port}`]))) response.setHeader(name, value);
    route(request, response).catch((error: unknown) => answer(response, 500, messageOf(error)));
  });

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pathname = pathOf(request);
    const isSession = pathname === '/session';
    const reason = refusal(request.headers, isSession ? 'action' : 'page', port);
    if (reason !== undefined) return answer(response, 403, reason);
    if (isSession) return session(request, response);
    if (downloads?.serve(request, response) === true) return;
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'only GET is answered here');
    const file = await readWindowFile(windowDirectory, pathname);
    if (file === undefined) {
      const message = pathname === '/' ? 'The window is not built yet. Run "npm run build", then load this page again.' : 'there is no such file';
      return answer(response, pathname === '/' ? 503 : 404, message);
    }
    response.writeHead(200, { 'Content-Type': file.contentType, 'Content-Length': file.body.length, 'Cache-Control': file.cacheControl });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  async function session(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return answer(response, 405, 'only POST is answered here');
    if (request.headers['content-type'] !== 'application/json') return answer(response, 415, 'the body must be application/json');
    const token = tokenOf(await readBody(request));
    const secret = token === undefined ? undefined : access.exchange(token);
    if (secret === undefined) return answer(response, 401, 'this link was used already, or a newer one was made');
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify({ secret }));
  }

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const reason = pathOf(request) === '/ipc' ? refusal(request.headers, 'action', port) : 'there is no WebSocket here';
    if (reason !== undefined) return refuseUpgrade(socket, '403 Forbidden', reason);
    if (strangers >= maxStrangers) return refuseUpgrade(socket, '503 Service Unavailable', 'too many connections wait to be greeted');
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      let known = false;
      strangers += 1;
      const acquainted = () => {
        if (!known) strangers -= 1;
        known = true;
      };
      webSocket.on('close', acquainted);
      greetWindow(webSocket, (secret) => access.isSession(secret), (transport) => {
        acquainted();
        onWindow(transport);
      });
    });
  });

  return {
    port,
    newUrl: () => `${origin}/#token=${access.issueToken()}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      http.close();
      http.closeAllConnections();
      if (http.listening) await once(http, 'close');
    },
  };
}

async function listen(http: Server, port: number): Promise<void> {
  http.listen({ host: '127.0.0.1', port });
  try {
    await once(http, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new Failure('conflict', code === 'EACCES' ? `Port ${port} needs more rights than this user has.` : `Port ${port} of 127.0.0.1 is taken.`, {
      hint: 'Choose another with --port N, or leave it out to take a free one.',
      cause: error,
    });
  }
}

/** The path as it was sent, without the query. Not through `URL`, which would resolve `..` away before it is looked at. */
const pathOf = (request: IncomingMessage) => (request.url ?? '/').split('?', 1)[0] ?? '/';

function answer(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) return void response.destroy();
  const body = `${message}\n`;
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body), 'Cache-Control': 'no-store' });
  response.end(body);
}

function refuseUpgrade(socket: Duplex, status: string, reason: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(reason)}\r\nConnection: close\r\n\r\n${reason}`);
}

/** Up to 1 KiB; what is longer is answered as if it held no token. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxSessionBodyBytes) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function tokenOf(body: string): string | undefined {
  try {
    const { token } = JSON.parse(body) as { token?: unknown };
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}
