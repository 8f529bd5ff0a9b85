import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

export interface Answer {
  status: number;
  body: Buffer;
}

/** The engine went away before its answer was whole: what was asked for may or may not have happened. */
export class CutOff extends Error {}

/** One request on a connection of its own. @throws CutOff */
export async function call(socketPath: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const bytes = body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const headers = bytes === undefined ? {} : { 'Content-Type': Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json', 'Content-Length': bytes.length };
  try {
    const outgoing = request({ socketPath, method, path, headers, agent: false });
    // Also after the answer has begun.
    outgoing.on('error', () => undefined);
    outgoing.end(bytes);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) };
  } catch (error) {
    throw new CutOff(`${method} ${path}: ${String(error)}`, { cause: error });
  }
}

export function json<T>(answer: Answer): T {
  return JSON.parse(answer.body.toString()) as T;
}

/** Payloads of a multiplexed log. */
export function textOf(frames: Buffer): string {
  let text = '';
  for (let offset = 0; offset + 8 <= frames.length; ) {
    const size = frames.readUInt32BE(offset + 4);
    text += frames.toString('utf8', offset + 8, offset + 8 + size);
    offset += 8 + size;
  }
  return text;
}
