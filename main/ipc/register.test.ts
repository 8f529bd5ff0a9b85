import { describe, expect, it, onTestFinished } from 'vitest';
import { requestChannels, streamChannels } from '../../contract/ipc.ts';
import { createEngineClient } from '../engine-client/engine-client.ts';
import { sendJson, startTestEngine, type Route } from '../testing/test-engine.ts';
import { serveTestWindow } from '../testing/test-services.ts';
import { requestParams, streamParams, streamUps } from './checks/params.ts';

const noEngine = createEngineClient(() => Promise.reject(new Error('no engine in this test')));

async function windowOver(routes: Record<string, Route>) {
  const engine = await startTestEngine(routes);
  onTestFinished(() => engine.close());
  return { ...serveTestWindow(engine.client), engine };
}

it('checks every channel of the contract and no other', () => {
  expect(Object.keys(requestParams).sort()).toEqual([...requestChannels].sort());
  expect(Object.keys(streamParams).sort()).toEqual([...streamChannels].sort());
  expect(Object.keys(streamUps).sort()).toEqual([...streamChannels].sort());
});

describe('requests', () => {
  it('answer in an envelope', async () => {
    const { window } = await windowOver({ 'GET /containers/json': (_request, response) => sendJson(response, 200, []) });
    expect(await window.request('containers/list')).toEqual({ ok: true, value: [] });
    expect(await window.request('app/facts', null)).toMatchObject({ ok: true, value: { shell: 'web' } });
    expect(await window.request('settings/change', { theme: 'dark' })).toMatchObject({ ok: true, value: { theme: 'dark' } });
  });

  it('carry the engine’s words, kind, status and a hint', async () => {
    const { window } = await windowOver({ 'POST /containers/create': (_request, response) => sendJson(response, 404, { message: 'No such image: nope:latest' }) });
    expect(await window.request('containers/run', { request: { Image: 'nope' } })).toEqual({
      ok: false,
      error: { kind: 'not-found', message: 'No such image: nope:latest', status: 404, hint: 'Pull it first: docker pull nope:latest' },
    });
  });

  it('name the container that was made but did not start', async () => {
    const { window, engine } = await windowOver({
      'POST /containers/create': (_request, response) => sendJson(response, 201, { Id: 'abcdef0123456789', Warnings: null }),
      'POST /containers/abcdef0123456789/start': (_request, response) => sendJson(response, 500, { message: 'Bind for 0.0.0.0:80 failed: port is already allocated' }),
    });
    const result = await window.request('containers/run', { request: { Image: 'hello' } });
    expect(result).toMatchObject({ ok: false, error: { kind: 'conflict', status: 500, hint: expect.stringMatching(/port 80.*abcdef012345 was made and kept/) } });
    expect(await window.request('containers/run', { request: { Image: 'hello' }, start: false })).toEqual({ ok: true, value: { id: 'abcdef0123456789', warnings: [] } });
    expect(engine.requests).toHaveLength(3);
  });

  it.each<[string, unknown, string]>([
    ['containers/inspect', undefined, 'params must be an object'],
    ['containers/inspect', {}, 'params.id must be the id or name'],
    ['containers/inspect', { id: 7 }, 'params.id'],
    ['containers/inspect', { id: '' }, 'params.id'],
    ['containers/inspect', { id: '../images/json' }, 'params.id'],
    ['containers/inspect', { id: 'a?force=1' }, 'params.id'],
    ['containers/inspect', { id: 'a', force: true }, 'params has no field force'],
    ['containers/remove', { id: 'a', force: 'yes' }, 'params.force must be true or false'],
    ['containers/kill', { id: 'a', signal: '9; rm -rf /' }, 'params.signal'],
    ['containers/run', { request: {} }, 'params.request.Image'],
    ['containers/run', { request: [] }, 'params.request must be an object'],
    ['containers/run', { request: { Image: 'a' }, name: '-x' }, 'params.name'],
    ['images/inspect', { id: 'a/../../containers/json' }, 'params.id'],
    ['images/inspect', { id: '..' }, 'params.id'],
    ['images/remove', { id: 'a b' }, 'params.id'],
    ['settings/change', { memoryMiB: '1' }, 'memoryMiB must be'],
    ['settings/get', { all: true }, 'params must be left out'],
    ['vm/recover', { action: 'format-host' }, 'params.action must be one of'],
    ['app/open-url', { url: 'file:///etc/passwd' }, 'params.url must be an http or https address'],
    ['app/open-url', { url: 'javascript:alert(1)' }, 'params.url'],
    ['app/open-url', { url: '--help' }, 'params.url'],
    ['constructor', {}, 'There is no channel constructor'],
    ['nope/nope', undefined, 'There is no channel nope/nope'],
  ])('with wrong parameters never reach a handler: %s %o', async (channel, params, message) => {
    const { window } = serveTestWindow(noEngine);
    expect(await window.request(channel, params)).toMatchObject({ ok: false, error: { kind: 'invalid', message: expect.stringContaining(message) } });
  });

  it.each(['alpine', 'alpine:3.19', 'localhost:5000/a/b:c', 'ghcr.io/a/b@sha256:0123', 'sha256:abc', 'a/b.c_d-e'])('take %s as an image', async (id) => {
    const { window } = serveTestWindow(noEngine);
    expect(await window.request('images/inspect', { id })).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
  });

  it('open an address as the URL parser writes it', async () => {
    const { window, opened } = serveTestWindow(noEngine);
    expect(await window.request('app/open-url', { url: 'HTTP://127.0.0.1:8080/a b?x="&calc' })).toEqual({ ok: true, value: undefined });
    expect(opened).toEqual(['http://127.0.0.1:8080/a%20b?x=%22&calc']);
  });
});

