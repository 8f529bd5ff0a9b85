import type { Readable } from 'node:stream';
import { InvalidParameterError } from '../../errors.ts';
import { TooLargeError } from '../http-status.ts';

/** Largest JSON body: several times what a client sends for a container with thousands of labels. */
export const jsonBodyLimit = 4 * 1024 * 1024;

/**
 * The whole of a body.
 * @throws TooLargeError as soon as the limit is passed, without reading on; InvalidParameterError when the client leaves.
 */
export async function readBody(body: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Destroying the request would destroy the socket, and with it the answer.
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new TooLargeError(`request body is larger than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    throw new InvalidParameterError('unexpected EOF while reading request body', { cause: error });
  }
  return Buffer.concat(chunks);
}

/**
 * Refuses bodies that are not announced as JSON. Without a body no Content-Type is needed.
 * Texts: moby daemon/server/httputils/httputils.go.
 */
export function checkJsonType(contentType: string | undefined, mayHaveBody: boolean): void {
  if (contentType === undefined || contentType === '') {
    if (!mayHaveBody) return;
    throw new InvalidParameterError('malformed Content-Type header (): mime: no media type');
  }
  const mediaType = contentType.split(';')[0]!.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    const [, tail] = mediaType.split('/');
    if (tail === '') throw new InvalidParameterError(`malformed Content-Type header (${contentType}): mime: expected token after slash`);
    throw new InvalidParameterError(`unsupported Content-Type header (${contentType}): must be 'application/json'`);
  }
}

/** undefined for an empty body, as clients send it. @throws InvalidParameterError `invalid JSON: …` */
export function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  if (text.trim() === '') {
    if (text === '') return undefined;
    throw new InvalidParameterError('invalid JSON: got EOF while reading request body');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('after JSON')) throw new InvalidParameterError('unexpected content after JSON', { cause: error });
    throw new InvalidParameterError(`invalid JSON: ${message === 'Unexpected end of JSON input' ? 'unexpected EOF' : message}`, { cause: error });
  }
}
