import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SaveTarget } from '../ipc/streams/download.ts';
import { DownloadDesk } from './download-desk.ts';

let desk: DownloadDesk;
let server: Server;
let origin: string;

beforeEach(async () => {
  desk = new DownloadDesk();
  server = createServer((request, response) => {
    if (!desk.serve(request, response)) response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const never = new AbortController().signal;
const addressOf = (target: SaveTarget): string => `${origin}${target.place.path}`;
async function* pieces(count: number, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield new Uint8Array(size);
}

describe('a download', () => {
  test('is served once, as a file whatever its name says', async () => {
    const target = await desk.open(`a "b" ü'.html`, 128 * 1024);
    const taken = target.take(pieces(2), never);
    const answer = await fetch(addressOf(target));
    expect((await answer.arrayBuffer()).byteLength).toBe(128 * 1024);
    await taken;
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''a%20%22b%22%20%C3%BC%27.html`);
    expect((await fetch(addressOf(target))).status).toBe(404);
  });

  test('is found under no other path', async () => {
    await desk.open('a', undefined);
    expect((await fetch(`${origin}/download/`)).status).toBe(404);
  });

  test('that the browser stops is taken back', async () => {
    const target = await desk.open('a', undefined);
    const taken = target.take(pieces(10_000), never);
    const stop = new AbortController();
    const answer = await fetch(addressOf(target), { signal: stop.signal });
    await answer.body?.getReader().read();
    stop.abort();
    await expect(taken).rejects.toMatchObject({ kind: 'cancelled' });
  });

  test('begins before its first byte is there, and one that came and went before anything was sent is taken back', async () => {
    const target = await desk.open('a', undefined);
    const stop = new AbortController();
    const closed = new Promise<void>((resolve) => server.once('request', (_, response: ServerResponse) => response.once('close', resolve)));
    const answer = await fetch(addressOf(target), { signal: stop.signal });
    expect(answer.status).toBe(200);
    stop.abort();
    await closed;
    await expect(target.take(pieces(100), never)).rejects.toMatchObject({ kind: 'cancelled' });
  });

  test('that breaks off is no whole file', async () => {
    const target = await desk.open('a', undefined);
    const taken = target.take(
      (async function* () {
        yield new Uint8Array(1024);
        throw new Error('the engine went');
      })(),
      never,
    );
    const failed = expect(taken).rejects.toThrow('the engine went');
    await expect(fetch(addressOf(target)).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    await failed;
  });

  test('that is cancelled before the browser came cannot be fetched', async () => {
    const target = await desk.open('a', undefined);
    const cancel = new AbortController();
    const taken = target.take(pieces(1), cancel.signal);
    cancel.abort(new Error('taken back'));
    await expect(taken).rejects.toThrow('taken back');
    expect((await fetch(addressOf(target))).status).toBe(404);
  });
});
