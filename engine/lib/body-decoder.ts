/** Bytes of a chunk's line, and of all trailers: what llhttp allows a head to have. */
const lineLimit = 16 * 1024;

const newline = 0x0a;

/** What a body says that is no body. */
export class BodyError extends Error {
  readonly code = 'bad-body';
}

/**
 * The body of an HTTP/1.1 request, from the bytes of its connection: so many of them, or chunks. Source: RFC 9112, sections 6.2 and 7.1.
 * Extensions of chunks and trailers are passed over.
 */
export class BodyDecoder {
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'ended';
  /** Of the chunk, or of the body. */
  #remaining: number;
  readonly #isChunked: boolean;
  /** The beginning of a line whose end has not come yet. */
  #line = '';
  #trailers = 0;

  /** @param length null for a body in chunks */
  constructor(length: number | null) {
    this.#isChunked = length === null;
    this.#remaining = length ?? 0;
    this.#state = length === null ? 'size' : length > 0 ? 'data' : 'ended';
  }

  /** Nothing more belongs to the body. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** Pieces are views of what was pushed. What follows the end of the body is left out. @throws BodyError */
  *push(bytes: Buffer): Generator<Buffer, void, void> {
    for (let offset = 0; offset < bytes.length && this.#state !== 'ended'; ) {
      if (this.#state === 'data') {
        const piece = bytes.subarray(offset, offset + this.#remaining);
        offset += piece.length;
        this.#remaining -= piece.length;
        if (this.#remaining === 0) this.#state = this.#isChunked ? 'data-end' : 'ended';
        yield piece;
        continue;
      }
      const end = bytes.indexOf(newline, offset);
      this.#line += bytes.toString('latin1', offset, end === -1 ? bytes.length : end);
      if (this.#line.length > lineLimit) throw new BodyError('malformed chunked encoding: a line is too long');
      if (end === -1) return;
      offset = end + 1;
      const line = this.#line;
      this.#line = '';
      if (!line.endsWith('\r')) throw new BodyError('malformed chunked encoding: a line does not end with CR LF');
      this.#readLine(line.slice(0, -1));
    }
  }

  #readLine(line: string): void {
    switch (this.#state) {
      case 'size': {
        const digits = /^([0-9a-f]{1,13})[ \t]*(?:;|$)/i.exec(line)?.[1];
        if (digits === undefined) throw new BodyError('malformed chunked encoding: a chunk has no size');
        this.#remaining = Number.parseInt(digits, 16);
        this.#state = this.#remaining > 0 ? 'data' : 'trailer';
        return;
      }
      case 'data-end':
        if (line !== '') throw new BodyError('malformed chunked encoding: a chunk is longer than it says');
        this.#state = 'size';
        return;
      case 'trailer':
        this.#trailers += line.length;
        if (this.#trailers > lineLimit) throw new BodyError('malformed chunked encoding: the trailers are too long');
        if (line === '') this.#state = 'ended';
        return;
      case 'data':
      case 'ended':
        throw new TypeError(`no line is read in the state ${this.#state}`);
      default:
        throw new TypeError(`unknown state ${this.#state satisfies never}`);
    }
  }
}
