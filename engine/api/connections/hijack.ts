import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { InvalidParameterError } from '../../errors.ts';
import { TooLargeError } from '../http-status.ts';

/**
 * Taking a connection over from node:http, so that it becomes a plain byte stream in both directions. Two ways lead here:
 *
 * - The client sent `Upgrade`: Node hands over the socket by its `upgrade` event and has parsed nothing but the headers.
 *   A body (exec's `{"Detach":false}`) is still in the stream and must be read by its Content-Length, or it becomes stdin.
 * - The client did not (older docker-py, curl): Node's parser still listens. It must be taken off the socket, or it
 *   answers the first byte of stdin with `400 Bad Request` in the middle of the stream.
 */

/** What node:http keeps on a socket; not in its types. `unconsume` gives reading back from C++ to the socket. */
interface ParsedSocket extends Omit<Socket, 'readableFlowing'> {
  readableFlowing: boolean | null;
  parser?: { unconsume(): void; remove(): void; onIncoming: unknown; socket: unknown } | null;
}

/** Reads an upgraded request's body of Content-Length bytes; what follows it in the stream is put back. */
export async function readUpgradeBody(socket: Duplex, head: Buffer, request: IncomingMessage, limit: number): Promise<Buffer> {
  if (head.length > 0) socket.unshift(head);
  if (request.headers['transfer-encoding'] !== undefined) {
    throw new InvalidParameterError('a request with Upgrade must announce its body by Content-Length');
  }
  const length = Number(request.headers['content-length'] ?? 0);
  if (!Number.isSafeInteger(length) || length < 0) throw new InvalidParameterError('malformed Content-Length header');
  if (length > limit) throw new TooLargeError(`request body is larger than ${limit} bytes`);
  const chunks: Buffer[] = [];
  let missing = length;
  while (missing > 0) {
    const chunk = (socket.read() as Buffer | null) ?? (await nextChunk(socket));
    if (chunk === null) throw new InvalidParameterError('unexpected EOF while reading request body');
    if (chunk.length > missing) socket.unshift(chunk.subarray(missing));
    chunks.push(chunk.subarray(0, missing));
    missing -= Math.min(missing, chunk.length);
  }
  return Buffer.concat(chunks);
}

/** null at the end of the stream. */
function nextChunk(socket: Duplex): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const settle = () => {
      socket.off('readable', settle).off('end', settle).off('close', settle);
      resolve(socket.read() as Buffer | null);
    };
    socket.on('readable', settle).on('end', settle).on('close', settle);
  });
}

/**
 * Takes the socket of a request that came without Upgrade. The request's body must have been read to its end.
 * Listeners of node:http go, the caller's become the only ones.
 */
export function detachFromParser(request: IncomingMessage, response: ServerResponse): Duplex {
  const socket = request.socket as unknown as ParsedSocket;
  response.detachSocket(request.socket);
  const { parser } = socket;
  for (const event of ['data', 'end', 'close', 'drain', 'error', 'timeout', 'pause', 'resume']) socket.removeAllListeners(event);
  if (parser !== undefined && parser !== null) {
    parser.unconsume();
    parser.remove();
    parser.onIncoming = null;
    parser.socket = null;
    socket.parser = null;
  }
  // The stream still flows, and with its listeners gone what comes before the next one would be lost: neither flowing nor paused, as Node
  // leaves the socket of an upgrade, it keeps it. The client's first bytes and its half-close may come at once.
  socket.readableFlowing = null;
  // A stream of the guest channel has no timeout.
  if (typeof socket.setTimeout === 'function') socket.setTimeout(0);
  return socket as unknown as Socket;
}

/** The head of the answer that turns the connection into a stream. */
export function hijackHead(contentType: string, upgraded: boolean, headers: Record<string, string>): string {
  const lines = upgraded
    ? ['HTTP/1.1 101 UPGRADED', `Content-Type: ${contentType}`, 'Connection: Upgrade', 'Upgrade: tcp']
    : ['HTTP/1.1 200 OK', `Content-Type: ${contentType}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
