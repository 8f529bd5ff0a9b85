import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, duplexPair, Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConflictError, NotModifiedError } from '../errors.ts';
import type { Exchange } from './exchange.ts';
import type { Route } from './router.ts';
import { createApiServer } from './server.ts';

let directory: string;
let server: Server;
let aborted: Promise<unknown>;
let noteAbort: () => void;

const echo = async (exchange: Exchange) => {
  const stream = await exchange.hijack('application/vnd.docker.raw-stream');
  stream.write(`hello ${exchange.param('id')}\n`);
  stream.on('data', (chunk: Buffer) => stream.write(chunk.toString().toUpperCase()));
  stream.on('end', () => stream.end('bye\n'));
};

const routes: Route[] = [
  { method: 'GET', path: '/_ping', handler: (exchange) => exchange.answerText(200, 'OK') },
  { method: 'HEAD', path: '/_ping', handler: (exchange) => exchange.answerText(200, '') },
  { method: 'GET', path: '/images/{name}/json', handler: (exchange) => exchange.answer(200, { name: exchange.param('name'), version: exchange.version }) },
  { method: 'POST', path: '/json', handler: async (exchange) => exchange.answer(200, { got: await exchange.json({ fields: { N: 'integer', S: 'string', L: { list: 'string' } } }) }) },
  { method: 'POST', path: '/same', handler: () => Promise.reject(new NotModifiedError('as it is')) },
  { method: 'POST', path: '/conflict', handler: () => Promise.reject(new ConflictError('in use')) },
  { method: 'POST', path: '/bug', handler: () => { throw new TypeError('x is not a function'); } },
  { method: 'POST', path: '/late', handler: (exchange) => { exchange.answerStream('application/json').write('{'); throw new Error('too late'); } },
  { method: 'POST', path: '/containers/{id}/attach', hijacks: true, handler: echo },
  { method: 'POST', path: '/exec/{id}/start', hijacks: true, handler: async (exchange) => { await exchange.json({ fields: { Detach: 'boolean' } }); await echo(exchange); } },
  {
    method: 'PUT',
    path: '/upload',
    takesUnreadBody: true,
    async handler(exchange) {
      const { unreadBody } = exchange;
      const pieces: Buffer[] = [];
      const stream = unreadBody instanceof Readable ? unreadBody : unreadBody.stream(unreadBody.head);
      for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece);
      exchange.answerText(200, `${unreadBody instanceof Readable ? 'parsed' : 'unread'}: ${Buffer.concat(pieces).toString()}`);
    },
  },
  {
    method: 'GET',
    path: '/slow',
    handler: (exchange) =>
      new Promise((resolve) =>
        exchange.signal.addEventListener('abort', () => {
          noteAbort();
          resolve();
        }),
      ),
  },
];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-api-'));
  server = createApiServer({ routes, log: () => undefined });
  aborted = new Promise<void>((resolve) => (noteAbort = resolve));
  server.listen(join(directory, 'sock'));
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true, force: true });
});

function open(): Socket {
  return connect({ path: join(directory, 'sock'), allowHalfOpen: true });
}

/** Sends bytes as they are; answers everything that comes until the server closes. */
async function raw(text: string, socket: Duplex = open()): Promise<string> {
  socket.write(text);
  return rest(socket);
}

async function rest(socket: Duplex): Promise<string> {
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

function post(path: string, body: string, type = 'application/json', more = ''): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${type === '' ? '' : `Content-Type: ${type}\r\n`}${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
const statusOf = (answer: string) => Number(answer.split(' ')[1]);
const messageOf = (answer: string) => (JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { message: string }).message;

async function readUntil(socket: Duplex, text: string): Promise<string> {
  let seen = '';
  while (!seen.includes(text)) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, 'readable');
    else seen += chunk.toString();
  }
  return seen;
}

test('every answer carries the headers that clients negotiate with', async () => {
  for (const answer of [await raw(get('/_ping')), await raw(get('/nope')), await raw(get('/v1.99/_ping'))]) {
    expect(answer).toContain('Api-Version: 1.51\r\n');
    expect(answer).toContain('Ostype: linux\r\n');
    expect(answer).toMatch(/Server: Docker\/\S+ \(linux\)\r\n/);
  }
});

test('versions: prefix, too new, too old', async () => {
  expect(JSON.parse((await raw(get('/v1.41/images/a/json'))).split('\r\n\r\n')[1]!)).toEqual({ name: 'a', version: 41 });
  expect(JSON.parse((await raw(get('/images/a/json'))).split('\r\n\r\n')[1]!)).toEqual({ name: 'a', version: 51 });
  const tooNew = await raw(get('/v1.99/_ping'));
  expect([statusOf(tooNew), messageOf(tooNew)]).toEqual([400, 'client version 1.99 is too new. Maximum supported API version is 1.51']);
  const tooOld = await raw(get('/v1.5/_ping'));
  expect(statusOf(tooOld)).toBe(400);
  expect(tooOld).toContain('text/plain');
  expect(tooOld).toContain('client version 1.5 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version');
});

