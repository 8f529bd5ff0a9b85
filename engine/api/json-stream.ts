import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { messageOf } from '../errors.ts';

/**
 * A stream of JSON values, one a line, as progress and events are sent. The status line goes out with the first value, so
 * that what fails before it can still be answered with a status code of its own.
 */
export class JsonStream {
  readonly #response: ServerResponse;
  readonly #separator: string;
  readonly #writeHead: () => void;

  /**
   * @param writeHead writes the status line and the headers
   * @param separator moby ends progress lines with CR LF and events with LF.
   */
  constructor(response: ServerResponse, writeHead: () => void, separator: '\r\n' | '\n' = '\r\n') {
    this.#response = response;
    this.#writeHead = writeHead;
    this.#separator = separator;
  }

  get started(): boolean {
    return this.#response.headersSent;
  }

  /** Sends the headers alone. */
  start(): void {
    if (this.started) return;
    this.#writeHead();
    this.#response.flushHeaders();
  }

  /** Answers whether the client keeps up; {@link drained} waits for one that does not. */
  write(value: unknown): boolean {
    return this.writeText(JSON.stringify(value));
  }

  /** @param json a value that is JSON already */
  writeText(json: string): boolean {
    if (!this.started) this.#writeHead();
    return this.#response.write(json + this.#separator);
  }

  async drained(signal: AbortSignal): Promise<void> {
    if (this.#response.writableNeedDrain && !signal.aborted) await once(this.#response, 'drain', { signal }).catch(() => undefined);
  }

  /** What goes wrong after the first line can only be said in the stream. */
  error(error: unknown): void {
    const message = messageOf(error);
    this.write({ errorDetail: { message }, error: message });
  }

  end(): void {
    this.start();
    this.#response.end();
  }
}
