import { connect, type Socket } from 'node:net';
import { prefix } from './api.ts';

const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

/**
 * `GET` over a connection that is kept, with next to no client: bytes are put aside as they come until the answer is whole, and taken apart when the
 * clock has stopped. Node's HTTP client takes as long over 23 kB as the engines that are measured.
 */
export class PlainGet {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(socketPath: string): Promise<PlainGet> {
    const socket = connect(socketPath);
    await new Promise<void>((resolve, reject) => void socket.once('connect', resolve).once('error', reject));
    return new PlainGet(socket);
  }

  /** @returns how long the whole answer took, ms, and its body. @throws Error unless it is 200 */
  async get(path: string): Promise<{ milliseconds: number; body: Buffer }> {
    const started = performance.now();
    const bytes = await this.#answerTo(`GET ${prefix}${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const milliseconds = performance.now() - started;
    const head = bytes.subarray(0, bytes.indexOf(headEnd)).toString('latin1');
    const rest = bytes.subarray(head.length + headEnd.length);
    if (!/^HTTP\/1\.1 200 /.test(head)) throw new Error(`GET ${path}: ${head.split('\r\n')[0]} ${rest.toString()}`);
    return { milliseconds, body: isChunked(head) ? joinChunks(rest) : rest };
  }

  close(): void {
    this.#socket.destroy();
  }

  #answerTo(request: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      let size = 0;
      let isWhole: ((last: Buffer) => boolean) | undefined;
      const onData = (piece: Buffer): void => {
        pieces.push(piece);
        size += piece.length;
        isWhole ??= endOf(pieces, () => size);
        if (isWhole?.(piece) !== true) return;
        settle();
        resolve(Buffer.concat(pieces));
      };
      const onEnd = (): void => {
        settle();
        reject(new Error('the engine closed the connection in the middle of its answer'));
      };
      const settle = (): void => void this.#socket.off('data', onData).off('close', onEnd).off('error', onEnd);
      this.#socket.on('data', onData).on('close', onEnd).on('error', onEnd);
      this.#socket.write(request);
    });
  }
}

/** Tells whether an answer is whole, once its head is there; undefined before. */
function endOf(pieces: readonly Buffer[], size: () => number): ((last: Buffer) => boolean) | undefined {
  const start = Buffer.concat(pieces);
  const end = start.indexOf(headEnd);
  if (end === -1) return undefined;
  const head = start.subarray(0, end).toString('latin1');
  // JSON never holds a bare line break before a 0: the last chunk cannot be mistaken for a part of a list.
  if (isChunked(head)) return () => tailOf(pieces).equals(lastChunk);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
  if (!Number.isInteger(length)) throw new Error(`an answer without a length: ${head}`);
  return () => size() >= end + headEnd.length + length;
}

function isChunked(head: string): boolean {
  return /^transfer-encoding: *chunked/im.test(head);
}

/** The last bytes, which may have come in several pieces. */
function tailOf(pieces: readonly Buffer[]): Buffer {
  const last = pieces.at(-1)!;
  return (last.length >= lastChunk.length ? last : Buffer.concat(pieces.slice(-lastChunk.length))).subarray(-lastChunk.length);
}

function joinChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    const length = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}
