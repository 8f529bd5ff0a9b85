import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VmState } from '../../contract/vm-state.ts';
import { createVm } from './create-vm.ts';
import { readQcow2Header } from './home/disk-header.ts';
import { identifyProcess } from './home/process-identity.ts';
import { listeningInodes } from './ports/port-owner.ts';
import { limitsSuite } from './testing/limits-suite.ts';
import { networksSuite } from './testing/networks-suite.ts';
import type { Vm } from './vm.ts';

/**
 * The real VM with the real engine, in as few boots as these tests can share: one to use, one after QEMU was killed, and
 * half a one for the app that is killed.
 */
const imageDirectory = join(import.meta.dirname, '../../vm-assets/out', process.arch === 'arm64' ? 'arm64' : 'amd64');
const command = promisify(execFile);
const isRoot = process.getuid?.() === 0;
let folder: string;
let home: string;
let vm: Vm;

let hostAccess = false;
let diskGiB = 8;
const settings = { memoryMiB: 1024, cpus: 2, get diskGiB() { return diskGiB; }, acceleration: 'auto' as const, get hostAccess() { return hostAccess; } };
// Kept and restored VMs: snapshot/snapshot.vm.test.ts.
const open = () => createVm({ home, imageDirectory, settings: () => settings, snapshots: false });
const qemuPid = async () => (JSON.parse(await readFile(join(home, 'run/lock'), 'utf8')) as { vm: { pid: number } }).vm.pid;

