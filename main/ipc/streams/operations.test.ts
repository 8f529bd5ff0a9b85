import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sendJson, startTestEngine, type TestEngine } from '../../testing/test-engine.ts';
import { serveTestWindow } from '../../testing/test-services.ts';
import type { FileSaver } from './download.ts';

let engine: TestEngine;
const big = Buffer.alloc(3 * 1024 * 1024, 'slipway ');

beforeEach(async () => {
  engine = await startTestEngine({
    'GET /networks': (_, response) => sendJson(response, 200, [{ Name: 'bridge' }]),
    'POST /networks/create': (_, response, body) => sendJson(response, 201, { Id: (JSON.parse(body) as { Name: string }).Name, Warning: '' }),
    'DELETE /volumes/data': (_, response) => void response.writeHead(204).end(),
    'DELETE /volumes/used': (_, response) => sendJson(response, 409, { message: 'remove used: volume is in use' }),
    'GET /images/library/nginx:1.27/history': (_, response) => sendJson(response, 200, []),
    'POST /images/example.org/app/push': (request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write(`${JSON.stringify({ status: String(request.headers['x-registry-auth']) })}\n`);
      response.end(`${JSON.stringify({ errorDetail: { message: 'denied: no access' }, error: 'denied: no access' })}\n`);
    },
    'GET /containers/web/export': (_, response) => void response.writeHead(200, { 'Content-Length': big.length }).end(big),
    'PUT /containers/web/archive': (request, response) => {
      let size = 0;
      request.on('data', (chunk: Buffer) => (size += chunk.length));
      request.on('end', () => sendJson(response, 200, { size }));
    },
    'PUT /containers/gone/archive': (_, response) => sendJson(response, 404, { message: 'No such container: gone' }),
  });
});
afterEach(() => engine.close());

const call = async (operation: string, params: unknown = {}) => serveTestWindow(engine.client).window.request('engine/call', { operation, params });

describe('engine/call', () => {
  test('makes the call of the table and answers its JSON, or nothing', async () => {
    expect(await call('networks.list', { filters: { driver: ['bridge'] } })).toEqual({ ok: true, value: [{ Name: 'bridge' }] });
    expect(await call('networks.create', { body: { Name: 'shop' } })).toEqual({ ok: true, value: { Id: 'shop', Warning: '' } });
    expect(await call('volumes.remove', { id: 'data', force: true })).toEqual({ ok: true, value: undefined });
    expect(await call('images.history', { image: 'library/nginx:1.27' })).toEqual({ ok: true, value: [] });
    expect(engine.requests).toEqual([
      `GET /networks?filters=${encodeURIComponent('{"driver":["bridge"]}')}`,
      'POST /networks/create',
      'DELETE /volumes/data?force=true',
      'GET /images/library/nginx:1.27/history',
    ]);
  });

  test('tells what the engine refused', async () => {
    expect(await call('volumes.remove', { id: 'used' })).toMatchObject({ ok: false, error: { kind: 'conflict', status: 409, message: 'remove used: volume is in use' } });
  });

  test.each([
    ['an operation that is not in the table', 'system.reboot', {}],
    ['a name that Object has', 'constructor', {}],
    ['an operation of another kind', 'containers.export', { id: 'web' }],
    ['a path in an id', 'volumes.inspect', { id: '../containers/web' }],
    ['a query in an id', 'volumes.inspect', { id: 'a?force=1' }],
    ['a step up in a reference', 'images.history', { image: 'a/../../containers/json' }],
    ['a field that the operation has not', 'volumes.remove', { id: 'data', body: {}, v: true }],
    ['a missing id', 'volumes.inspect', {}],
    ['a body that is no object', 'networks.create', { body: 'x' }],
  ])('refuses %s before it asks the engine', async (_, operation, params) => {
    expect(await call(operation, params)).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(engine.requests).toEqual([]);
  });
});

describe('streams of operations', () => {
  test('lines come as objects, and an error among them is the end', async () => {
    const { window } = serveTestWindow(engine.client);
    window.open(1, 'engine/lines', { operation: 'images.push', params: { image: 'example.org/app', auth: 'e30=' } });
    expect(await window.end(1)).toMatchObject({ error: { message: 'denied: no access' } });
    expect(window.data(1)).toEqual([{ status: 'e30=' }]);
  });

  test('bytes come only as far as the window gives room', async () => {
    const { window } = serveTestWindow(engine.client);
    window.open(1, 'engine/bytes', { operation: 'containers.export', params: { id: 'web' } });
    window.say({ type: 'credit', stream: 1, count: 64 });
    await window.end(1);
    expect(Buffer.concat(window.data(1) as Uint8Array[]).equals(big)).toBe(true);
  });

  test('an upload sends what the window gives, and says how far it is', async () => {
    const { window } = serveTestWindow(engine.client);
    window.open(1, 'engine/upload', { operation: 'containers.putArchive', params: { id: 'web', path: '/srv' } });
    for (let part = 0; part < 40; part++) window.say({ type: 'data', stream: 1, payload: new Uint8Array(64 * 1024) });
    window.say({ type: 'data', stream: 1, payload: { type: 'end' } });
    expect((await window.end(1)).error).toBeUndefined();
    expect(window.data(1).at(-1)).toEqual({ type: 'line', line: { size: 40 * 64 * 1024 } });
    expect(engine.requests).toEqual(['PUT /containers/web/archive?path=%2Fsrv']);
  });

  test('an engine that refuses early says why', async () => {
    const { window } = serveTestWindow(engine.client);
    window.open(1, 'engine/upload', { operation: 'containers.putArchive', params: { id: 'gone', path: '/' }, size: 3 });
    window.say({ type: 'data', stream: 1, payload: new Uint8Array(3) });
    window.say({ type: 'data', stream: 1, payload: { type: 'end' } });
    expect((await window.end(1)).error).toMatchObject({ kind: 'not-found', message: 'No such container: gone' });
  });
});

describe('engine/download', () => {
  const download = (files: FileSaver, params: unknown = { id: 'web' }) => {
    const { window } = serveTestWindow(engine.client, { files });
    window.open(1, 'engine/download', { operation: 'containers.export', params, fileName: 'web.tar' });
    return window;
  };

  test('goes where the shell keeps files, and tells how far it is', async () => {
    let kept = 0;
    const window = download({
      open: (fileName, size) =>
        Promise.resolve({
          place: { type: 'saving', path: `/home/jo/${fileName} ${size}` },
          take: async (bytes) => {
            for await (const chunk of bytes) kept += chunk.length;
          },
        }),
    });
    expect((await window.end(1)).error).toBeUndefined();
    expect(kept).toBe(big.length);
    expect(window.data(1)[0]).toEqual({ type: 'saving', path: `/home/jo/web.tar ${big.length}` });
    expect(window.data(1).at(-1)).toEqual({ type: 'progress', bytes: big.length, total: big.length });
  });

  test('a dialog that was closed is no failure', async () => {
    const window = download({ open: () => Promise.resolve(undefined) });
    expect((await window.end(1)).error).toBeUndefined();
    expect(window.data(1)).toEqual([{ type: 'dismissed' }]);
  });

  test('asks the engine before it asks the person', async () => {
    let asked = false;
    const window = download({ open: () => Promise.resolve(void (asked = true)) }, { id: 'other' });
    expect((await window.end(1)).error).toMatchObject({ kind: 'not-found' });
    expect(asked).toBe(false);
  });
});
