import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { plainDescriptor } from './connection-body.ts';

/** The body of an answer, from one who can write it past node:http. Either is to be called, once. */
export interface BodyWriter {
  stream(): Readable;
  /** As chunks of HTTP/1.1 without the last. */
  writeTo(connection: number, signal: AbortSignal): Promise<void>;
}

/**
 * The connection of an answer whose head has been sent, for one who writes the chunks of its body there by himself; node:http then only writes the last one. Null where
 * the body has to go through node:http: without chunks (HTTP/1.0), behind an answer that is still on its way, encrypted, or through the guest channel.
 */
export async function connectionForChunks(request: IncomingMessage, response: ServerResponse): Promise<number | null> {
  const { socket } = response;
  if (!response.chunkedEncoding || socket === null || socket !== request.socket || plainDescriptor(socket) === null) return null;
  // What node:net has not been able to write yet comes first.
  if (socket.writableLength > 0) await new Promise<void>((resolve) => void socket.write(Buffer.alloc(0), () => resolve()));
  return plainDescriptor(socket);
}
