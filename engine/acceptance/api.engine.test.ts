import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import Dockerode from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EventMessage } from '../../contract/engine-api/event.ts';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import type { NativeEngine } from './fixture/native-engine.ts';

let engine: NativeEngine;
let docker: Dockerode;

beforeAll(async () => {
  engine = await startBusyboxEngine();
  docker = new Dockerode({ socketPath: engine.socket });
});

afterEach(async () => {
  for (const { Id } of await docker.listContainers({ all: true })) await docker.getContainer(Id).remove({ force: true });
});

afterAll(async () => {
  await engine?.dispose();
});

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe('dockerode', () => {
  test('run with split streams', async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const texts = Promise.all([collect(stdout), collect(stderr)]);
    const [result] = (await docker.run('bb', ['sh', '-c', 'echo out; echo err >&2; exit 3'], [stdout, stderr], { Tty: false })) as [{ StatusCode: number }];
    stdout.end();
    stderr.end();
    expect(result).toEqual({ StatusCode: 3 });
    expect(await texts).toEqual(['out\n', 'err\n']);
  });

  test('attach with stdin by hijack, half-closed', async () => {
    const container = await docker.createContainer({ Image: 'bb', Cmd: ['cat'], OpenStdin: true, StdinOnce: true, AttachStdin: true });
    const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
    const stdout = new PassThrough();
    docker.modem.demuxStream(stream, stdout, stdout);
    await container.start();
    stream.end('through the container');
    stream.on('end', () => stdout.end());
    expect(await collect(stdout)).toBe('through the container');
    expect(await container.wait()).toEqual({ StatusCode: 0 });
  });

  test('exec: resize, inspect, terminal', async () => {
    const container = await docker.createContainer({ Image: 'bb', Cmd: ['sleep', '1000'] });
    await container.start();
    const exec = await container.exec({ Cmd: ['sh', '-c', 'read x; stty size; exit 4'], Tty: true, AttachStdin: true, AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
    const text = collect(stream);
    await exec.resize({ h: 44, w: 99 });
    expect(await exec.inspect()).toMatchObject({ Running: true, ExitCode: null, ProcessConfig: { tty: true, entrypoint: 'sh' } });
    stream.write('\n');
    expect(await text).toContain('44 99');
    expect(await exec.inspect()).toMatchObject({ Running: false, ExitCode: 4 });
    await expect(exec.start({})).rejects.toMatchObject({ statusCode: 409 });
    await expect(container.exec({ Cmd: [] })).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('No exec command specified') as string });
  });

  test('events as they happen, with filters and attributes', async () => {
    const stream = (await docker.getEvents({ filters: { type: ['container'], event: ['start', 'die', 'destroy'] } })) as NodeJS.ReadableStream & { destroy(): void };
    const seen: EventMessage[] = [];
    let rest = '';
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop()!;
      for (const line of lines) seen.push(JSON.parse(line) as EventMessage);
    });
    const container = await docker.createContainer({ name: 'seen', Image: 'bb', Cmd: ['sh', '-c', 'exit 2'], Labels: { tier: 'front' } });
    await container.start();
    await container.wait();
    await container.remove();
    await expect.poll(() => seen.map((event) => event.Action)).toEqual(['start', 'die', 'destroy']);
    expect(seen[1]).toMatchObject({
      Type: 'container',
      status: 'die',
      id: container.id,
      from: 'bb',
      Actor: { ID: container.id, Attributes: { name: 'seen', image: 'bb', tier: 'front', origin: 'test', exitCode: '2' } },
    });
    stream.destroy();
  });

  test('logs that follow end with the container; timestamps and since', async () => {
    const container = await docker.createContainer({ Image: 'bb', Cmd: ['sh', '-c', 'for i in 1 2 3; do echo $i; usleep 50000; done'], Tty: true });
    await container.start();
    const stream = (await container.logs({ follow: true, stdout: true, stderr: true })) as unknown as NodeJS.ReadableStream;
    expect(await collect(stream)).toBe('1\r\n2\r\n3\r\n');
    const all = (await container.logs({ stdout: true, timestamps: true })).toString();
    const entries = all.split('\n').slice(0, -1).map((line) => ({ time: line.split(' ')[0]!, text: `${line.slice(line.indexOf(' ') + 1)}\n` }));
    for (const { time } of entries) {
      // Lines that came together share a moment.
      const expected = entries.filter((entry) => entry.time >= time).map((entry) => entry.text).join('');
      expect((await engine.api<string>('GET', `/containers/${container.id}/logs?stdout=1&since=${time}`)).body).toBe(expected);
    }
  });

  test('attach replays the log on request', async () => {
    const container = await docker.createContainer({ Image: 'bb', Cmd: ['sh', '-c', 'echo early; while [ ! -e /tmp/go ]; do usleep 10000; done; echo late'], Tty: true });
    await container.start();
    await expect.poll(async () => (await container.logs({ stdout: true })).toString()).toBe('early\r\n');
    const stream = await container.attach({ stream: true, logs: true, stdout: true, stderr: true });
    const text = collect(stream);
    const exec = await container.exec({ Cmd: ['touch', '/tmp/go'] });
    await exec.start({ Detach: true });
    expect(await text).toBe('early\r\nlate\r\n');
  });

  test('wait: removed, next-exit of a second run, and headers before the end', async () => {
    const container = await docker.createContainer({ Image: 'bb', Cmd: ['sh', '-c', 'exit 6'] });
    const first = container.wait({ condition: 'next-exit' }) as Promise<unknown>;
    const removed = container.wait({ condition: 'removed' }) as Promise<unknown>;
    await container.start();
    expect(await first).toEqual({ StatusCode: 6 });
    await container.remove();
    expect(await removed).toEqual({ StatusCode: 6 });
  });

  test('wait: a start that fails is no exit', async () => {
    const base = await docker.createContainer({ Image: 'bb', Cmd: ['sleep', '1000'] });
    const guest = await docker.createContainer({ Image: 'bb', Cmd: ['sh', '-c', 'exit 5'], HostConfig: { NetworkMode: `container:${base.id}` } });
    const exit = guest.wait({ condition: 'next-exit' }) as Promise<unknown>;
    await expect(guest.start()).rejects.toThrow('non running container');
    await base.start();
    await guest.start();
    expect(await exit).toEqual({ StatusCode: 5 });
    await base.remove({ force: true });
  });
});

