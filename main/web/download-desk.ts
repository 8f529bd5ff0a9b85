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
        try {
          await sendAll(await fetchedBy(response, fileName, signal), bytes, signal);
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
    // The download begins when the browser has these, however long the engine takes for the first byte.
    response.flushHeaders();
    waiting.serve(response);
    return true;
  }
}

/** The browser's request. @throws Failure `cancelled` when it does not come in time; the signal's reason */
function fetchedBy(response: Promise<ServerResponse>, fileName: string, signal: AbortSignal): Promise<ServerResponse> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    const onAbort = () => settle(() => reject(signal.reason as Error));
    // Timer and listener are ours: a signal made of several may be collected before it fires, and nobody would ever hear.
    const timer = setTimeout(() => settle(() => reject(new Failure('cancelled', `The browser did not come for ${fileName}.`, { hint: 'It may have asked whether to allow the download.' }))), waitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    void response.then((one) => settle(() => resolve(one)));
  });
}

async function sendAll(response: ServerResponse, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const end = new AbortController();
  const onClose = () => end.abort(new Failure('cancelled', 'The browser stopped the download.'));
  const onAbort = () => end.abort(signal.reason);
  response.on('close', onClose);
  response.on('error', () => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  // It may have come and gone already: then it never says so again, and never drains.
  if (response.destroyed) onClose();
  if (signal.aborted) onAbort();
  try {
    for await (const chunk of bytes) {
      end.signal.throwIfAborted();
      if (!response.write(chunk)) await once(response, 'drain', { signal: end.signal });
    }
    end.signal.throwIfAborted();
    response.off('close', onClose);
    response.end();
    await finished(response);
  } catch (error) {
    // Cut, not ended: a browser must not take a part for the whole.
    response.destroy();
    throw end.signal.aborted ? (end.signal.reason as Error) : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
