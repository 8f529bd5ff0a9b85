import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Duplex } from 'node:stream';
import { StdFrameDecoder } from '../../../contract/stdcopy.ts';
import { InvalidParameterError } from '../../errors.ts';

/** The server's half of RFC 6455, as far as a byte stream needs it: no extensions, frames of any size go through as bytes. */

const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
/** A terminal's client sends keys and pasted text. */
const maxFrame = 16 * 1024 * 1024;
const protocolError = 1002;

/** The head of the answer that opens it. @throws InvalidParameterError when the client did not ask for one */
export function webSocketHead(headers: IncomingHttpHeaders, standard: Record<string, string>): string {
  const { 'sec-websocket-key': key, 'sec-websocket-version': version, 'sec-websocket-protocol': protocol } = headers;
  if (headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined) throw new InvalidParameterError('not websocket protocol');
  if (version !== '13') throw new InvalidParameterError('missing or bad WebSocket Version');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${createHash('sha1').update(key + acceptSuffix).digest('base64')}`,
    // One that is offered alone is taken, as Go's handler does.
    ...(protocol !== undefined && !protocol.includes(',') ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
    ...Object.entries(standard).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

export interface WebSocketOptions {
  /** Text frames for old clients, binary ones for all others. */
  frames: 'text' | 'binary';
  /** What is written is a multiplexed stream, of which the client gets the bytes without headers. */
  multiplexed: boolean;
}

/** A websocket as a byte stream. The end of either side closes it: there is no half-close here. */
export class WebSocketStream extends Duplex {
  readonly #connection: Duplex;
  readonly #opcode: number;
  readonly #frames: StdFrameDecoder | undefined;
  #input: Buffer = Buffer.alloc(0);
  #closeSent = false;

  /** @param connection after the answer's head */
  constructor(connection: Duplex, options: WebSocketOptions) {
    super({ allowHalfOpen: true });
    this.#connection = connection;
    this.#opcode = options.frames === 'text' ? Opcode.text : Opcode.binary;
    this.#frames = options.multiplexed ? new StdFrameDecoder() : undefined;
    connection.on('data', (chunk: Buffer) => this.#receive(chunk));
    connection.on('end', () => this.push(null));
    connection.on('close', () => this.destroy());
    connection.on('error', () => undefined);
  }

  override _read(): void {
    this.#connection.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const payloads = this.#frames === undefined ? [chunk] : this.#frames.push(chunk).map((frame) => frame.payload);
    let flowing = true;
    for (const payload of payloads) if (payload.length > 0) flowing = this.#send(this.#opcode, payload);
    if (flowing || this.#connection.destroyed) return callback();
    const settle = () => {
      this.#connection.off('drain', settle).off('close', settle);
      callback();
    };
    this.#connection.on('drain', settle).on('close', settle);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#close(1000);
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#connection.destroy();
    callback(error);
  }

  #receive(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    for (;;) {
      const frame = readFrame(this.#input);
      if (frame === 'incomplete') return;
      if (frame === 'invalid') {
        this.#input = Buffer.alloc(0);
        this.#close(protocolError);
        return;
      }
      this.#input = this.#input.subarray(frame.size);
      this.#handle(frame.opcode, frame.payload);
    }
  }

  #handle(opcode: number, payload: Buffer): void {
    switch (opcode) {
      case Opcode.continuation:
      case Opcode.text:
      case Opcode.binary:
        if (payload.length > 0 && !this.readableEnded && !this.push(payload)) this.#connection.pause();
        return;
      case Opcode.ping:
        this.#send(Opcode.pong, payload);
        return;
      case Opcode.close:
        this.#close(payload.length >= 2 ? payload.readUInt16BE(0) : 1000);
        return;
      default:
        // A pong answers nothing that was asked.
        return;
    }
  }

  /** Says so, and ends the connection after what was written. */
  #close(code: number): void {
    if (this.#closeSent) return;
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#send(Opcode.close, payload);
    this.#closeSent = true;
    this.#connection.end();
    this.#connection.resume();
  }

  #send(opcode: number, payload: Uint8Array): boolean {
    if (this.#closeSent || !this.#connection.writable) return true;
    this.#connection.cork();
    this.#connection.write(frameHeader(opcode, payload.length));
    const flowing = this.#connection.write(payload);
    this.#connection.uncork();
    return flowing;
  }
}

function frameHeader(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, length]);
  if (length < 0x10000) return Buffer.from([first, 126, length >> 8, length & 0xff]);
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** A client's frames are masked; one that is not, or is too large, breaks the protocol. */
function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; size: number } | 'incomplete' | 'invalid' {
  if (bytes.length < 2) return 'incomplete';
  if ((bytes[0]! & 0x70) !== 0 || (bytes[1]! & 0x80) === 0) return 'invalid';
  let length = bytes[1]! & 0x7f;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return 'incomplete';
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return 'incomplete';
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  if (length > maxFrame) return 'invalid';
  const size = at + 4 + length;
  if (bytes.length < size) return 'incomplete';
  const payload = Buffer.from(bytes.subarray(at + 4, size));
  for (let index = 0; index < length; index += 1) payload[index]! ^= bytes[at + (index & 3)]!;
  return { opcode: bytes[0]! & 0x0f, payload, size };
}
