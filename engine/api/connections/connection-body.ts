import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Duplex } from 'node:stream';
import { BodyDecoder } from '../../lib/body-decoder.ts';

/**
 * A large body that goes past node:http: its parser would hand it over in pieces of 64 kB, each new memory, by way of the main thread. Node
 * gives a connection away where a request asks for an upgrade; {@link ApiRequest} lets it ask for that in such a request's name.
 */

/** What node:net keeps of a connection and has not in its types. */
interface Reading {
  fd: number;
  reading: boolean;
  readStop(): void;
}

/** May the route read the body from the connection? Only one with a body that can be told. */
export function hasBodyToTake({ socket, headers }: IncomingMessage): boolean {
  if (plainDescriptor(socket) === null) return false;
  const { 'transfer-encoding': encoding, 'content-length': length, expect } = headers;
  if (expect !== undefined) return false;
  return encoding === undefined ? /^\d{1,15}$/.test(length ?? '') && Number(length) > 0 : length === undefined && encoding.toLowerCase() === 'chunked';
}

/** Of a connection whose bytes are those of its descriptor, which those of TLS and of the guest channel are not. */
export function plainDescriptor(socket: object): number | null {
  if (!(socket instanceof Socket) || 'encrypted' in socket) return null;
  const fd = handleOf(socket)?.fd ?? -1;
  return fd < 0 ? null : fd;
}

function handleOf(socket: object): Reading | null {
  return (socket as { _handle?: Reading | null })._handle ?? null;
}

/**
 * node:http asks each request whether it wants an upgrade, sets it before the method, and sets it again by the answer of the server's
 * `shouldUpgradeCallback`. Here a PUT always wants to be asked about. Source: Node 24, lib/_http_common.js, lib/_http_server.js.
 */
export class ApiRequest extends IncomingMessage {
  declare wanted: boolean | null;
  declare decided: boolean | undefined;
  /** It was answered that this one gives its connection away for the sake of its body. */
  declare givesBody?: boolean;

  get upgrade(): boolean {
    return this.decided ?? (this.wanted === true || this.method === 'PUT');
  }

  set upgrade(value: boolean | null) {
    if (this.method == null) this.wanted = value;
    else this.decided = value ?? false;
  }
}

/** The body of a request whose connection node:http has given away. */
export class ConnectionBody {
  readonly head: Buffer;
  /** Bytes; null for chunks. */
  readonly length: number | null;
  readonly #socket: Duplex;

  constructor(request: IncomingMessage, socket: Duplex, head: Buffer) {
    this.#socket = socket;
    this.head = head;
    const { 'content-length': length } = request.headers;
    this.length = length === undefined ? null : Number(length);
    // Or the event loop goes on to read, and takes a piece of the body into the socket's own buffer.
    const handle = handleOf(socket);
    handle?.readStop();
    if (handle !== null) handle.reading = false;
  }

  /** The connection's, until it is closed. @throws Error when it is closed already */
  get fd(): number {
    const fd = handleOf(this.#socket)?.fd ?? -1;
    if (fd < 0) throw new Error('the client went away');
    return fd;
  }

  /** The body as a stream. @param raw what was read of the connection */
  stream(raw: Uint8Array): Readable {
    return Readable.from(this.#decoded(Buffer.from(raw)), { objectMode: false });
  }

  async *#decoded(raw: Buffer): AsyncGenerator<Buffer, void, void> {
    const decoder = new BodyDecoder(this.length);
    yield* decoder.push(raw);
    if (decoder.ended) return;
    this.#readOn();
    for await (const bytes of this.#socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      yield* decoder.push(bytes);
      if (decoder.ended) return;
    }
    throw new Error('unexpected EOF');
  }

  /** What nobody wants of it is read and dropped, up to a limit: a client that finds its connection closed while it writes never reads the answer. */
  drop(limit: number): void {
    let dropped = 0;
    this.#readOn();
    this.#socket.on('data', (bytes: Buffer) => {
      dropped += bytes.length;
      if (dropped > limit) this.#socket.destroy();
    });
  }

  /** The stream believes that it reads already, and would never ask. */
  #readOn(): void {
    if (!this.#socket.destroyed) this.#socket._read(0);
  }
}
