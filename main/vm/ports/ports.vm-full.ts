import { execFile } from 'node:child_process';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { callEngine } from '../channel/engine-call.ts';
import { createQemuDriver } from '../qemu/qemu-driver.ts';
import { freePort } from '../testing/free-port.ts';
import { bootServedVm, type ServedVm } from '../testing/served-vm.ts';
import { writeProgram } from '../testing/stand-in-program.ts';

/**
 * Published ports of real containers in one real VM, and beside them what QEMU itself forwards (`hostfwd`) to a program of the guest: one plain forwarded
 * connection. The containers run the guest's own Node, so that no figure is that of a slow server.
 */
const run = promisify(execFile);
const server = readFileSync(join(import.meta.dirname, '../testing/port-server.cjs'), 'utf8');
const clientScript = join(import.meta.dirname, '../testing/port-load.ts');
const plainGuestPort = 8080;
let folder: string;
let served: ServedVm;
let plainPort: number;
let hostAccess = false;
const docker = (...args: string[]) => served.docker(...args);
const client = async <T>(verb: string, port: number, amount: number): Promise<T> => JSON.parse((await run(process.execPath, [clientScript, verb, String(port), String(amount)], { maxBuffer: 1e7 })).stdout) as T;

/** A QEMU that forwards one port besides what it is asked for. */
async function forwardingQemu(): Promise<string> {
  const name = process.arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64';
  const real = (process.env.PATH ?? '').split(delimiter).map((path) => join(path, name)).find((path) => existsSync(path));
  const script = `for a in "$@"; do [ "$a" = user,id=net0,ipv6=off ] && a="$a,hostfwd=tcp:127.0.0.1:${plainPort}-10.0.2.15:${plainGuestPort}"; set -- "$@" "$a"; shift; done; exec ${real} "$@"`;
  await writeProgram(folder, name, script);
  return folder;
}

/** A container that serves on `port`; resolves once it does. */
async function serve(name: string, port: number, ...options: string[]): Promise<void> {
  await docker('run', '-d', '--name', name, '--privileged', '--pid', 'host', '-e', `SERVER=${server}`, ...options, 'slipway/hello', 'sh', '-c', `exec busybox chroot /proc/1/root /usr/bin/node -e "$SERVER" ${port}`);
  await expect.poll(() => docker('logs', name), { timeout: 60_000, interval: 100 }).toContain('serves');
}

async function echo(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  socket.end('word');
  return text(socket);
}

/** Says a word until it comes back: datagrams may be lost. @returns milliseconds */
async function echoDatagram(socket: DatagramSocket, port: number, word: string): Promise<number> {
  const startedAt = performance.now();
  const answered = Promise.withResolvers<void>();
  const listen = (message: Buffer) => (message.toString() === word ? answered.resolve() : undefined);
  socket.on('message', listen);
  const again = setInterval(() => socket.send(word, port, '127.0.0.1'), 500);
  socket.send(word, port, '127.0.0.1');
  try {
    await answered.promise;
    return performance.now() - startedAt;
  } finally {
    clearInterval(again);
    socket.off('message', listen);
  }
}

/** A connection on which a word has come back. */
async function talking(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write('word');
  await once(socket, 'data');
  return socket;
}

const broken = async (socket: Socket) => ((await once(socket, 'error')) as [NodeJS.ErrnoException])[0].code;
const publishedPort = async (name: string) => Number((await docker('port', name, '80/tcp')).split(':').at(-1));
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const refused = (port: number) => echo(port).then(
  () => 'answered',
  (error: NodeJS.ErrnoException) => error.code,
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-ports-'));
  plainPort = await freePort();
  const environment = { ...process.env, PATH: `${await forwardingQemu()}${delimiter}${process.env.PATH}` };
  served = await bootServedVm({ driver: createQemuDriver({ host: { platform: process.platform, environment } }), hostAccess: () => hostAccess });
}, 600_000);
afterAll(async () => {
  await served.dispose();
  await rm(folder, { recursive: true, force: true });
});

// A busy machine takes its time.
vi.setConfig({ testTimeout: 900_000 });

