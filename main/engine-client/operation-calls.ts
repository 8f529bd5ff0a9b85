import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { OperationParams } from '../../contract/engine-operation.ts';
import { engineOperations, type OperationName } from '../../contract/engine-operations.ts';
import { Failure } from '../failure.ts';
import { engineFailure, toEngineFailure } from './engine-failure.ts';

/** The operations of the contract's table, by name. Every method throws {@link Failure} and nothing else. */
export interface OperationCalls {
  /** The whole JSON answer; undefined when there is none. */
  json(name: OperationName, params: OperationParams): Promise<unknown>;
  /** The answer as it comes. `size` in bytes, when the engine tells it. Destroyed by its reader or by `signal`. */
  stream(name: OperationName, params: OperationParams, signal: AbortSignal): Promise<{ body: Readable; size: number | undefined }>;
  /** Sends bytes only as fast as the engine takes them; the answer as it comes. */
  upload(name: OperationName, params: OperationParams, source: Readable, options: { size: number | undefined; signal: AbortSignal }): Promise<Readable>;
}

/** An answer that is kept in memory: a list of 5,000 images is 5 MB. */
const maxJsonBytes = 256 * 1024 * 1024;
const maxErrorBytes = 64 * 1024;

export function operationCalls(agent: Agent): OperationCalls {
  return {
    async json(name, params) {
      const answer = await send(agent, name, params);
      const text = await wholeBody(answer, maxJsonBytes);
      return text.trim() === '' ? undefined : JSON.parse(text);
    },
    async stream(name, params, signal) {
      const body = await send(agent, name, params, { signal });
      const length = Number(body.headers['content-length']);
      return { body, size: Number.isSafeInteger(length) ? length : undefined };
    },
    upload: (name, params, source, { size, signal }) => send(agent, name, params, { source, size, signal }),
  };
}

interface Sending {
  source?: Readable;
  size?: number | undefined;
  signal?: AbortSignal;
}

/** Resolves with a good answer, its body unread. */
async function send(agent: Agent, name: OperationName, params: OperationParams, { source, size, signal }: Sending = {}): Promise<IncomingMessage> {
  const { method } = engineOperations[name];
  const body = params['body'] === undefined ? undefined : JSON.stringify(params['body']);
  const headers: Record<string, string | number> = {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    ...(source === undefined ? {} : { 'Content-Type': 'application/x-tar', ...(size === undefined ? {} : { 'Content-Length': size }) }),
    ...(typeof params['auth'] === 'string' ? { 'X-Registry-Auth': params['auth'] } : {}),
  };
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest({ agent, method, path: pathOf(name, params), headers, signal }, resolve);
      request.on('error', reject);
      if (source === undefined) request.end(body);
      // An engine that answers early (no such container) stops reading; its answer says more than the broken pipe.
      else pipeline(source, request).catch((error: unknown) => void (request.destroyed || signal?.aborted === true ? reject(error as Error) : undefined));
    });
    const status = answer.statusCode ?? 0;
    if (status < 200 || status >= 300) throw engineFailure(messageOf(await wholeBody(answer, maxErrorBytes), answer), status);
    return answer;
  } catch (error) {
    throw signal?.aborted === true && signal.reason instanceof Failure ? signal.reason : toEngineFailure(error);
  }
}

/** Path and query of a request. Parameters were checked by `main/ipc/operation-params.ts`; they are escaped all the same. */
export function pathOf(name: OperationName, params: OperationParams): string {
  const { path, query } = engineOperations[name];
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => String(params[key]).split('/').map(escapeSegment).join('/'));
  const search = new URLSearchParams();
  for (const key of query) {
    const value = params[key];
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) for (const item of value) search.append(key, String(item));
    else search.append(key, typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean));
  }
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

/** Colon and at stand as they are, as the docker CLI sends them: a reference is `name:tag@digest`. */
const escapeSegment = (segment: string): string => encodeURIComponent(segment).replaceAll('%3A', ':').replaceAll('%40', '@');

async function wholeBody(answer: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new Failure('internal', `The engine's answer is longer than ${most} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function messageOf(body: string, answer: IncomingMessage): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Not JSON: what it says is the message.
  }
  return body.trim() || `The engine answered ${answer.statusCode} ${answer.statusMessage ?? ''}`.trim();
}