test('image names may have slashes, escaped or not', async () => {
  for (const path of ['/images/localhost:5000/a/b:1/json', '/v1.40/images/localhost%3A5000%2Fa%2Fb%3A1/json']) {
    expect(await raw(get(path))).toContain('"name":"localhost:5000/a/b:1"');
  }
});

test('unknown paths, methods and broken escapes', async () => {
  for (const path of ['/nope', '/v1.41/nope', '/', '/v1.41/']) {
    const answer = await raw(get(path));
    expect([statusOf(answer), messageOf(answer)]).toEqual([404, 'page not found']);
  }
  expect(statusOf(await raw('PUT /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'))).toBe(404);
  expect(statusOf(await raw(get('/images/%zz/json')))).toBe(400);
  expect(statusOf(await raw('NONSENSE\r\n\r\n'))).toBe(400);
});

test('errors have their status and words; a bug is a 500 and not the end', async () => {
  expect(await raw(post('/same', ''))).toMatch(/^HTTP\/1\.1 304 [^]*\r\n\r\n$/);
  const conflict = await raw(post('/conflict', ''));
  expect([statusOf(conflict), messageOf(conflict)]).toEqual([409, 'in use']);
  const bug = await raw(post('/bug', ''));
  expect([statusOf(bug), messageOf(bug)]).toEqual([500, 'x is not a function']);
  await expect(raw(post('/late', '')).then((answer) => (answer.includes('0\r\n\r\n') ? 'whole' : 'cut'), () => 'cut')).resolves.toBe('cut');
  expect(statusOf(await raw(get('/_ping')))).toBe(200);
});

test('JSON bodies: malformed, wrong types, wrong Content-Type, empty, oversized', async () => {
  const cases: [request: string, status: number, words: string][] = [
    [post('/json', '{bad'), 400, 'invalid JSON: '],
    [post('/json', '{"N":"5"}'), 400, 'invalid JSON: cannot use string for N: an integer is expected'],
    [post('/json', '{"L":["a",1]}'), 400, 'cannot use number for L[1]: a string is expected'],
    [post('/json', '[]'), 400, 'cannot use array for the body: an object is expected'],
    [post('/json', '{}', 'application/x-www-form-urlencoded'), 400, "unsupported Content-Type header (application/x-www-form-urlencoded): must be 'application/json'"],
    [post('/json', '{}', ''), 400, 'malformed Content-Type header ()'],
    [post('/json', '  '), 400, 'invalid JSON: got EOF while reading request body'],
  ];
  for (const [request, status, words] of cases) {
    const answer = await raw(request);
    expect([statusOf(answer), messageOf(answer)]).toEqual([status, expect.stringContaining(words)]);
  }
  expect(await raw(post('/json', '', ''))).toContain('{}');
  expect(await raw(post('/json', '{"N":null,"Unknown":[1]}', 'application/json; charset=utf-8'))).toContain('"Unknown":[1]');
});

