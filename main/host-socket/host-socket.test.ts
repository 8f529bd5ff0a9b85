import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Duplex, duplexPair } from 'node:stream';
import { finished } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { hostAddress, type HostAddress } from './host-address.ts';
import { listenHostSocket } from './host-socket.ts';

let home: string;
let address: HostAddress;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-host-socket-'));
  address = hostAddress(home);
  return () => rm(home, { recursive: true, force: true });
});

/** Listens with `open` as the way to the engine. */
async function listen(open: () => Promise<Duplex>) {
  const socket = await listenHostSocket(address, open);
  onTestFinished(() => socket.close());
  return socket;
}

/** A pair of streams joined back to back: what the guest channel gives, and the engine's end of it. */
function streamPair(): { near: Duplex; far: Duplex } {
  const [near, far] = duplexPair();
  return { near, far };
}

function client(): Socket {
  const socket = connect({ path: address.path, allowHalfOpen: true });
  // How a cut arrives, as an end or as a reset, depends on what was under way.
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

describe('passing bytes', () => {
  it('keeps half-closes: the answer comes after the request has ended', async () => {
    const { near, far } = streamPair();
    await listen(() => Promise.resolve(near));
    const socket = client();
    socket.end('question');
    expect(await text(far)).toBe('question');
    far.end('answer');
    expect(await text(socket)).toBe('answer');
  });

  it('reads a client only as fast as the engine takes it', async () => {
    let take: (() => void) | undefined;
    const slow = new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        take = done;
      },
    });
    await listen(() => Promise.resolve(slow));
    const socket = client();
    await once(socket, 'connect');
    const chunk = Buffer.alloc(1024 * 1024);
    // Without back-pressure all of it would be taken into memory and this loop would run to its end.
    let accepted = 0;
    for (let mib = 0; mib < 64; mib += 1) {
      if (!socket.write(chunk)) break;
      accepted += 1;
    }
    const drained = once(socket, 'drain').then(() => 'drained');
    const idle = new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('still waiting'))));
    expect(await Promise.race([drained, idle])).toBe('still waiting');
    expect(accepted).toBeLessThan(64);
    expect(slow.writableLength).toBeLessThanOrEqual(128 * 1024);
    take?.();
  });

  it('cuts the engine’s side when the client goes, and the client when the engine breaks', async () => {
    const first = streamPair();
    const pairs = [first, streamPair()];
    await listen(() => Promise.resolve(pairs.shift()!.near));
    const gone = client();
    gone.write('x');
    await once(first.far, 'readable');
    gone.destroy();
    // On a unix socket a client that went away looks like one that has only finished sending, until it is written to.
    first.far.resume();
    await once(first.far, 'end');
    const cleaned = once(first.near, 'close');
    first.far.write('to nobody');
    await cleaned;

    const second = pairs[0]!;
    const cut = client();
    cut.write('x');
    await once(second.far, 'readable');
    second.near.destroy(new Error('the VM died'));
    cut.resume();
    await finished(cut, { writable: false }).catch(() => undefined);
  });

  it('answers 503 with a message while there is no engine', async () => {
    await listen(() => Promise.reject(new Error('the VM is stopped')));
    const socket = client();
    socket.write('GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual({ message: "Slipway's engine does not run: the VM is stopped" });
  });
});

describe('the socket file', () => {
  it('is 0600 in a directory of 0700, also when that was wider before', async () => {
    await mkdir(dirname(address.path), { mode: 0o755 });
    await chmod(dirname(address.path), 0o755);
    await listen(() => Promise.reject(new Error('x')));
    expect((await stat(address.path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(address.path))).mode & 0o777).toBe(0o700);
  });

  it('is replaced when nobody listens on it', async () => {
    await mkdir(dirname(address.path));
    const script = `require('net').createServer().listen(${JSON.stringify(address.path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
    expect((await stat(address.path)).isSocket()).toBe(true);
    await listen(() => Promise.reject(new Error('x')));
    const socket = client();
    socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await text(socket)).toContain('503');
  });

  it('is refused when another instance lives on it, which goes on living', async () => {
    await mkdir(dirname(address.path));
    // The question whether somebody lives there is a connection that is cut at once.
    const other = createServer((socket) => socket.on('error', () => undefined).end('other')).listen(address.path);
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    await expect(listenHostSocket(address, () => Promise.reject(new Error('x')))).rejects.toMatchObject({
      kind: 'conflict',
      message: `Another Slipway is running: it listens on ${address.path}.`,
    });
    expect(await text(client())).toBe('other');
  });

  it('is gone after close, and close cuts who is connected', async () => {
    const { near, far } = streamPair();
    const socket = await listen(() => Promise.resolve(near));
    const connected = client();
    connected.write('x');
    await once(far, 'readable');
    await socket.close();
    await socket.close();
    connected.resume();
    await finished(connected, { writable: false }).catch(() => undefined);
    await expect(stat(address.path)).rejects.toThrow('ENOENT');
  });

  it('says that a path is too long', async () => {
    address = hostAddress(join(home, 'x'.repeat(120)));
    await expect(listenHostSocket(address, () => Promise.reject(new Error('x')))).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('too long') });
  });

  it('says what stands in the way', async () => {
    await writeFile(dirname(address.path), 'a file where the directory should be');
    await expect(listenHostSocket(address, () => Promise.reject(new Error('x')))).rejects.toMatchObject({
      message: expect.stringContaining(`Cannot listen on ${address.path}`),
      hint: expect.stringContaining('--home DIR'),
    });
  });

  const canSwitchUser = process.platform === 'linux' && process.getuid?.() === 0;
  it.runIf(canSwitchUser)('refuses a second local user, by the directory and by the socket', async () => {
    // The way down to the home is open, so that it is this socket's own modes that refuse.
    await chmod(home, 0o755);
    await listen(() => Promise.reject(new Error('x')));
    const probe = `require('net').connect(${JSON.stringify(address.path)}).on('connect', () => { console.log('connected'); process.exit(); }).on('error', (error) => console.log(error.code))`;
    const asNobody = () => spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '-e', probe], { encoding: 'utf8' });
    expect(asNobody().stdout.trim()).toBe('EACCES');
    await chmod(dirname(address.path), 0o755);
    expect(asNobody().stdout.trim()).toBe('EACCES');
    // The probe itself is sound: it connects once it is let in.
    await chmod(address.path, 0o666);
    expect(asNobody().stdout.trim()).toBe('connected');
  });
});

it('names a pipe on Windows', () => {
  const { path, dockerHost } = hostAddress('C:\\Users\\ada\\.slipway', 'win32');
  expect(path).toMatch(/^\\\\\.\\pipe\\slipway-[A-Za-z0-9._-]+$/);
  expect(dockerHost).toBe(`npipe:////./pipe/${path.slice('\\\\.\\pipe\\'.length)}`);
  expect(hostAddress('D:\\other', 'win32').path).not.toBe(path);
});