describe.runIf(process.platform === 'linux')('a published port of a container', () => {
  it('is there with its container, and gone after its stop', async () => {
    const port = await freePort();
    const times: number[] = [];
    await docker('create', '--name', 'quick', '-p', `${port}:80`, 'slipway/hello', 'nc', '-ll', '-p', '80', '-e', 'cat');
    for (let i = 0; i < 5; i++) {
      const { status } = await callEngine(() => served.vm.openStream({ kind: 'api' }), 'POST', '/containers/quick/start', AbortSignal.timeout(300_000));
      expect(status).toBe(204);
      const startedAt = performance.now();
      while ((await echo(port).catch(() => '')) !== 'word');
      times.push(performance.now() - startedAt);
      await docker('stop', '-t', '0', 'quick');
      expect(await refused(port)).toBe('ECONNREFUSED');
    }
    console.log(`reachable after the container's start was answered: ${times.map((time) => Math.round(time)).join(', ')} ms`);
    await docker('rm', 'quick');
  });

  it('that a program of this computer has is refused with its name', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(docker('run', '--rm', '-p', `${port}:80`, 'slipway/hello', 'true')).rejects.toThrow(new RegExp(`Bind for 0\\.0\\.0\\.0:${port} failed: port is already allocated by .*\\(process ${process.pid}\\)`));
    other.close();
  });

  it('takes five hundred connections at once', async () => {
    const port = await freePort();
    await serve('web', 80, '-p', `${port}:80`, '-p', `${port}:80/udp`);
    for (const round of [1, 2, 3]) {
      const times = await client<number[]>('connect', port, 500);
      console.log(`500 connections at once, round ${round}: median ${Math.round(median(times))} ms, slowest ${Math.round(Math.max(...times))} ms`);
    }
  });

  it('carries resets both ways, and ends with what it leads to', async () => {
    const port = await publishedPort('web');
    const reset = connect(port, '127.0.0.1');
    reset.write('reset');
    expect(String(((await once(reset, 'data')) as [Buffer])[0])).toBe('half');
    expect(await broken(reset)).toBe('ECONNRESET');
    (await talking(port)).resetAndDestroy();
    await expect.poll(() => docker('logs', 'web'), { timeout: 10_000, interval: 100 }).toContain('ECONNRESET');
    // Onto another network: what is open leads nowhere, what comes goes there.
    const kept = await talking(port);
    const ended = broken(kept);
    await docker('network', 'create', 'other');
    await docker('network', 'connect', 'other', 'web');
    await docker('network', 'disconnect', 'bridge', 'web');
    expect([await ended, await echo(port)]).toEqual(['ECONNRESET', 'word']);
  });

  it('carries as much as what QEMU forwards by itself', async () => {
    const port = await publishedPort('web');
    // Answers to what QEMU forwards by itself go to its gateway, which the network guard keeps from the guest otherwise.
    hostAccess = true;
    await serve('plain', plainGuestPort, '--network', 'host');
    const bytes = 16 * 1024 * 1024;
    for (const verb of ['get', 'put']) {
      const [own, plain]: number[][] = [[], []];
      for (let i = 0; i < 3; i++) {
        own!.push(await client<number>(verb, port, bytes));
        plain!.push(await client<number>(verb, plainPort, bytes));
      }
      const rate = (times: number[]) => bytes / 1e3 / median(times);
      console.log(`${verb}: ${rate(own!).toFixed(1)} MB/s to a container, ${rate(plain!).toFixed(1)} MB/s forwarded by QEMU: ${(rate(own!) / rate(plain!)).toFixed(2)}`);
    }
    await docker('rm', '-f', 'plain');
    hostAccess = false;
  });

  it('is one of a thousand', async () => {
    // Below those that the kernel gives to connections.
    const first = 10_000 + Math.floor(Math.random() * 15_000);
    const range = `${first}-${first + 999}`;
    let startedAt = performance.now();
    await serve('many', 80, '-p', `127.0.0.1:${range}:1000-1999`, '-p', `127.0.0.1:${first + 1000}:80`);
    console.log(`a container with 1001 ports serves after ${Math.round(performance.now() - startedAt)} ms`);
    expect(await echo(first + 1000)).toBe('word');
    for (const port of [first, first + 500, first + 999]) {
      // The host listens; nobody does in the container.
      expect(await refused(port)).toBe('ECONNRESET');
    }
    startedAt = performance.now();
    await docker('rm', '-f', 'many');
    console.log(`and is removed in ${Math.round(performance.now() - startedAt)} ms`);
    for (const port of [first, first + 500, first + 1000]) expect(await refused(port)).toBe('ECONNREFUSED');
  });

  it('goes on while its engine is dead, takes datagrams again after that, and is there again when the VM was suspended', async () => {
    const port = await publishedPort('web');
    const socket = createSocket('udp4');
    await echoDatagram(socket, port, 'before');
    const kept = await talking(port);
    const killed = docker('run', '--rm', '--privileged', '--pid', 'host', 'slipway/hello', 'sh', '-c', 'kill -9 $(cat /proc/1/root/run/slipway/engine.pid)').catch(() => undefined);
    await expect.poll(() => served.lines, { timeout: 60_000, interval: 5 }).toContainEqual(expect.stringContaining('guest channel'));
    let startedAt = performance.now();
    await expect.poll(() => echo(port).catch(() => ''), { timeout: 60_000, interval: 20 }).toBe('word');
    const tcp = performance.now() - startedAt;
    kept.end(' and another');
    expect(await text(kept)).toBe(' and another');
    console.log(`after the engine's death: a new connection after ${Math.round(tcp)} ms, UDP ${Math.round(await echoDatagram(socket, port, 'after the engine'))} ms more`);
    await killed;
    await expect.poll(() => docker('ps', '--format', '{{.Names}}').catch(() => ''), { timeout: 60_000 }).toBe('web');

    const open = await talking(port);
    const ended = broken(open);
    await served.suspend();
    expect([await ended, await refused(port)]).toEqual(['ECONNRESET', 'ECONNREFUSED']);
    startedAt = performance.now();
    await served.vm.wake();
    const awake = performance.now();
    await expect.poll(() => echo(port).catch(() => ''), { timeout: 60_000, interval: 10 }).toBe('word');
    console.log(`after a suspension: resumed in ${Math.round(awake - startedAt)} ms, TCP ${Math.round(performance.now() - awake)} ms later, UDP ${Math.round(await echoDatagram(socket, port, 'after the suspension'))} ms more`);
    socket.close();
  });
});