interface Answer {
  status: number;
  body: string;
}
async function engine(method: string, path: string, body?: unknown): Promise<Answer> {
  const stream = await vm.openStream({ kind: 'api' });
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const call = request({ method, path, host: 'engine', createConnection: () => stream, headers: { ...headers, connection: 'close' } });
  // `once` below hears of an error up to the answer; one after it is of no interest.
  call.on('error', () => undefined);
  call.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
}
const ping = () => engine('GET', '/_ping');
function until(status: VmState['status']): Promise<VmState> {
  if (vm.state.status === status) return Promise.resolve(vm.state);
  return new Promise((resolve) => {
    const stop = vm.onState((state) => {
      if (state.status === status) {
        stop();
        resolve(state);
      }
    });
  });
}
/** The engine loads its built-in image after it began to answer. */
async function helloImage(): Promise<void> {
  for (;;) {
    if ((await engine('GET', '/images/slipway/hello/json')).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
async function run(name: string, request_: Record<string, unknown>): Promise<Answer> {
  const created = await engine('POST', `/containers/create?name=${name}`, { Image: 'slipway/hello', ...request_ });
  expect(created).toMatchObject({ status: 201 });
  return engine('POST', `/containers/${name}/start`);
}

beforeAll(async () => {
  if (!existsSync(join(imageDirectory, 'manifest.json'))) throw new Error(`There is no VM image in ${imageDirectory}: npm run vm:image`);
  folder = await mkdtemp(join(tmpdir(), 'slipway-vm-'));
  // A disk of its own that a test can fill. Memory is taken for what is written only.
  if (isRoot) await command('mount', ['-t', 'tmpfs', '-o', 'size=900m', 'tmpfs', folder]);
  home = join(folder, 'home');
  vm = open();
});
afterAll(async () => {
  await vm.stop();
  if (isRoot) await command('umount', [folder]);
  await rm(folder, { recursive: true, force: true });
});

describe('a VM', () => {
  it('boots to an engine that answers, phase by phase', async () => {
    await vm.start();
    const { state } = vm;
    if (state.status !== 'running') throw new Error(state.status);
    console.log(`boot with ${state.accelerator}: ${state.phases.map(({ id, tookMs }) => `${id} ${tookMs} ms`).join(', ')}`);
    expect(state.phases.map(({ id, status }) => `${id} ${status}`)).toEqual(['requirements done', 'disk done', 'hypervisor done', 'kernel done', 'guest done', 'engine done']);
    expect(await ping()).toEqual({ status: 200, body: 'OK' });
  });

  it('answers 200 pings at once no slower than one after the other', async () => {
    // Neither of the two pays for code that runs for the first time.
    await Promise.all(Array.from({ length: 50 }, ping));
    let startedAt = performance.now();
    for (let i = 0; i < 200; i++) await ping();
    const sequential = performance.now() - startedAt;
    startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 200 }, ping));
    const parallel = performance.now() - startedAt;
    console.log(`200 pings: ${Math.round(sequential)} ms one after the other, ${Math.round(parallel)} ms at once`);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(parallel).toBeLessThanOrEqual(sequential);
  });

  it('cannot be started twice from one home', async () => {
    const second = open();
    await expect(second.start()).rejects.toMatchObject({ failure: { code: 'already-running', message: expect.stringContaining(`process ${process.pid}`) } });
    expect((await ping()).status).toBe(200);
  });

  it('has sockets for its user alone', async () => {
    const files = ['qmp.sock', 'channel-0.sock', 'channel-1.sock', 'channel-2.sock', 'net-outgoing.sock', 'net-allowed.sock', 'instance.key', 'lock'].map((name) => join(home, 'run', name));
    for (const path of files) expect((await stat(path)).mode & 0o777).toBe(0o600);
    for (const path of [home, join(home, 'run')]) expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  it.runIf(isRoot)('refuses another user of this computer', async () => {
    // The folder above is the test's own; without opening it the refusal would be its doing.
    await chmod(folder, 0o755);
    const script = `require('net').connect(process.argv[1]).on('error', (error) => console.log(error.code)).on('connect', () => console.log('connected'))`;
    for (const name of ['qmp.sock', 'channel-0.sock']) {
      const { stdout } = await command('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '-e', script, join(home, 'run', name)], { cwd: '/' });
      expect(stdout.trim()).toBe('EACCES');
    }
  });

  it.runIf(process.platform === 'linux')('listens on no network and has no secret on its command line', async () => {
    const pid = await qemuPid();
    const key = await readFile(join(home, 'run/instance.key'));
    const commandLine = readFileSync(`/proc/${pid}/cmdline`);
    expect([commandLine.includes(key), commandLine.includes(key.toString('hex')), commandLine.includes(key.toString('base64'))]).toEqual([false, false, false]);
    const sockets = (await readdir(`/proc/${pid}/fd`)).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
    expect(sockets.length).toBeGreaterThan(0);
    const tables = ['tcp', 'tcp6'].map((name) => readFileSync(`/proc/net/${name}`, 'utf8'));
    const listening = tables.flatMap((table) => Array.from(table.matchAll(/:([0-9A-F]{4}) [0-9A-F]+:0000 0A /g), ([, port = '']) => listeningInodes(table, parseInt(port, 16))).flat());
    expect(sockets.filter((inode) => listening.includes(inode))).toEqual([]);
  });

  it('publishes a port of a container on 127.0.0.1, and frees it when the container is gone', async () => {
    await helloImage();
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    const wish = { HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: String(port) }] } } };
    const refused = await run('greedy', wish);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.body).toContain(`Bind for 0.0.0.0:${port} failed: port is already allocated by`);
    expect(refused.body).toContain(`(process ${process.pid})`);
    probe.close();
    await once(probe, 'close');

    expect(await run('web', wish)).toMatchObject({ status: 204 });
    const page = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
      return response.text();
    };
    // The port is there at once; the server in the container takes its time.
    let body: string | null = null;
    while (body === null) body = await page().catch(() => null);
    expect(body.length).toBeGreaterThan(20);
    expect((await engine('DELETE', '/containers/web?force=1')).status).toBe(204);
    await expect(page()).rejects.toThrow();
  });

  limitsSuite(engine);
  networksSuite(engine);

  it('has a larger data disk as soon as the settings ask for it, under a container that writes', async () => {
    const roots = async () => {
      const { body } = await engine('GET', '/containers/writes/logs?stdout=1');
      return Array.from(body.matchAll(/^overlay +(\d+)/gm), ([, kilobytes]) => Number(kilobytes) / 1024 ** 2);
    };
    expect(await run('writes', { Tty: true, Cmd: ['sh', '-c', 'while true; do df -k /; dd if=/dev/urandom of=/x bs=64k count=8 2> /dev/null; sleep 0.1; done'] })).toMatchObject({ status: 204 });
    await expect.poll(async () => (await roots()).at(-1) ?? 0, { timeout: 60_000 }).toBeGreaterThan(7);
    const before = (await roots())[0]!;
    expect(before).toBeLessThan(8);
    diskGiB = 20;
    await vm.growDisk();
    await expect.poll(async () => (await roots()).at(-1) ?? 0, { timeout: 60_000 }).toBeGreaterThan(before + 11);
    expect((await engine('DELETE', '/containers/writes?force=1')).status).toBe(204);
  });

  it('keeps even root of the guest from this computer, until the user allows it', async () => {
    const listener = createServer((socket) => socket.end('reached this computer\n')).listen(0, '0.0.0.0');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address));
    const targets = [...new Set(['10.0.2.2', '10.0.2.3', '10.0.2.255', '127.0.0.1', ...own])];
    // On the host's network no rule of the engine applies; and a route takes 127.0.0.1 to the network card,
    // as a packet made by hand would go there.
    const scan = `for setting in all eth0; do echo 1 > /proc/sys/net/ipv4/conf/$setting/route_localnet; done
ip route add 127.0.0.1 via 10.0.2.2 dev eth0 table 7; ip rule add pref 9 lookup local; ip rule add pref 1 to 127.0.0.1 lookup 7; ip rule del pref 0
for target in ${targets.join(' ')}; do (timeout 5 busybox nc $target ${port} < /dev/null 2>&1 | sed "s/^/$target: /") & done
wait; ip rule add pref 0 lookup local; ip rule del pref 1; ip rule del pref 9; echo scanned`;
    const output = async (name: string) => {
      expect((await engine('POST', `/containers/${name}/wait`)).status).toBe(200);
      return (await engine('GET', `/containers/${name}/logs?stdout=1&stderr=1`)).body;
    };
    expect(await run('scanner', { Tty: true, Cmd: ['sh', '-c', scan], HostConfig: { NetworkMode: 'host', Privileged: true } })).toMatchObject({ status: 204 });
    const heard = await output('scanner');
    expect(heard).toContain('scanned');
    expect(heard).not.toMatch(/reached this computer|not found|can't execute/);
    hostAccess = true;
    expect(await run('guest', { Tty: true, Cmd: ['sh', '-c', `nc -w 5 host.docker.internal ${port} < /dev/null`], HostConfig: { ExtraHosts: ['host.docker.internal:host-gateway'] } })).toMatchObject({ status: 204 });
    expect(await output('guest')).toContain('reached this computer');
    hostAccess = false;
    listener.close();
    for (const name of ['scanner', 'guest']) await engine('DELETE', `/containers/${name}?force=1`);
  });

  it('outlives the death of its engine: containers run on, ports stay, requests wait', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    await run('survivor', { HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } } });
    const page = () => fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then(({ status }) => status);
    while ((await page().catch(() => null)) !== 200);
    const before = JSON.parse((await engine('GET', '/containers/survivor/json')).body) as { State: { Pid: number } };
    const watched = await vm.openStream({ kind: 'api' });
    const dead = new Promise((resolve) => watched.once('close', resolve));
    const killer = { Cmd: ['sh', '-c', 'kill -9 $(cat /proc/1/root/run/slipway/engine.pid)'], HostConfig: { PidMode: 'host', Privileged: true } };
    // Its engine dies before it has answered, or right after.
    await Promise.race([dead, run('killer', killer)]);
    await dead;
    let after: { State: { Pid: number; Running: boolean } } | null = null;
    while (after === null) {
      const answer = await engine('GET', '/containers/survivor/json').catch(() => null);
      after = answer?.status === 200 ? (JSON.parse(answer.body) as { State: { Pid: number; Running: boolean } }) : null;
    }
    expect(after.State).toMatchObject({ Running: true, Pid: before.State.Pid });
    expect(await page()).toBe(200);
    expect(vm.state.status).toBe('running');
  });

  it.runIf(isRoot)('stands still when this computer has no space left, and then finishes what it was writing', async () => {
    const ballast = join(folder, 'ballast');
    const { bavail, bsize } = await statfs(folder);
    await command('fallocate', ['-l', String(bavail * bsize - 16 * 1024 * 1024), ballast]);
    const detail = (words: string) =>
      new Promise<void>((resolve) => {
        const stop = vm.onState((state) => {
          if (state.status !== 'running' || state.phases[1]?.detail?.includes(words) !== true) return;
          stop();
          resolve();
        });
      });
    const paused = detail('is full');
    await run('writer', { Cmd: ['sh', '-c', 'dd if=/dev/urandom of=/big bs=1M count=48 && sync && sha256sum /big'] });
    await paused;
    const resumed = detail('space again');
    await rm(ballast);
    await resumed;
    expect(JSON.parse((await engine('POST', '/containers/writer/wait')).body)).toEqual({ StatusCode: 0 });
    expect((await engine('DELETE', '/containers/writer')).status).toBe(204);
  });

  it('that is killed fails with its last words, and has its data at the next start', async () => {
    expect((await engine('POST', '/volumes/create', { Name: 'kept' })).status).toBe(201);
    const failed = until('failed');
    // In the middle of being given a larger disk: its file is larger, the file system on it is not yet.
    diskGiB = 30;
    vm.growDisk().catch(() => undefined);
    while ((await readQcow2Header(join(home, 'data.qcow2')))!.virtualSize < 30 * 1024 ** 3);
    process.kill(await qemuPid(), 'SIGKILL');
    expect(await failed).toMatchObject({ failure: { code: 'vm-died', message: 'The VM ended unexpectedly: its process was ended by SIGKILL.' } });
    await vm.start();
    expect((await engine('GET', '/volumes/kept')).status).toBe(200);
    expect(JSON.parse((await engine('GET', '/containers/survivor/json')).body)).toMatchObject({ State: { Running: false } });
    expect(await run('measures', { Tty: true, Cmd: ['sh', '-c', 'until [ $(df -k / | awk \'/overlay/ { print $2 }\') -gt 28000000 ]; do sleep 0.1; done'] })).toMatchObject({ status: 204 });
    expect(JSON.parse((await engine('POST', '/containers/measures/wait')).body)).toEqual({ StatusCode: 0 });
  });

  it('stops in order and leaves no process and no lock', async () => {
    const pid = await qemuPid();
    await vm.stop();
    expect(vm.state).toEqual({ status: 'stopped' });
    expect(await identifyProcess(pid)).toBeNull();
    expect(existsSync(join(home, 'run/lock'))).toBe(false);
  });
});

describe('an app that is killed', () => {
  it('leaves no VM behind, and its home can be started again', async () => {
    const script = join(dirname(import.meta.filename), 'testing/start-and-wait.ts');
    const app = spawn(process.execPath, [script, home, imageDirectory], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(app.stdout, 'data');
    const pid = await qemuPid();
    expect(await identifyProcess(pid)).not.toBeNull();
    app.kill('SIGKILL');
    await once(app, 'exit');
    while ((await identifyProcess(pid)) !== null) await new Promise((resolve) => setTimeout(resolve, 20));
    await vm.start();
    expect((await engine('GET', '/volumes/kept')).status).toBe(200);
    await vm.stop();
  });
});
