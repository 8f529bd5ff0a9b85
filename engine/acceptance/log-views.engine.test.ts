import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeLines, decodeMatches, frameTypes, LogFrameDecoder } from '../../contract/log-frames.ts';
import type { WireLine } from '../../contract/log-frames.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import { NativeEngine } from './fixture/native-engine.ts';

let engine: NativeEngine;
let docker: DockerCli;

beforeAll(async () => {
  engine = await NativeEngine.start();
  docker = new DockerCli(engine.socket);
  const archive = busyboxArchive('bb:latest');
  await docker.text('load', '-i', archive);
  rmSync(dirname(archive), { recursive: true });
});

afterAll(async () => {
  await engine?.dispose();
});

async function ask(method: string, path: string, body?: unknown): Promise<IncomingMessage> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const outgoing = request({ socketPath: engine.socket, method, path: `/v1.47${path}`, headers: text === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } });
  outgoing.end(text);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return response;
}

interface Frames {
  json: Record<string, unknown>[];
  lines: WireLine[];
  matches: [number, number][];
}

async function frames(response: IncomingMessage, enough: (frames: Frames) => boolean = () => false): Promise<Frames> {
  expect(response.statusCode).toBe(200);
  const all: Frames = { json: [], lines: [], matches: [] };
  const decoder = new LogFrameDecoder();
  for await (const chunk of response) {
    for (const { type, payload } of decoder.push(chunk as Buffer)) {
      if (type === frameTypes.json) all.json.push(JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>);
      else if (type === frameTypes.lines) all.lines.push(...decodeLines(payload, (bytes) => Buffer.from(bytes).toString()));
      else {
        const { source, pairs } = decodeMatches(payload);
        for (let at = 0; at < pairs.length; at += 2) all.matches.push([source, pairs[at]!]);
      }
    }
    if (enough(all)) break;
  }
  return all;
}

const state = async (...names: string[]) => {
  const { status, body } = await engine.api<string>('GET', `/v1.47/slipway/logs/state?levels=1&${names.map((name) => `container=${name}`).join('&')}`);
  return { status, last: JSON.parse(body.trim().split('\n').at(-1)!) as Record<string, unknown> };
};
const search = async (body: Record<string, unknown>) => frames(await ask('POST', '/slipway/logs/search', body));
const wait = (name: string) => docker.text('wait', name);

test('it is advertised', async () => {
  expect(await engine.api('GET', '/slipway')).toMatchObject({ status: 200, body: { Extensions: { logs: 1 } } });
});

test.each([['json-file'], ['local']])('%s: by number, by time, over rotated and compressed files', async (driver) => {
  const name = `n-${driver}`;
  await docker.run(['rm', '-f', name]);
  await docker.text('run', '-d', '--name', name, '--log-driver', driver, '--log-opt', 'max-size=200k', '--log-opt', 'max-file=9', '--log-opt', 'compress=true', 'bb', 'sh', '-c', 'seq 1 12000; echo ERROR oops >&2; echo WARN careful');
  await wait(name);
  const { last } = await state(name);
  expect(last).toMatchObject({ First: 0, End: 12_002, Errors: 1, Warnings: 1, Counted: 1, Containers: [{ Name: name, Driver: driver, Running: false }] });
  const some = await frames(await ask('GET', `/slipway/logs/lines?container=${name}&from=7000&count=3`));
  expect(some.json).toEqual([{ Row: 7000, First: 0, End: 12_002 }]);
  expect(some.lines.map(({ line, text }) => [line, text])).toEqual([[7000, '7001'], [7001, '7002'], [7002, '7003']]);
  const tail = await frames(await ask('GET', `/slipway/logs/lines?container=${name}&tail=2`));
  expect(tail.lines.map(({ text, stderr }) => [text, stderr]).sort()).toEqual([['ERROR oops', true], ['WARN careful', false]]);
  const { time } = some.lines[0]!;
  const at = await frames(await ask('GET', `/slipway/logs/lines?container=${name}&count=0&time=${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`));
  expect(Number(at.json[0]!.Row)).toBeLessThanOrEqual(7000);
  expect((await frames(await ask('GET', `/slipway/logs/lines?container=${name}`))).lines).toHaveLength(12_002);
  const picked = await frames(await ask('POST', '/slipway/logs/lines', { Containers: [name], Lines: [[0, 11_000], [0, 4], [0, 99_999], [3, 0]] }));
  expect(picked.lines.map(({ text }) => text)).toEqual(['11001', '5']);
  const found = await search({ Containers: [name], Pattern: '^1*5$' });
  expect(found.matches).toEqual([[0, 4], [0, 14], [0, 114], [0, 1114], [0, 11_114]]);
  expect(found.json.at(-1)).toMatchObject({ Matches: 5, Done: true });
  expect((await search({ Containers: [name], Levels: ['error'] })).matches).toHaveLength(1);
  expect((await search({ Containers: [name], Stream: 'stderr' })).matches).toHaveLength(1);
  expect((await search({ Containers: [name], Pattern: 'oOpS', IgnoreCase: true })).matches).toHaveLength(1);
  expect((await search({ Containers: [name], Pattern: '00', Limit: 7 })).json.at(-1)).toMatchObject({ Matches: 309 });
  const map = await engine.api('GET', `/slipway/logs/map?container=${name}&buckets=10`);
  expect(map.body).toMatchObject({ Errors: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1], Counted: 1 });
});

