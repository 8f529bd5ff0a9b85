import { createServer, ServerResponse } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { InvalidParameterError, messageOf, NotFoundError } from '../errors.ts';
import { refuseBrowsers } from './connections/browser-guard.ts';
import { negotiateVersion, UnsupportedVersionError } from './versions/api-version.ts';
import { ApiRequest, ConnectionBody, hasBodyToTake } from './connections/connection-body.ts';
import { Exchange, writeHead } from './exchange.ts';
import { errorBody, statusOf } from './http-status.ts';
import { Router } from './router.ts';
import type { Match, Route } from './router.ts';

/** More than any client sends before it looks for an answer. */
const drainLimit = 64 * 1024 * 1024;

export interface ApiServerOptions {
  /** What is served from the first moment on. */
  routes: readonly Route[];
  /** The whole table, once its backends are there. Until then requests that `routes` does not know wait. */
  complete?: Promise<readonly Route[]>;
  /** Told about answers of status 500 and broken connections. */
  log: (line: string) => void;
}

/** The routes of the moment; `complete` is null once `router` knows them all. */
interface Serving {
  router: Router;
  complete: Promise<unknown> | null;
  log: (line: string) => void;
}

/**
 * The Docker Engine API on node:http. It may listen on a unix socket, and `server.emit('connection', duplex)` serves any
 * other byte stream the same way (the guest channel does).
 */
export function createApiServer({ routes, complete, log }: ApiServerOptions): Server {
  const serving: Serving = { router: new Router(routes), complete: null, log };
  serving.complete =
    complete?.then((all) => {
      serving.router = new Router(all);
      serving.complete = null;
    }) ?? null;
  const server = createServer({
    // An upload takes as long as it takes, and clients keep their connections.
    requestTimeout: 0,
    keepAliveTimeout: 0,
    highWaterMark: 256 * 1024,
    // Only where a handler takes the connection over: an `Upgrade: h2c` elsewhere is an offer that is not taken up. While the routes are not
    // known, what Docker's clients ask for tells.
    shouldUpgradeCallback: (request) => {
      const route = find(serving.router, request)?.match?.route;
      if (route?.takesUnreadBody === true) return (request as ApiRequest).givesBody = hasBodyToTake(request);
      return route?.hijacks ?? (serving.complete !== null && /^(tcp|websocket)$/i.test(request.headers.upgrade ?? ''));
    },
    IncomingMessage: ApiRequest,
  });
  // Lets a client half-close and still have its answer, as Go's server does. Not in Node's documentation; lib/_http_server.js.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('request', (request, response) => {
    void serve(serving, request, response, null);
  });
  server.on('upgrade', (request: ApiRequest, socket: Duplex, bytes: Buffer) => {
    const head = request.givesBody === true ? new ConnectionBody(request, socket, bytes) : bytes;
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.on('finish', () => socket.end());
    void serve(serving, request, response, head);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`);
  });
  return server;
}

/** Never rejects: whatever a handler does, the client has an answer and the engine goes on. */
async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse, head: Buffer | ConnectionBody | null): Promise<void> {
  response.on('error', () => response.destroy());
  try {
    refuseBrowsers(request);
    if (request.method === 'OPTIONS') {
      writeHead(response, 200, { 'Content-Length': 0 });
      response.end();
      return;
    }
    let target = find(serving.router, request);
    if (serving.complete !== null && target !== undefined && target.match === undefined) {
      await serving.complete;
      target = find(serving.router, request);
    }
    if (target === undefined) throw new InvalidParameterError('malformed request path');
    const clean = cleanPath(target.path);
    if (clean === target.path && target.match === undefined) throw new NotFoundError('page not found');
    if (clean !== target.path || target.match === undefined) {
      // As moby's router does with `//` and `..`; clients follow.
      const mark = request.url!.indexOf('?');
      writeHead(response, 301, { Location: encodeURI(clean) + (mark < 0 ? '' : request.url!.slice(mark)), 'Content-Length': 0 });
      response.end();
      drain(request, head);
      return;
    }
    const version = negotiateVersion(target.version);
    const exchange = new Exchange(request, response, head, { version, params: target.match.params, query: target.query });
    try {
      await target.match.route.handler(exchange);
    } catch (error) {
      report(serving, request, error);
      exchange.answerError(error);
    }
    drain(request, head);
  } catch (error) {
    report(serving, request, error);
    refuse(response, error);
    drain(request, head);
  }
}

/**
 * Reads and drops what is left of a body that no handler wanted: it stands before the next request, and a client that finds
 * the connection closed while it writes never reads its answer. One that goes on and on is cut off.
 */
function drain(request: IncomingMessage, head: Buffer | ConnectionBody | null): void {
  if (head instanceof ConnectionBody) head.drop(drainLimit);
  if (head !== null || request.readableEnded) return;
  let dropped = 0;
  request.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > drainLimit) request.destroy();
  });
}

/** Answers a request that never reached a handler. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const plain = error instanceof UnsupportedVersionError && error.plainText;
  const body = plain ? `${error.message}\n` : `${JSON.stringify(errorBody(error))}\n`;
  writeHead(response, statusOf(error), {
    'Content-Type': plain ? 'text/plain; charset=utf-8' : 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

function report({ log }: Serving, request: IncomingMessage, error: unknown): void {
  if (statusOf(error) === 500) log(`${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`);
}

interface Target {
  /** Decoded, with the version. */
  path: string;
  /** `1.41`, when the path names one. */
  version: string | undefined;
  match: Match | undefined;
  /** After the question mark. */
  query: string;
}

/** undefined when the path is not decodable. */
function find(router: Router, request: IncomingMessage): Target | undefined {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const query = mark < 0 ? '' : url.slice(mark + 1);
  let path: string;
  try {
    path = decodeURIComponent(mark < 0 ? url : url.slice(0, mark));
  } catch {
    return undefined;
  }
  const prefix = /^\/v([0-9.]+)(?=\/)/.exec(path);
  return { path, version: prefix?.[1], match: router.match(request.method ?? '', prefix === null ? path : path.slice(prefix[0].length)), query };
}

/** Without what makes a path unclean: `//`, `/./`, `/../`. */
function cleanPath(path: string): string {
  if (!/\/(?:\/|\.)/.test(path) && path.startsWith('/')) return path;
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return `/${kept.join('/')}${path.endsWith('/') && kept.length > 0 ? '/' : ''}`;
}
