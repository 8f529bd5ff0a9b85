import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import type { NativeEngine } from './fixture/native-engine.ts';

let engine: NativeEngine;

beforeAll(async () => {
  engine = await startBusyboxEngine();
});

afterEach(async () => {
  const { body } = await engine.api<ContainerSummary[]>('GET', '/containers/json?all=1');
  for (const { Id } of body) await engine.api('DELETE', `/containers/${Id}?force=1`);
});

afterAll(async () => {
  await engine?.dispose();
});

async function run(name: string, config: object): Promise<void> {
  expect(await engine.api('POST', `/containers/create?name=${name}`, { Image: 'bb', StopSignal: 'SIGKILL', ...config })).toMatchObject({ status: 201 });
  expect(await engine.api('POST', `/containers/${name}/start`)).toMatchObject({ status: 204 });
}

interface Seen {
  text: string;
  binary: boolean[];
}

async function open(path: string): Promise<{ socket: WebSocket; seen: Seen; closed: Promise<unknown> }> {
  const socket = new WebSocket(`ws+unix://${engine.socket}:${path}`);
  const seen: Seen = { text: '', binary: [] };
  socket.on('message', (data: Buffer, binary) => {
    seen.text += data.toString();
    seen.binary.push(binary);
  });
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return { socket, seen, closed };
}

async function says(socket: WebSocket, seen: Seen, text: string): Promise<void> {
  while (!seen.text.includes(text)) await once(socket, 'message');
}

test('both streams in one, raw; the end of the container closes it', async () => {
  await run('both', { Cmd: ['sh', '-c', 'read x; echo "got $x"; echo bad >&2'], OpenStdin: true });
  const { socket, seen, closed } = await open('/containers/both/attach/ws?stream=1&stdin=1&stdout=1&stderr=1');
  socket.send('hello\n');
  const [code] = (await closed) as [number];
  expect(code).toBe(1000);
  expect(seen.text.split('\n').sort()).toEqual(['', 'bad', 'got hello']);
  expect(seen.binary.every(Boolean)).toBe(true);
});

test('old clients get text; a terminal, its detach keys, and a ping', async () => {
  await run('term', { Cmd: ['sh'], OpenStdin: true, Tty: true });
  const { socket, seen, closed } = await open('/v1.27/containers/term/attach/ws?stream=1&stdin=1&stdout=1&detachKeys=ctrl-x');
  socket.send('echo back-$((1+1))\n');
  await says(socket, seen, 'back-2');
  expect(seen.binary.some(Boolean)).toBe(false);
  socket.ping('x');
  expect(String((await once(socket, 'pong'))[0])).toBe('x');
  socket.send('\x18');
  await closed;
  expect(await engine.api('GET', '/containers/term/json')).toMatchObject({ body: { State: { Running: true } } });
});

test('a lot in both directions comes whole; one that leaves hurts nobody', async () => {
  await run('cat', { Cmd: ['cat'], OpenStdin: true });
  const { socket, seen } = await open('/containers/cat/attach/ws?stream=1&stdin=1&stdout=1');
  const text = `${'0123456789abcdef'.repeat(4096)}\n`.repeat(8);
  socket.send(text);
  while (seen.text.length < text.length) await once(socket, 'message');
  expect(seen.text === text).toBe(true);
  socket.terminate();
  const again = await open('/containers/cat/attach/ws?stream=1&stdin=1&stdout=1&logs=1');
  await says(again.socket, again.seen, text.slice(-100));
  again.socket.close();
  await again.closed;
  expect(await engine.api('GET', '/containers/cat/json')).toMatchObject({ body: { State: { Running: true } } });
});

test('errors before it opens are answers of HTTP', async () => {
  const refused = new WebSocket(`ws+unix://${engine.socket}:/containers/nobody/attach/ws?stream=1`);
  const [error] = (await once(refused, 'error').catch((reason: unknown) => [reason])) as [Error];
  expect(error.message).toContain('404');
  await run('plain', { Cmd: ['sleep', '1000'] });
  expect(await engine.api('GET', '/containers/plain/attach/ws?stream=1')).toEqual({ status: 400, body: { message: 'not websocket protocol' } });
});

test.each([['Connection: Upgrade\r\nUpgrade: tcp\r\n'], ['']])('half-closed, with headers %j: the output still comes', async (headers) => {
  await run('half', { Cmd: ['cat'], OpenStdin: true, StdinOnce: true });
  const socket = connect(engine.socket);
  socket.write(`POST /containers/half/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\n${headers}Content-Length: 0\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString()).toMatch(headers === '' ? /^HTTP\/1.1 200 OK/ : /^HTTP\/1.1 101 UPGRADED/);
  socket.end('through\n');
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  expect(text).toContain('through\n');
});
