import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sendJson, startTestEngine, type Route } from '../testing/test-engine.ts';
import { createEngineClient } from './engine-client.ts';

afterEach(() => vi.unstubAllEnvs());

async function engineWith(routes: Record<string, Route>, ...rest: Parameters<typeof startTestEngine> extends [unknown, ...infer R] ? R : never) {
  const engine = await startTestEngine(routes, ...rest);
  onTestFinished(() => engine.close());
  return engine;
}

describe('engine client', () => {
  it('answers lists as the wire has them', async () => {
    const { client, requests } = await engineWith({ 'GET /containers/json': (_request, response) => sendJson(response, 200, [{ Id: 'abc', Names: ['/web'] }]) });
    expect(await client.containers.list()).toEqual([{ Id: 'abc', Names: ['/web'] }]);
    expect(requests).toEqual(['GET /containers/json?all=true']);
  });

  it('creates with name and body apart, and keeps the warnings', async () => {
    let sent = '';
    const { client, requests } = await engineWith({
      'POST /containers/create': (_request, response, body) => {
        sent = body;
        sendJson(response, 201, { Id: 'abc', Warnings: ['careful'] });
      },
    });
    expect(await client.containers.create({ Image: 'hello' }, { name: 'my web' })).toEqual({ Id: 'abc', Warnings: ['careful'] });
    expect(requests).toEqual(['POST /containers/create?name=my%20web']);
    expect(JSON.parse(sent)).toEqual({ Image: 'hello' });
  });

  it('takes 304 as done', async () => {
    const { client } = await engineWith({
      'POST /containers/abc/stop': (_request, response) => response.writeHead(304).end(),
      'POST /containers/abc/start': (_request, response) => response.writeHead(304).end(),
    });
    await client.containers.stop('abc');
    await client.containers.start('abc');
  });

  it('words the engine’s refusal, also of a stream', async () => {
    const { client } = await engineWith({
      'GET /containers/x/json': (_request, response) => sendJson(response, 404, { message: 'No such container: x' }),
      'GET /containers/x/logs': (_request, response) => sendJson(response, 404, { message: 'No such container: x' }),
      'POST /images/create': (_request, response) => sendJson(response, 400, { message: 'invalid reference format' }),
    });
    const gone = { kind: 'not-found', status: 404, message: 'No such container: x' };
    await expect(client.containers.inspect('x')).rejects.toMatchObject(gone);
    const { signal } = new AbortController();
    await expect(client.containers.logs('x', { follow: true, tail: 'all', timestamps: false, signal })).rejects.toMatchObject(gone);
    await expect(client.images.pull('x', { signal })).rejects.toMatchObject({ kind: 'invalid', status: 400, message: 'invalid reference format' });
  });

  it('is unavailable when no stream can be opened', async () => {
    const client = createEngineClient(() => Promise.reject(new Error('the VM does not run')));
    await expect(client.info()).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining('the VM does not run') });
  });

  it('does not read DOCKER_HOST', async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://%%%');
    vi.stubEnv('DOCKER_CERT_PATH', '/does/not/exist');
    const { client } = await engineWith({ 'GET /info': (_request, response) => sendJson(response, 200, { ID: 'x' }) });
    expect(await client.info()).toEqual({ ID: 'x' });
    expect(process.env['DOCKER_HOST']).toBe('tcp://%%%');
  });

  it('streams a log that does not follow, and asks for what was meant', async () => {
    const { client, requests } = await engineWith({ 'GET /containers/abc/logs': (_request, response) => response.writeHead(200).end('line\n') });
    const { signal } = new AbortController();
    const log = await client.containers.logs('abc', { follow: false, tail: 100, timestamps: true, signal });
    expect(await text(log)).toBe('line\n');
    expect(requests).toEqual(['GET /containers/abc/logs?follow=false&stdout=true&stderr=true&timestamps=true&tail=100']);
  });

  it('cuts the connection when the signal aborts', async () => {
    const abort = new AbortController();
    const closed = Promise.withResolvers<void>();
    const { client } = await engineWith({
      'GET /containers/abc/logs': (_request, response) => {
        response.on('close', () => closed.resolve());
        response.write('first\n');
      },
    });
    const log = await client.containers.logs('abc', { follow: true, tail: 'all', timestamps: false, signal: abort.signal });
    log.on('error', () => undefined);
    await once(log, 'data');
    abort.abort();
    await closed.promise;
  });

  it('sends a tar as it is read, and stops when its source breaks', async () => {
    const received: string[] = [];
    const aborted = Promise.withResolvers<void>();
    let onData: () => void = () => undefined;
    const { client } = await engineWith({
      'POST /images/load': (request, response) => {
        request.on('data', (chunk) => {
          received.push(String(chunk));
          onData();
        });
        request.on('end', () => sendJson(response, 200, { stream: 'Loaded image: hello' }));
        request.on('error', () => aborted.resolve());
      },
    });
    const { signal } = new AbortController();
    const answer = await client.images.load(Readable.from([Buffer.from('abc'), Buffer.from('def')]), { signal });
    expect(await text(answer)).toContain('Loaded image');
    expect(received.join('')).toBe('abcdef');

    async function* breaking() {
      const seen = new Promise<void>((resolve) => (onData = resolve));
      yield Buffer.from('abc');
      await seen;
      throw new Error('the window went away');
    }
    await expect(client.images.load(Readable.from(breaking()), { signal })).rejects.toThrow('the window went away');
    await aborted.promise;
  });

  it('takes over the connection for an exec, both ways', async () => {
    let startBody = '';
    const { client } = await engineWith({ 'POST /containers/abc/exec': (_request, response) => sendJson(response, 201, { Id: 'e1' }) }, (_request, socket, body) => {
      startBody = body;
      socket.write('HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello ');
      socket.pipe(socket);
      socket.resume();
    });
    const id = await client.exec.create('abc', { Cmd: ['sh'], Tty: true });
    const stream = await client.exec.start(id, { tty: true });
    stream.end('echo');
    expect(await text(stream)).toBe('hello echo');
    expect(JSON.parse(startBody)).toMatchObject({ Detach: false, Tty: true });
  });
});
