import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { sendJson, startTestEngine, type Route } from '../../testing/test-engine.ts';
import { serveTestWindow } from '../../testing/test-services.ts';

async function windowOver(routes: Record<string, Route>) {
  const engine = await startTestEngine(routes);
  onTestFinished(() => engine.close());
  return { ...serveTestWindow(engine.client), requests: engine.requests };
}

const line = (message: unknown) => `${JSON.stringify(message)}\r\n`;

it.each([
  ['alpine', 'fromImage=alpine&tag=latest'],
  ['alpine:3.19', 'fromImage=alpine&tag=3.19'],
  ['localhost:5000/a/b', 'fromImage=localhost%3A5000%2Fa%2Fb&tag=latest'],
  ['a@sha256:0123', 'fromImage=a&tag=sha256%3A0123'],
])('pulls %s and tells the progress', async (reference, query) => {
  const { window, requests } = await windowOver({
    'POST /images/create': (_request, response) => {
      response.write(line({ status: 'Pulling fs layer', id: 'abc' }));
      response.end(line({ status: 'Pull complete', id: 'abc' }));
    },
  });
  window.open(1, 'images/pull', { reference });
  expect(await window.end(1)).toEqual({ type: 'end', stream: 1 });
  expect(window.data(1)).toEqual([
    { status: 'Pulling fs layer', id: 'abc' },
    { status: 'Pull complete', id: 'abc' },
  ]);
  expect(requests).toEqual([`POST /images/create?${query}`]);
});

it('turns an error line into the end’s error', async () => {
  const { window } = await windowOver({
    'POST /images/create': (_request, response) => response.end(line({ status: 'Pulling' }) + line({ errorDetail: { message: 'manifest unknown' }, error: 'manifest unknown' })),
  });
  window.open(1, 'images/pull', { reference: 'alpine:nope' });
  expect(await window.end(1)).toMatchObject({ error: { kind: 'not-found', message: 'manifest unknown', hint: expect.stringContaining('spelling') } });
});

it('takes a pull back when the window closes it', async () => {
  let response: ServerResponse | undefined;
  const { window } = await windowOver({
    'POST /images/create': (_request, opened) => {
      response = opened;
      opened.write(line({ status: 'Downloading' }));
    },
  });
  window.open(1, 'images/pull', { reference: 'alpine' });
  await window.until(() => window.data(1).length === 1);
  const cut = response === undefined ? undefined : once(response, 'close');
  window.say({ type: 'close', stream: 1 });
  expect(await window.end(1)).toEqual({ type: 'end', stream: 1 });
  await cut;
});

/** Collects an upload and whether it ended or broke. */
function upload() {
  const ended = Promise.withResolvers<'whole' | 'broken'>();
  let bytes = 0;
  const route: Route = (request, response) => {
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('error', () => ended.resolve('broken'));
    request.on('end', () => {
      ended.resolve('whole');
      response.end(line({ stream: 'Loaded image: hello:latest\n' }));
    });
  };
  return { route, ended: ended.promise, size: () => bytes };
}

it('loads a tar that the window sends, as fast as the engine takes it', async () => {
  const { route, size } = upload();
  const { window } = await windowOver({ 'POST /images/load': route });
  const chunk = new Uint8Array(64 * 1024);
  const count = 200;
  window.open(1, 'images/load', { name: 'hello.tar', size: chunk.length * count });
  const credit = () => window.messages.reduce((sum, message) => sum + (message.type === 'credit' ? message.count : 0), 0);
  for (let sent = 0; sent < count; sent += 1) {
    if (sent >= 64 + credit()) await window.until(() => sent < 64 + credit());
    window.say({ type: 'data', stream: 1, payload: chunk });
  }
  await window.until(() => count < 64 + credit());
  window.say({ type: 'data', stream: 1, payload: { type: 'end' } });
  expect(await window.end(1)).toEqual({ type: 'end', stream: 1 });
  expect(size()).toBe(chunk.length * count);
  expect(window.data(1).at(-2)).toEqual({ status: 'Sending', id: 'hello.tar', progressDetail: { current: size(), total: size() } });
  expect(window.data(1).at(-1)).toEqual({ stream: 'Loaded image: hello:latest\n' });
});

it('never lets half a tar look like a whole one', async () => {
  const { route, ended, size } = upload();
  const { window } = await windowOver({ 'POST /images/load': route });
  window.open(1, 'images/load', { name: 'hello.tar', size: 1000 });
  window.say({ type: 'data', stream: 1, payload: new Uint8Array(10) });
  // The first byte has arrived, so that the request is under way.
  while (size() === 0) await new Promise((resolve) => setImmediate(resolve));
  window.leave();
  expect(await ended).toBe('broken');
});

it('stops sending when the engine refuses early', async () => {
  const { window } = await windowOver({ 'POST /images/load': (_request, response) => sendJson(response, 400, { message: 'no such thing as this tar' }) });
  window.open(1, 'images/load', { name: 'x', size: 1 });
  window.say({ type: 'data', stream: 1, payload: new Uint8Array(10) });
  expect(await window.end(1)).toMatchObject({ error: { kind: 'invalid', status: 400, message: 'no such thing as this tar' } });
});

it('cuts a window that sends into a pull', async () => {
  const { window } = await windowOver({ 'POST /images/create': (_request, response) => response.write(line({})) });
  window.open(1, 'images/pull', { reference: 'alpine' });
  window.say({ type: 'data', stream: 1, payload: new Uint8Array(1) });
  expect(window.closedWith).toBe('The window sends nothing in this stream.');
});
