import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Duplex } from 'node:stream';

/** The newest version that all engines of the bench speak. */
export const prefix = '/v1.41';

export interface Answer {
  status: number;
  body: Buffer;
}

/** The Docker Engine API as plain HTTP over a unix socket, the same for every engine. Connections are kept. */
export class Api {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** @param body JSON, or a stream of an archive */
  async request(method: string, path: string, body?: object): Promise<Answer> {
    const response = await this.open(method, path, body);
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) };
  }

  /** @throws Error with the engine's words unless it answers with a status below 400 */
  async ok(method: string, path: string, body?: object): Promise<Buffer> {
    const answer = await this.request(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString().trim()}`);
    return answer.body;
  }

  async json<T>(method: string, path: string, body?: object): Promise<T> {
    return JSON.parse((await this.ok(method, path, body)).toString()) as T;
  }

  /** An answer that is read as it comes. The caller reads or destroys it. */
  async open(method: string, path: string, body?: object): Promise<IncomingMessage> {
    const outgoing = this.#send(method, path, body, { agent: this.#agent });
    return new Promise((resolve, reject) => {
      outgoing.on('response', resolve);
      outgoing.on('error', reject);
    });
  }

  /** {@link open} on a connection of its own, of which the end is the end of the stream. @throws Error unless it succeeds */
  async stream(method: string, path: string): Promise<IncomingMessage> {
    const outgoing = this.#send(method, path, undefined, { agent: false });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on('response', resolve);
      outgoing.on('error', reject);
    });
    if (response.statusCode !== 200) throw new Error(`${method} ${path}: ${response.statusCode}`);
    return response;
  }

  /** The connection of an attach or an exec, once the engine has handed it over. */
  async hijack(path: string, body?: object): Promise<Duplex> {
    const outgoing = this.#send('POST', path, body, { agent: false, headers: { Connection: 'Upgrade', Upgrade: 'tcp' } });
    return new Promise((resolve, reject) => {
      outgoing.on('upgrade', (_response: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      outgoing.on('response', (response) => reject(new Error(`POST ${path}: ${response.statusCode} in place of an upgrade`)));
      outgoing.on('error', reject);
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body: object | undefined, options: { agent: Agent | false; headers?: Record<string, string> }): ClientRequest {
    const stream = body !== undefined && 'pipe' in body;
    const text = body === undefined || stream ? undefined : JSON.stringify(body);
    const headers: Record<string, string | number> = { Host: 'localhost', ...options.headers };
    if (text !== undefined) Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    if (stream) headers['Content-Type'] = 'application/x-tar';
    if (method === 'POST' && body === undefined) headers['Content-Length'] = 0;
    const outgoing = request({ socketPath: this.#socket, method, path: prefix + path, headers, agent: options.agent });
    if (stream) {
      (body as Readable).on('error', (error) => outgoing.destroy(error));
      (body as Readable).pipe(outgoing);
    } else {
      outgoing.end(text);
    }
    return outgoing;
  }
}
