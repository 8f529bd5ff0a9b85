import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BodyDecoder } from '../body-decoder.ts';
import { SocketOutput } from './socket-output.ts';

let folder: string;
let ours: Socket;
let theirs: Socket;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'socket-output-'));
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(join(folder, 'sock'), resolve));
  const accepted = new Promise<Socket>((resolve) => void server.once('connection', resolve));
  theirs = connect(join(folder, 'sock'));
  ours = await accepted;
  server.close();
});

afterEach(() => {
  ours.destroy();
  theirs.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const connectionOf = (socket: Socket) => ({ fd: (socket as unknown as { _handle: { fd: number } })._handle.fd, cancelled: new Int32Array(1) });

/** What a client makes of the chunks, with the last one that node:http would add. */
async function received(): Promise<Buffer> {
  ours.end('0\r\n\r\n');
  const decoder = new BodyDecoder(null);
  const pieces: Buffer[] = [];
  for await (const bytes of theirs as AsyncIterable<Buffer>) pieces.push(...decoder.push(Buffer.from(bytes)));
  expect(decoder.ended).toBe(true);
  return Buffer.concat(pieces);
}

test('bytes, small files and large ones are one body; zeros stand for what a file has lost', async () => {
  const small = Buffer.from('small file');
  const large = Buffer.alloc(70_000, 'large ');
  writeFileSync(join(folder, 'small'), small);
  writeFileSync(join(folder, 'large'), large);
  const output = new SocketOutput(connectionOf(ours));
  const copy = (name: string, size: number) => {
    const fd = openSync(join(folder, name), 'r');
    expect([...output.copy(fd, size)]).toEqual([]);
    closeSync(fd);
  };
  output.write(Buffer.from('head'));
  copy('small', small.length);
  copy('large', large.length);
  copy('small', small.length + 2);
  copy('large', large.length + 5);
  output.write(Buffer.from('tail'));
  output.flush();
  const expected = Buffer.concat([Buffer.from('head'), small, large, small, Buffer.alloc(2), large, Buffer.alloc(5), Buffer.from('tail')]);
  expect((await received()).equals(expected)).toBe(true);
});

test('who writes for one that has gone, or is told to give up, gets an error', async () => {
  const { fd, cancelled } = connectionOf(ours);
  const output = new SocketOutput({ fd, cancelled });
  cancelled[0] = 1;
  output.write(Buffer.from('x'));
  expect(() => output.flush()).toThrow('the client went away');
  cancelled[0] = 0;
  await new Promise<void>((resolve) => {
    theirs.once('close', () => resolve());
    theirs.destroy();
  });
  expect(() => {
    output.write(Buffer.from('x'));
    output.flush();
  }).toThrow('the client went away');
});