describe('states that refuse', () => {
  const call = (method: string, path: string, body?: unknown) => engine.api<{ message: string }>(method, path, body);

  test('304, 404, 409 and 400 as dockerd answers them', async () => {
    const container = await docker.createContainer({ name: 'q2', Image: 'bb', Cmd: ['sleep', '1000'] });
    const { id } = container;
    const cases: [method: string, path: string, status: number, message?: string, body?: unknown][] = [
      ['POST', '/containers/q2/stop', 304],
      ['POST', '/containers/q2/pause', 409, `Container ${id} is not running`],
      ['POST', '/containers/q2/unpause', 409, `Container ${id} is not paused`],
      ['POST', '/containers/q2/kill', 409, 'is not running'],
      ['POST', '/containers/q2/exec', 409, `Container ${id} is not running`, { Cmd: ['true'] }],
      ['GET', '/containers/q2/top', 409, `Container ${id} is not running`],
      ['POST', '/containers/q2/resize?h=x&w=1', 400, 'invalid resize height "x": invalid syntax'],
      ['POST', '/containers/q2/resize?h=1&w=1', 409, `Container ${id} is not running`],
      ['GET', '/containers/q2/logs', 400, 'Bad parameters: you must choose at least one stream'],
      ['POST', '/containers/q2/wait?condition=bogus', 400, 'invalid condition: "bogus"'],
      ['POST', '/containers/q2/rename?name=', 400, 'Neither old nor new names may be empty'],
      ['POST', '/containers/q2/rename?name=q2', 400, 'Renaming a container with the same name as its current name'],
      ['GET', '/containers/zz/json', 404, 'No such container: zz'],
      ['DELETE', '/containers/zz', 404, 'No such container: zz'],
      ['POST', '/containers/zz/start', 404, 'No such container: zz'],
      ['GET', '/exec/zz/json', 404, 'No such exec instance: zz'],
      ['POST', '/exec/zz/start', 404, 'No such exec instance: zz', {}],
      ['GET', '/containers/json?limit=x', 400, 'strconv.Atoi: parsing "x": invalid syntax'],
      ['GET', '/containers/json?filters=bad', 400, 'invalid filter'],
      ['GET', '/containers/json?filters=%7B%22foo%22%3A%5B%22x%22%5D%7D', 400, "invalid filter 'foo'"],
      ['GET', '/events?filters=bad', 400, 'invalid filter'],
      ['GET', '/events?since=2&until=1', 400, 'cannot be after'],
      ['GET', '/events?since=yesterday', 400, 'yesterday'],
      ['GET', '/images/nope/json', 404, 'No such image: nope:latest'],
      ['POST', '/images/nope/tag?repo=a', 404, 'No such image: nope:latest'],
      ['POST', '/images/create', 400, 'fromImage'],
      ['GET', '/volumes/nope', 404, 'get nope: no such volume'],
      ['GET', '/networks/nope', 404, 'network nope not found'],
      ['DELETE', '/networks/bridge', 403, 'bridge is a pre-defined network and cannot be removed'],
      ['GET', '/swarm', 503, 'This node is not a swarm manager'],
      ['GET', '/nope', 404, 'page not found'],
      ['PUT', '/info', 404, 'page not found'],
      ['POST', '/slipway/power-off', 403, 'only the host'],
      ['POST', '/slipway/settle', 403, 'only the host'],
      ['PUT', '/slipway/host-network', 403, 'only the host'],
    ];
    for (const [method, path, status, message, body] of cases) {
      const answer = await call(method, path, body);
      expect([`${method} ${path}`, answer.status]).toEqual([`${method} ${path}`, status]);
      if (message !== undefined) expect(answer.body.message).toContain(message);
    }
    await container.start();
    for (const [method, path, status, message] of [
      ['POST', '/containers/q2/start', 304],
      ['POST', '/containers/q2/kill?signal=FOO', 400, 'cannot kill container: q2: invalid signal: FOO'],
      ['DELETE', '/containers/q2', 409, 'container is running: stop the container before removing or force remove'],
      ['DELETE', '/images/bb:latest', 409, 'conflict: unable to remove repository reference "bb:latest"'],
      ['POST', '/containers/q2/resize?h=10&w=10', 409],
    ] as const) {
      const answer = await call(method, path);
      expect([`${method} ${path}`, answer.status]).toEqual([`${method} ${path}`, status]);
      if (message !== undefined) expect(answer.body.message).toContain(message);
    }
  });

  test('create refuses what cannot be', async () => {
    const cases: [query: string, body: unknown, status: number, message: string][] = [
      ['', {}, 400, 'config cannot be empty in order to create a container'],
      ['', { Image: 'nope:x' }, 404, 'No such image: nope:x'],
      ['?name=/b@d', { Image: 'bb' }, 400, 'Invalid container name (/b@d), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed'],
      ['', { Image: 'bb', Cmd: 5 }, 400, 'Cmd'],
      ['', { Image: 'bb', HostConfig: { Memory: '64m' } }, 400, 'HostConfig.Memory: an integer is expected'],
      ['', { Image: 'bb', Env: [1] }, 400, 'Env[0]'],
      ['', { Image: 'bb', Env: ['=x'] }, 400, 'invalid environment variable: =x'],
      ['', { Image: 'bb', WorkingDir: 'relative' }, 400, "the working directory 'relative' is invalid, it needs to be an absolute path"],
      ['', { Image: 'bb', StopSignal: 'SIGNOPE' }, 400, 'invalid signal: SIGNOPE'],
      ['', { Image: 'bb', HostConfig: { Memory: 1000 } }, 400, 'Minimum memory limit allowed is 6MB'],
      ['', { Image: 'bb', HostConfig: { RestartPolicy: { Name: 'sometimes' } } }, 400, "unknown policy 'sometimes'"],
      ['', { Image: 'bb', HostConfig: { AutoRemove: true, RestartPolicy: { Name: 'always' } } }, 400, "can't create 'AutoRemove' container with restart policy"],
      ['', { Image: 'bb', HostConfig: { LogConfig: { Type: 'paper' } } }, 400, 'error looking up logging plugin paper: plugin "paper" not found'],
      ['', { Image: 'bb', HostConfig: { PidMode: 'container:nope' } }, 400, 'No such container: nope'],
      ['', { Image: 'bb', HostConfig: { VolumesFrom: ['nope'] } }, 400, 'nope'],
    ];
    for (const [query, body, status, message] of cases) {
      const answer = await call('POST', `/containers/create${query}`, body);
      expect([body, answer.status, answer.body.message]).toEqual([body, status, expect.stringContaining(message)]);
    }
    expect(await docker.listContainers({ all: true })).toEqual([]);
    expect((await docker.listVolumes()).Volumes).toEqual([]);
  });
});

