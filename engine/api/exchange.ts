import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Duplex, Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { InvalidParameterError, messageOf } from '../errors.ts';
import { isGuestConnection } from '../guest/serve-stream.ts';
import { apiVersion, engineVersion } from './versions/api-version.ts';
import { connectionForChunks } from './connections/body-writer.ts';
import type { BodyWriter } from './connections/body-writer.ts';
import { ConnectionBody } from './connections/connection-body.ts';
import { parseFilters } from './requests/filters.ts';
import type { Filters } from './requests/filters.ts';
import { detachFromParser, hijackHead, readUpgradeBody } from './connections/hijack.ts';
import { errorBody, statusOf } from './http-status.ts';
import { JsonStream } from './json-stream.ts';
import { checkShape } from './requests/json-shape.ts';
import type { Shape } from './requests/json-shape.ts';
import { Query } from './requests/query.ts';
import { WebSocketStream, webSocketHead } from './connections/web-socket.ts';
import type { WebSocketOptions } from './connections/web-socket.ts';
import { checkJsonType, jsonBodyLimit, parseJson, readBody } from './requests/request-body.ts';

/** Headers of every answer. */
export const standardHeaders: Record<string, string> = {
  'Api-Version': apiVersion,
  'Docker-Experimental': 'false',
  Ostype: 'linux',
  Server: `Docker/${engineVersion} (linux)`,
};

const headerList = Object.entries(standardHeaders).flat();

/**
 * The head of an answer, with the standard headers before its own. As one flat list, which node:http writes as it is: with `setHeader` it
 * would build an object of them first.
 */
export function writeHead(response: ServerResponse, status: number, headers: Record<string, string | number>): void {
  const list: (string | number)[] = [...headerList];
  for (const name in headers) list.push(name, headers[name]!);
  response.writeHead(status, list as OutgoingHttpHeader[]);
}

export interface RequestTarget {
  /** Minor API version, 24 to 51. */
  version: number;
  params: Record<string, string>;
  /** After the question mark. */
  query: string;
}

/** One request and its answer, as route handlers see them. */
export class Exchange {
  readonly version: number;
  readonly #params: Record<string, string>;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  /** Bytes that followed the headers of a request with Upgrade; null without Upgrade. */
  readonly #head: Buffer | null;
  readonly #unread: ConnectionBody | null;
  readonly #queryText: string;
  #query: Query | undefined;
  /** Made for the first who asks. */
  #abort: AbortController | undefined;
  #gone = false;
  #bodyRead = false;
  #hijacked = false;

  constructor(request: IncomingMessage, response: ServerResponse, head: Buffer | ConnectionBody | null, target: RequestTarget) {
    this.version = target.version;
    this.#queryText = target.query;
    this.#params = target.params;
    this.#request = request;
    this.#response = response;
    this.#head = head instanceof ConnectionBody ? head.head : head;
    this.#unread = head instanceof ConnectionBody ? head : null;
    const gone = () => this.#clientGone();
    // Half-closing means giving up, as in Go's server. Answers that are nearly there still go out.
    const { socket } = request;
    if (head === null) socket.on('end', gone);
    // Not `request.socket`: an answer that closes the connection in the middle of a body takes it away.
    response.on('close', () => {
      gone();
      socket.off('end', gone);
    });
  }

