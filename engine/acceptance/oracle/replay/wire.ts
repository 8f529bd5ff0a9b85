import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { decodeBody } from './decode.ts';
import type { Method } from './oracle-case.ts';
import { patience } from './patience.ts';

export interface WireRequest {
  method: Method;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
  upgrade?: boolean;
  stdin?: string;
  lines?: number;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: unknown;
  /** The answer did not come or did not end in time. */
  cutOff: boolean;
}

/** Longer than any request of the suite takes on an idle machine; a stream that does not end by then is a finding of its own. */
const limit = 20_000;

/** One request on a connection of its own. Never rejects: what goes wrong is a reply with status 0. */
export function send(socketPath: string, wanted: WireRequest): Promise<Reply> {
  return new Promise((resolve) => {
    const headers: Record<string, string> = { Host: 'docker', ...wanted.headers };
    if (wanted.body !== undefined) headers['Content-Length'] ??= String(wanted.body.length);
    else if (wanted.method === 'POST') headers['Content-Length'] ??= '0';
    if (wanted.upgrade === true) Object.assign(headers, { Connection: 'Upgrade', Upgrade: 'tcp' });
    const outgoing = request({ socketPath, method: wanted.method, path: wanted.path, headers, agent: false });
    const chunks: Buffer[] = [];
    let status = 0;
    let received: IncomingHttpHeaders = {};
    const settle = (cutOff: boolean, failure?: Error) => {
      clearTimeout(timer);
      const bytes = Buffer.concat(chunks);
      const body = failure === undefined ? decodeBody(received['content-type'] ?? '', wholeLines(bytes, wanted.lines)) : { failed: failure.message };
      resolve({ status, headers: received, body, cutOff });
      outgoing.destroy();
    };
    const timer = setTimeout(() => settle(true), limit * patience());
    const collect = (stream: IncomingMessage | Socket, first?: Buffer) => {
      const onData = (chunk: Buffer) => {
        chunks.push(chunk);
        if (wanted.lines !== undefined && countLines(chunks) >= wanted.lines) settle(false);
      };
      if (first !== undefined && first.length > 0) onData(first);
      stream.on('data', onData);
      stream.on('end', () => settle(false));
      stream.on('error', (error: Error) => settle(true, error));
      stream.on('close', () => settle(false));
    };
    outgoing.on('response', (response) => {
      status = response.statusCode ?? 0;
      received = response.headers;
      collect(response);
      // Where the answer took the connection over without an upgrade, what follows is the stream's other direction.
      if (wanted.stdin !== undefined) response.socket.end(wanted.stdin);
    });
    outgoing.on('upgrade', (response, socket: Socket, first) => {
      status = response.statusCode ?? 0;
      received = response.headers;
      collect(socket, first);
      socket.end(wanted.stdin ?? '');
    });
    outgoing.on('error', (error) => settle(false, error));
    outgoing.end(wanted.body);
  });
}

function countLines(chunks: Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.filter((byte) => byte === 10).length, 0);
}

function wholeLines(bytes: Buffer, count: number | undefined): Buffer {
  if (count === undefined) return bytes;
  let end = 0;
  for (let line = 0; line < count && end >= 0; line += 1) end = bytes.indexOf(10, end) + 1 || bytes.length;
  return bytes.subarray(0, end);
}