describe('bytes that are no request', () => {
  async function raw(bytes: string | Buffer): Promise<string> {
    const socket = connect(engine.socket);
    socket.on('error', () => undefined);
    socket.write(bytes);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString();
  }

  test('malformed JSON, wrong content type, oversized and torn bodies, garbage: an answer each, and the engine lives', async () => {
    const post = (body: string, type = 'application/json', length = Buffer.byteLength(body)) =>
      `POST /v1.51/containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`;
    expect(await raw(post('{bad'))).toMatch(/^HTTP\/1\.1 400 [^]*\{"message":"invalid JSON: /);
    expect(await raw(post('{}', 'text/plain'))).toMatch(/^HTTP\/1\.1 400 [^]*unsupported Content-Type header \(text\/plain\): must be 'application\/json'/);
    expect(await raw(Buffer.concat([Buffer.from(post('', 'application/json', 8 * 1024 * 1024)), Buffer.alloc(5 * 1024 * 1024, ' ')]))).toMatch(/^HTTP\/1\.1 413 [^]*"message"/);
    expect(await raw('\x16\x03\x01\x02\x00\x01\x00\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(`GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(/^HTTP\/1\.1 (400|414|431) /);
    const torn = connect(engine.socket);
    torn.resume().end(post('{"Image"', 'application/json', 1000));
    await once(torn, 'close');
    const { body } = await engine.api('GET', '/_ping');
    expect(body).toBe('OK');
    expect(engine.log).toBe('');
  });

  test('clients that vanish in the middle of streams leave nothing behind', async () => {
    const container = await docker.createContainer({ Image: 'bb', Cmd: ['sh', '-c', 'while :; do echo x; usleep 1000; done'] });
    const paths = [`POST /containers/${container.id}/attach?stream=1&stdout=1`, `POST /containers/${container.id}/wait`, `GET /containers/${container.id}/logs?follow=1&stdout=1`, 'GET /events'];
    await container.start();
    for (const path of paths) {
      const socket = connect(engine.socket);
      socket.write(`${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
      await once(socket, 'data');
      socket.destroy();
    }
    await expect.poll(async () => (await engine.api<{ NEventsListener: number }>('GET', '/info')).body.NEventsListener).toBe(0);
    expect((await container.inspect()).State.Running).toBe(true);
  });
});
