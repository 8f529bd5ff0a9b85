import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { Failure } from '../failure.ts';
import type { FileSaver, SaveTarget } from '../ipc/streams/download.ts';

/** How long a browser has to come for its file. */
const waitMs = 60_000;

interface Waiting {
  fileName: string;
  size: number | undefined;
  serve(response: ServerResponse): void;
}

/**
 * Hands files to the browser: each under a path that nobody can guess, once. A browser sends no headers of ours when it follows a link, so
 * that the path itself is the proof; it is told only over the window's own socket.
 */
export class DownloadDesk implements FileSaver {
  readonly #waiting = new Map<string, Waiting>();

  async open(fileName: string, size: number | undefined): Promise<SaveTarget> {
    const path = `/download/${randomBytes(32).toString('base64url')}`;
    let fetched: (response: ServerResponse) => void = () => undefined;
    const response = new Promise<ServerResponse>((resolve) => (fetched = resolve));
    this.#waiting.set(path, { fileName, size, serve: fetched });
    return {
      place: { type: 'ready', path },
      take: async (bytes, signal) => {
        const deadline = AbortSignal.timeout(waitMs);
        try {
          await sendAll(await firstOf(response, AbortSignal.any([signal, deadline])), bytes, signal);
        } catch (error) {
          if (deadline.aborted && !signal.aborted && this.#waiting.has(path)) throw new Failure('cancelled', `The browser did not come for ${fileName}.`, { hint: 'It may have asked whether to allow the download.' });
          throw error;
        } finally {
          this.#waiting.delete(path);
        }
      },
    };
  }

  /** Answers a request for one of its paths. False: it is none. */
  serve(request: IncomingMessage, response: ServerResponse): boolean {
    const path = request.url ?? '';
    const waiting = this.#waiting.get(path);
    if (waiting === undefined || request.method !== 'GET') return false;
    this.#waiting.delete(path);
    response.writeHead(200, {
      // Never a page, whatever is in it.
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(waiting.fileName).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`,
      'Cache-Control': 'no-store',
      ...(waiting.size === undefined ? {} : { 'Content-Length': waiting.size }),
    });
    waiting.serve(response);
    return true;
  }
}

function firstOf<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then((value) => {
      signal.removeEventListener('abort', onAbort);
      resolve(value);
    });
  });
}

async function sendAll(response: ServerResponse, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const gone = new AbortController();
  const onClose = () => gone.abort(new Failure('cancelled', 'The browser stopped the download.'));
  response.on('close', onClose);
  response.on('error', () => undefined);
  const end = AbortSignal.any([signal, gone.signal]);
  try {
    for await (const chunk of bytes) {
      end.throwIfAborted();
      if (!response.write(chunk)) await once(response, 'drain', { signal: end });
    }
    end.throwIfAborted();
    response.off('close', onClose);
    response.end();
    await finished(response);
  } catch (error) {
    // Cut, not ended: a browser must not take a part for the whole.
    response.destroy();
    throw end.aborted ? (end.reason as Error) : error;
  }
}