test('a search sees through colours, escapes and characters of several bytes', async () => {
  await docker.text('run', '--name', 'coloured', 'bb', 'printf', 'a tim\\033[31meout\\033[0m b\\n"quo<te" ta\\tb\\nGrüße ⛵ timeout\\n\\n');
  const lines = async (Pattern: string) => (await search({ Containers: ['coloured'], Pattern, IgnoreCase: true })).matches.map(([, line]) => line);
  expect(await lines('timeout')).toEqual([0, 2]);
  expect(await lines('timeout b$')).toEqual([0]);
  expect(await lines('"quo<te"\\s')).toEqual([1]);
  expect(await lines('GRÜSSE|grüße ⛵')).toEqual([2]);
  expect(await lines('^$')).toEqual([3]);
});

test('several containers merge by time, and a follower gets every line of both', async () => {
  const script = 'read go; i=0; while [ $i -lt 20000 ]; do echo "$0 $i"; i=$((i+1)); done';
  for (const name of ['left', 'right']) await docker.text('run', '-d', '-i', '--name', name, 'bb', 'sh', '-c', script, name);
  const response = await ask('GET', '/slipway/logs/lines?container=left&container=right&follow=1');
  const all = frames(response);
  for (const name of ['left', 'right']) {
    const attach = docker.spawn(['attach', '--sig-proxy=false', name]);
    attach.stdout.resume();
    attach.stdin.write('go\n');
  }
  const { lines } = await all;
  for (const [source, name] of ['left', 'right'].entries()) {
    expect(lines.filter((line) => line.source === source).map(({ text }) => text)).toEqual(Array.from({ length: 20_000 }, (_, index) => `${name} ${index}`));
  }
  const page = await frames(await ask('GET', '/slipway/logs/lines?container=left&container=right&from=20000&count=500'));
  const times = page.lines.map(({ time }) => time);
  expect(times).toEqual([...times].sort((a, b) => Number(a - b)));
  const { source, line } = page.lines[250]!;
  const row = await frames(await ask('GET', `/slipway/logs/lines?container=left&container=right&line=${source}:${line}&before=3&count=0`));
  expect(row.json[0]!.Row).toBe(20_247);
});

test('the state is told while the log grows', async () => {
  await docker.text('run', '-d', '-i', '--name', 'grows', 'bb', 'sh', '-c', 'read a; echo one; read b');
  const response = await ask('GET', '/slipway/logs/state?container=grows&follow=1');
  const attach = docker.spawn(['attach', '--sig-proxy=false', 'grows']);
  let seen = '';
  for await (const chunk of response) {
    seen += String(chunk);
    if (seen.includes('"End":0') && attach.stdin.writable) attach.stdin.write('x\n');
    if (seen.includes('"End":1')) break;
  }
  expect(seen).toContain('"End":1');
  await docker.run(['rm', '-f', 'grows']);
});

test('absurd questions', async () => {
  await docker.text('run', '--name', 'odd', 'bb', 'sh', '-c', 'i=0; while [ $i -lt 300 ]; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; i=$((i+1)); done');
  const status = async (method: string, path: string, body?: unknown) => {
    const response = await ask(method, path, body);
    response.resume();
    return response.statusCode;
  };
  expect(await status('GET', '/slipway/logs/lines?container=nobody')).toBe(404);
  expect(await status('GET', '/slipway/logs/lines')).toBe(400);
  expect(await status('GET', '/slipway/logs/lines?container=odd&from=-1')).toBe(400);
  expect(await status('GET', '/slipway/logs/lines?container=odd&from=99999999999999999999')).toBe(400);
  expect(await status('GET', '/slipway/logs/lines?container=odd&line=x')).toBe(400);
  expect(await status('GET', '/slipway/logs/lines?container=odd&time=noon')).toBe(400);
  expect(await status('GET', '/slipway/logs/map?container=odd&buckets=999999')).toBe(400);
  expect(await status('POST', '/slipway/logs/search', { Containers: ['odd'], Pattern: '(' })).toBe(400);
  expect(await status('POST', '/slipway/logs/search', { Containers: ['odd'], Levels: ['loud'] })).toBe(400);
  expect(await status('GET', `/slipway/logs/state?${'container=odd&'.repeat(65)}`)).toBe(400);
  expect((await frames(await ask('GET', '/slipway/logs/lines?container=odd&from=9007199254740991&count=5'))).lines).toEqual([]);
  expect((await frames(await ask('GET', '/slipway/logs/lines?container=odd&tail=99999999&count=1'))).lines).toHaveLength(1);
  // It would try for longer than the universe is old; the thread is ended, and the engine goes on.
  const stuck = await search({ Containers: ['odd'], Pattern: '^(a+)+$(?<!a)' });
  expect(stuck.json.at(-1)).toMatchObject({ Error: expect.stringContaining('takes too long') as string, Done: true });
  expect((await state('odd')).last).toMatchObject({ End: 300 });
  await docker.run(['create', '--name', 'silent', '--log-driver', 'none', 'bb']);
  expect(await status('GET', '/slipway/logs/state?container=silent')).toBe(501);
});
