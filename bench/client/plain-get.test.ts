import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { PlainGet } from './plain-get.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => cleanUps.splice(0).forEach((cleanUp) => cleanUp()));

/** The server leaves. */
const hangUp = Symbol('hang up');
type Piece = string | typeof hangUp;

/** Answers the n-th request with the n-th list of pieces, each in a write of its own. */
async function serve(...answers: Piece[][]): Promise<PlainGet> {
  const folder = mkdtempSync(join(tmpdir(), 'plain-get-'));
  const path = join(folder, 'sock');
  const server: Server = createServer((socket: Socket) => {
    let next = 0;
    socket.on('data', () => void send(socket, answers[next++]!));
  });
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  const client = await PlainGet.open(path);
  cleanUps.push(() => {
    client.close();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return client;
}

async function send(socket: Socket, pieces: Piece[]): Promise<void> {
  for (const piece of pieces) {
    if (piece === hangUp) socket.destroy();
    else socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('answers with a length and in chunks are whole, however they are cut, on one connection', async () => {
  const client = await serve(
    ['HTTP/1.1 200 OK\r\nContent-Le', 'ngth: 5\r\n\r\n[1,2', ']'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,', '\r\n2\r\n2]\r\n', '0\r', '\n\r', '\n'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]'],
  );
  expect((await client.get('/a')).body.toString()).toBe('[1,2]');
  expect((await client.get('/b')).body.toString()).toBe('[1,2]');
  expect((await client.get('/c')).body.toString()).toBe('[]');
});

test('a status that is not 200 is an error with the words of the engine', async () => {
  const client = await serve(['HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone']);
  await expect(client.get('/a')).rejects.toThrow('404 Not Found none');
});

test('a connection that ends in the middle is an error', async () => {
  const client = await serve(['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[', hangUp]);
  await expect(client.get('/a')).rejects.toThrow('closed the connection');
});
