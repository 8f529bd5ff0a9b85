import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { plainDownload, plainPut } from './plain-transfer.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => cleanUps.splice(0).forEach((cleanUp) => cleanUp()));

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'plain-transfer-'));
  const server: Server = createServer(handler);
  await new Promise<void>((resolve) => void server.listen(join(folder, 'sock'), resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return join(folder, 'sock');
}

test('what is sent arrives whole, and what comes is counted', async () => {
  const body = Buffer.alloc(3_000_000, 'slip');
  let received = Buffer.alloc(0);
  const socket = await serve((request, response) => {
    if (request.method === 'GET') response.end(body);
    else void buffer(request).then((bytes) => ((received = bytes), response.end()));
  });
  await plainPut(socket, '/x', body);
  expect(received.equals(body)).toBe(true);
  expect(await plainDownload(socket, '/x')).toBeGreaterThanOrEqual(body.length);
});

test('a status that is not 200 is an error with the words of the engine', async () => {
  const socket = await serve((request, response) => {
    request.resume();
    response.writeHead(404).end('none');
  });
  await expect(plainPut(socket, '/x', Buffer.from('x'))).rejects.toThrow(/PUT \/x: 404 .*none/s);
  await expect(plainDownload(socket, '/x')).rejects.toThrow(/GET \/x: 404 .*none/s);
});