describe('a page that does not keep to the protocol', () => {
  it.each([
    [undefined],
    ['hello'],
    [[]],
    [{}],
    [{ type: 'toString' }],
    [{ type: 'request', id: -1, channel: 'app/facts' }],
    [{ type: 'request', id: 1, channel: 7 }],
    [{ type: 'credit', stream: 1, count: 1e9 }],
    [{ type: 'close', stream: 1, extra: true }],
  ])('is cut: %o', (message) => {
    const { window } = serveTestWindow(noEngine);
    window.say(message as Record<string, unknown>);
    expect(window.closedWith).toBeDefined();
  });

  it('is told the end of a stream that does not exist', async () => {
    const { window } = serveTestWindow(noEngine);
    window.open(1, 'containers/shell', {});
    expect(await window.end(1)).toMatchObject({ error: { kind: 'invalid', message: 'There is no stream channel containers/shell.' } });
    window.open(2, 'containers/logs', { id: 'a', follow: 1, tail: 'all', timestamps: false });
    expect(await window.end(2)).toMatchObject({ error: { kind: 'invalid', message: expect.stringContaining('params.follow') } });
  });
});

describe('pushes', () => {
  it('reach every window, and a new one hears the present state first', async () => {
    const { window, pushes } = serveTestWindow(noEngine);
    pushes.push('engine/connection', { status: 'connected' });
    pushes.push('engine/event', { Type: 'container', Action: 'start', Actor: { ID: 'a', Attributes: {} }, scope: 'local', time: 1, timeNano: 1 });
    expect(window.messages.map((message) => message.type === 'push' && message.channel)).toEqual(['engine/connection', 'engine/event']);
    const late = serveTestWindow(noEngine).window;
    const leave = pushes.join(late.transport);
    expect(late.messages).toEqual([{ type: 'push', channel: 'engine/connection', payload: { status: 'connected' } }]);
    leave();
    window.leave();
    pushes.push('engine/connection', { status: 'away', since: '' });
    expect(late.messages).toHaveLength(1);
    expect(window.messages).toHaveLength(2);
  });
});