test('a body above the limit is refused while it comes, with an answer', async () => {
  const socket = open();
  socket.on('error', () => undefined);
  socket.write('POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let count = 0; count < 6; count += 1) socket.write(Buffer.concat([Buffer.from('100000\r\n'), chunk, Buffer.from('\r\n')]));
  // The rest of the upload may fail with EPIPE, the answer is there all the same.
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(statusOf(answer.toString())).toBe(413);
});

test('attach with Upgrade: 101, both directions, half-close', async () => {
  const socket = open();
  socket.write('POST /v1.41/containers/c1/attach?stream=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n');
  const head = await readUntil(socket, 'hello c1\n');
  expect(head).toMatch(/^HTTP\/1\.1 101 UPGRADED\r\nContent-Type: application\/vnd\.docker\.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n/);
  socket.write('abc');
  await readUntil(socket, 'ABC');
  socket.end('last');
  expect(await rest(socket)).toBe('LASTbye\n');
});

test('exec start with Upgrade: the body is the body, and what follows at once is stdin', async () => {
  const body = '{"Detach":false,"Tty":false}\n';
  const head = `POST /exec/e1/start HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const socket = open();
  socket.end(`${head}${body}typed early`);
  expect(await rest(socket)).toContain('\r\n\r\nhello e1\nTYPED EARLYbye\n');
});

test('exec start with Upgrade whose body comes in pieces', async () => {
  const socket = open();
  socket.write('POST /exec/e1/start HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"Deta');
  setTimeout(() => socket.end('ch":false}in'), 20);
  expect(await rest(socket)).toContain('\r\n\r\nhello e1\nINbye\n');
});

test('hijack without Upgrade: 200, and the parser leaves stdin alone', async () => {
  const socket = open();
  socket.write(post('/exec/e2/start', '{"Detach":false}').replace('Connection: close\r\n', ''));
  expect(await readUntil(socket, 'hello e2\n')).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: application\/vnd\.docker\.raw-stream\r\n/);
  socket.write('not http\r\n\r\n');
  await readUntil(socket, 'NOT HTTP');
  socket.end('x');
  expect(await rest(socket)).toBe('Xbye\n');
});

test('an Upgrade that is not taken up is answered as a plain request', async () => {
  const socket = open();
  socket.write('GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
  expect(await readUntil(socket, '\r\n\r\nOK')).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(statusOf(await raw(get('/_ping'), socket))).toBe(200);
});

test('the signal tells that the client went away', async () => {
  const socket = open();
  socket.write(get('/slow').replace('Connection: close\r\n', ''));
  setTimeout(() => socket.destroy(), 20);
  await aborted;
});

test('a half-closed client still has its answer', async () => {
  const socket = open();
  socket.end(get('/_ping'));
  expect(statusOf(await rest(socket))).toBe(200);
});

test('keep-alive: requests after an error and after an unread body', async () => {
  const socket = open();
  socket.write(post('/conflict', '{"a":1}').replace('Connection: close\r\n', ''));
  await readUntil(socket, 'in use');
  socket.write(get('/_ping'));
  expect(statusOf(await rest(socket))).toBe(200);
});

/** Two ends of a byte stream that is no socket, as the guest channel's streams are. */
function pair(): [Duplex, Duplex] {
  const make = (): Duplex & { other?: Duplex; pending?: () => void } =>
    new Duplex({
      allowHalfOpen: true,
      read() {
        const self = this as Duplex & { pending?: () => void };
        self.pending?.();
        self.pending = undefined;
      },
      write(chunk, _encoding, done) {
        const { other } = this as Duplex & { other: Duplex & { pending?: () => void } };
        if (other.push(chunk)) done();
        else other.pending = done;
      },
      final(done) {
        (this as Duplex & { other: Duplex }).other.push(null);
        done();
      },
    });
  const [a, b] = [make(), make()];
  a.other = b;
  b.other = a;
  return [a, b];
}

test('a large body is left in the connection where that is a socket', async () => {
  const put = (head: string, body: string) => `PUT /upload HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n${body}`;
  const chunked = put('Transfer-Encoding: chunked', '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n');
  for (const text of [chunked, put('Content-Length: 5', 'hello')]) {
    const answer = await raw(text);
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close\r\n[^]*unread: hello$/);
  }
  // In two steps, so that nothing of the body comes with the head.
  const socket = open();
  const [head, body] = chunked.split('\r\n\r\n2', 2) as [string, string];
  socket.write(`${head}\r\n\r\n`, () => setImmediate(() => socket.write(`2${body}`)));
  expect(await rest(socket)).toContain('unread: hello');
  // What has no body, asks for leave first, or comes over something else is read as ever.
  expect(await raw(put('Content-Length: 0\r\nConnection: close', ''))).toContain('parsed: ');
  expect(await raw(put('Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close', 'hello'))).toContain('parsed: hello');
  const [near, far] = duplexPair();
  server.emit('connection', far);
  expect(await raw(chunked.replace('Host: x', 'Host: x\r\nConnection: close'), near)).toContain('parsed: hello');
});

test('everything works over a stream that is no socket', async () => {
  const serve = () => {
    const [client, there] = pair();
    server.emit('connection', there);
    return client;
  };
  expect(statusOf(await raw(get('/_ping'), serve()))).toBe(200);
  expect(messageOf(await raw(post('/json', '{bad'), serve()))).toContain('invalid JSON');
  const upgraded = serve();
  upgraded.end('POST /containers/c1/attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\nin');
  expect(await rest(upgraded)).toMatch(/^HTTP\/1\.1 101 [^]*hello c1\nINbye\n$/);
  const plain = serve();
  plain.write(post('/exec/e2/start', '{}').replace('Connection: close\r\n', ''));
  await readUntil(plain, 'hello e2\n');
  plain.end('y');
  expect(await rest(plain)).toBe('Ybye\n');
});

test('answers what it can while the engine is still starting, and keeps the rest waiting', async () => {
  const complete = Promise.withResolvers<Route[]>();
  const answered: string[] = [];
  const answer = (path: string) => ({ method: 'GET' as const, path, handler: (exchange: Exchange) => exchange.answerText(200, path) });
  const starting = createApiServer({ routes: [answer('/early')], complete: complete.promise, log: () => undefined });
  const ask = async (path: string) => {
    const [near, far] = duplexPair();
    starting.emit('connection', far);
    expect(statusOf(await raw(get(path), near))).toBe(200);
    answered.push(path);
  };
  const late = ask('/late');
  await ask('/early');
  expect(answered).toEqual(['/early']);
  complete.resolve([answer('/early'), answer('/late')]);
  await late;
  expect(answered).toEqual(['/early', '/late']);
});
