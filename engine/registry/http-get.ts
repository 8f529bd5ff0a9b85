import { Agent as HttpAgent, request as httpRequest, STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { InternalError, messageOf } from '../errors.ts';
import { proxyEnvironment } from './outgoing.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequestOptions {
  method?: HttpMethod;
  headers?: Record<string, string>;
  /** A stream is made anew for each try; it is destroyed when the request fails. */
  body?: string | (() => Readable);
  signal?: AbortSignal;
  agents: HttpAgents;
}

/** Keep-alive connections of one registry client, both schemes; destroy them with it. */
export class HttpAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** Milliseconds without a byte until a connection counts as dead. */
  readonly idleTimeout: number;

  constructor(options: { verifyCertificates: boolean; idleTimeout?: number }) {
    this.idleTimeout = options.idleTimeout ?? 60_000;
    const proxyEnv = proxyEnvironment();
    this.http = new HttpAgent({ keepAlive: true, proxyEnv });
    this.https = new HttpsAgent({ keepAlive: true, rejectUnauthorized: options.verifyCertificates, proxyEnv });
  }

  destroy(): void {
    this.http.destroy();
    this.https.destroy();
  }
}

const MAX_REDIRECTS = 10;

/**
 * One request, redirects followed. `Authorization` goes to the first host alone: a registry redirects blobs to storage
 * that must not see it. Node's own client rather than `fetch`: bodies are plain streams, and certificates can be a host's matter.
 * The caller reads or destroys the answer.
 * @throws InternalError in Go's words (`Get "http://…": dial tcp …: connect: connection refused`), which clients show and match
 */
export async function httpGet(url: URL, options: HttpRequestOptions): Promise<IncomingMessage> {
  let target = url;
  let { method = 'GET', body } = options;
  for (let redirects = 0; ; redirects += 1) {
    const headers: Record<string, string> = { ...options.headers };
    if (target.host !== url.host || target.protocol !== url.protocol) delete headers['Authorization'];
    const response = await once(target, { ...options, method, body, headers });
    const location = response.headers.location;
    if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0) || location === undefined) return response;
    response.destroy();
    if (redirects === MAX_REDIRECTS) throw new InternalError(`${describe(method, url)}: stopped after ${MAX_REDIRECTS} redirects`);
    const next = resolveLocation(location, target);
    if (next === null) throw new InternalError(`${describe(method, url)}: redirected to what is no web address: ${location}`);
    if (target.protocol === 'https:' && next.protocol !== 'https:') {
      throw new InternalError(`${describe(method, url)}: redirected to plain HTTP at ${next.host}; refused`);
    }
    target = next;
    // Only 307 and 308 keep what was asked (RFC 9110 section 15.4).
    if (method !== 'GET' && method !== 'HEAD' && ![307, 308].includes(response.statusCode ?? 0)) [method, body] = ['GET', undefined];
  }
}

function once(url: URL, options: HttpRequestOptions & { method: string }): Promise<IncomingMessage> {
  const { method, headers, body, signal, agents } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const agent = url.protocol === 'https:' ? agents.https : agents.http;
    const outgoing = request(url, { method, headers: { 'User-Agent': 'slipway', ...headers }, agent, signal, timeout: agents.idleTimeout });
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('i/o timeout'), { code: 'ETIMEDOUT' })));
    outgoing.on('response', resolve);
    const content = typeof body === 'function' ? body() : undefined;
    outgoing.on('close', () => content?.destroy());
    outgoing.on('error', (error) => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      else reject(new InternalError(`${describe(method, url)}: ${networkReason(error, url)}`, { cause: error }));
    });
    if (content === undefined) outgoing.end(body);
    else {
      content.on('error', (error) => outgoing.destroy(error));
      content.pipe(outgoing);
    }
  });
}

function resolveLocation(location: string, base: URL): URL | null {
  const url = URL.parse(location, base.href);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : null;
}

/** `Get "http://localhost:1/v2/"` */
function describe(method: string, url: URL): string {
  return `${method.charAt(0)}${method.slice(1).toLowerCase()} "${url.href}"`;
}

/** Go's net package words of what Node says in codes. */
export function networkReason(error: unknown, url: URL): string {
  const { code, address, port } = firstCause(error) as NodeJS.ErrnoException & { address?: string; port?: number };
  const peer = address === undefined ? url.host : `${address.includes(':') ? `[${address}]` : address}:${port}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `dial tcp ${peer}: connect: connection refused`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${url.hostname}: no such host`;
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${url.hostname}: Temporary failure in name resolution; check the network connection`;
    case 'ENETUNREACH':
      return `dial tcp ${peer}: connect: network is unreachable`;
    case 'EHOSTUNREACH':
      return `dial tcp ${peer}: connect: no route to host`;
    case 'ETIMEDOUT':
      return `dial tcp ${peer}: i/o timeout`;
    case 'ECONNRESET':
      return `read tcp ${peer}: connection reset by peer`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'http: server gave HTTP response to HTTPS client';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    case 'CERT_HAS_EXPIRED':
      return 'tls: failed to verify certificate: x509: certificate has expired';
    default:
      return messageOf(error);
  }
}

/** A host with several addresses fails with one error for all of them. */
function firstCause(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors[0] as unknown) : error;
}

/** `503 Service Unavailable` */
export function statusText(response: IncomingMessage): string {
  return `${response.statusCode} ${STATUS_CODES[response.statusCode ?? 0] ?? ''}`.trim();
}

/** A small body, whole. @throws InternalError beyond `limit` bytes */
export async function readBody(response: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > limit) {
      response.destroy();
      throw new InternalError(`the registry's answer is larger than ${limit} bytes`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