  get query(): Query {
    return (this.#query ??= new Query(new URLSearchParams(this.#queryText)));
  }

  /** Aborted when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#gone) this.#abort.abort(clientGone());
    }
    return this.#abort.signal;
  }

  #clientGone(): void {
    if (this.#response.writableFinished || this.#hijacked || this.#gone) return;
    this.#gone = true;
    this.#abort?.abort(clientGone());
  }

  get method(): string {
    return this.#request.method ?? '';
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  /** Whether the request came from the host over the guest channel, and not over the unix socket. */
  get overGuestChannel(): boolean {
    return isGuestConnection(this.#request.socket);
  }

  param(name: string): string {
    return this.#params[name] ?? '';
  }

  filters(): Filters {
    return parseFilters(this.query.text('filters'));
  }

  /** The raw body, for archives. */
  get body(): Readable {
    return this.#request;
  }

  /** The raw body; still in its connection for a route that {@link Route.takesUnreadBody} where that is possible. */
  get unreadBody(): Readable | ConnectionBody {
    return this.#unread ?? this.#request;
  }

  /**
   * The raw body for one who may stop reading before its end: the connection stays, for the answer, and what is left of the body is
   * thrown away.
   */
  get bodyToStopIn(): Readable {
    const request = this.#request;
    const body = new PassThrough();
    request.pipe(body);
    request.once('close', () => {
      if (!request.complete) body.destroy(new Error('the client went away'));
    });
    body.once('close', () => {
      request.unpipe(body);
      request.resume();
    });
    // Whoever reads it gets its errors, even when it fails before they begin.
    body.on('error', () => undefined);
    return body;
  }

  /**
   * The JSON body after a check of its types; undefined for an empty one.
   * @throws InvalidParameterError, TooLargeError
   */
  async json<T>(shape: Shape): Promise<T | undefined> {
    checkJsonType(this.#request.headers['content-type'], this.#mayHaveBody());
    const bytes = await this.#readBody();
    const value = parseJson(bytes);
    checkShape(value, shape);
    return (value ?? undefined) as T | undefined;
  }

  answer(status: number, value: unknown): void {
    this.answerJson(status, Buffer.from(`${JSON.stringify(value)}\n`));
  }

  /** @param bytes of JSON, with the newline that ends it */
  answerJson(status: number, bytes: Buffer): void {
    writeHead(this.#response, status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
    this.#response.end(bytes);
  }

  answerEmpty(status: number, headers: Record<string, string> = {}): void {
    writeHead(this.#response, status, status === 204 || status === 304 ? headers : { 'Content-Length': '0', ...headers });
    this.#response.end();
  }

  answerBytes(status: number, bytes: Uint8Array, headers: Record<string, string> = {}): void {
    writeHead(this.#response, status, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length, ...headers });
    this.#response.end(bytes);
  }

  answerText(status: number, text: string, headers: Record<string, string> = {}): void {
    writeHead(this.#response, status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text), ...headers });
    this.#response.end(text);
  }

  /** Sends the headers now and answers the response as a byte stream; the caller ends it. */
  answerStream(contentType: string): ServerResponse {
    this.#startStream(contentType);
    return this.#response;
  }

  /** Sends the headers now, then the chunks as they come; ends early when the client goes. */
  async pump(contentType: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    this.#startStream(contentType);
    await this.pumpLate(contentType, chunks);
  }

  /** As {@link pump}, but the headers wait for the first chunk: what fails before it has a status code of its own. */
  async pumpLate(contentType: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const response = this.#response;
    for await (const chunk of chunks) {
      if (this.signal.aborted) break;
      if (!response.headersSent) this.#startStream(contentType);
      if (!response.write(chunk)) await once(response, 'drain', { signal: this.signal }).catch(() => undefined);
    }
    if (!response.headersSent) this.#startStream(contentType);
    response.end();
  }

  /** Sends the headers, then the stream, as fast as the client takes it. Owns the stream; one that fails cuts the connection. */
  async pipe(contentType: string, stream: Readable, headers: Record<string, string> = {}): Promise<void> {
    writeHead(this.#response, 200, { 'Content-Type': contentType, ...headers });
    this.#response.flushHeaders();
    await this.#pour(stream);
  }

  async #pour(stream: Readable): Promise<void> {
    await pipeline(stream, this.#response).catch((error: unknown) => {
      if (!this.signal.aborted) throw error;
    });
  }

  /** As {@link pipe}, for a body that may be written into the connection by whoever has it. Owns it. */
  async send(contentType: string, body: BodyWriter, headers: Record<string, string> = {}): Promise<void> {
    const response = this.#response;
    writeHead(response, 200, { 'Content-Type': contentType, ...headers });
    response.flushHeaders();
    const connection = await connectionForChunks(this.#request, response);
    if (connection === null) return this.#pour(body.stream());
    // Not `signal`: who closes one half of its connection still reads the other.
    const gone = new AbortController();
    response.once('close', () => gone.abort(clientGone()));
    if (response.destroyed) gone.abort(clientGone());
    try {
      await body.writeTo(connection, gone.signal);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
    response.end();
  }

  jsonStream(separator?: '\r\n' | '\n'): JsonStream {
    return new JsonStream(this.#response, () => writeHead(this.#response, 200, { 'Content-Type': 'application/json' }), separator);
  }

  /** The error's status and `{"message"}`; where the answer has begun already, the connection is cut instead. */
  answerError(error: unknown): void {
    if (this.#hijacked || this.#response.writableEnded) return;
    if (this.#response.headersSent) {
      this.#response.destroy();
      return;
    }
    const status = statusOf(error);
    if (status === 304) this.answerEmpty(304);
    else this.answer(status, errorBody(error));
  }

  /** As moby answers attach: no JSON, and the stream's content type. */
  answerPlainError(error: unknown, contentType: string): void {
    if (this.#hijacked) return;
    const text = `${messageOf(error)}\r\n`;
    writeHead(this.#response, statusOf(error), { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text), Connection: 'close' });
    this.#response.end(text);
  }

  /**
   * Turns the connection into a byte stream, after a `101 UPGRADED` where the client asked for it and a `200 OK` where
   * not. The caller owns the stream from then on, errors included.
   */
  async hijack(contentType: string): Promise<Duplex> {
    await this.#readBody();
    const upgraded = this.#head !== null;
    this.#hijacked = true;
    let stream: Duplex;
    if (upgraded) {
      stream = this.#request.socket;
      this.#response.detachSocket(stream as Socket);
    } else {
      stream = detachFromParser(this.#request, this.#response);
    }
    stream.on('error', () => stream.destroy());
    stream.write(hijackHead(contentType, upgraded, standardHeaders));
    return stream;
  }

  /** Turns the connection into a websocket. @throws InvalidParameterError when the client did not ask for one */
  async hijackWebSocket(options: WebSocketOptions): Promise<Duplex> {
    const head = webSocketHead(this.headers, standardHeaders);
    if (this.#head === null) throw new InvalidParameterError('not websocket protocol');
    await this.#readBody();
    this.#hijacked = true;
    const connection = this.#request.socket;
    this.#response.detachSocket(connection);
    connection.write(head);
    const stream = new WebSocketStream(connection, options);
    stream.on('error', () => stream.destroy());
    return stream;
  }

  #startStream(contentType: string): void {
    writeHead(this.#response, 200, { 'Content-Type': contentType });
    this.#response.flushHeaders();
  }

  #mayHaveBody(): boolean {
    const { headers } = this.#request;
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  }

  async #readBody(): Promise<Buffer> {
    if (this.#bodyRead) return Buffer.alloc(0);
    this.#bodyRead = true;
    if (this.#head !== null) return readUpgradeBody(this.#request.socket, this.#head, this.#request, jsonBodyLimit);
    const bytes = await readBody(this.#request, jsonBodyLimit);
    if (!this.#request.readableEnded) await finished(this.#request, { writable: false });
    return bytes;
  }
}

function clientGone(): Error {
  return new Error('the client went away');
}
