import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ContainerInspect } from '../../contract/engine-api/container.ts';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import type { NativeEngine } from './fixture/native-engine.ts';
import { engineEntry } from '../testing/engine-entry.ts';

let engine: NativeEngine;
let docker: Dockerode;

beforeEach(async () => {
  engine = await startBusyboxEngine();
  docker = new Dockerode({ socketPath: engine.socket });
});

afterEach(async () => {
  await engine?.dispose();
});

async function run(name: string, command: string, hostConfig: Dockerode.HostConfig = {}): Promise<Dockerode.Container> {
  const container = await docker.createContainer({ name, Image: 'bb', Cmd: ['sh', '-c', command], HostConfig: hostConfig });
  await container.start();
  return container;
}

const inspect = async (container: Dockerode.Container) => (await container.inspect()) as unknown as ContainerInspect;
const logs = async (container: Dockerode.Container) => textOf(await container.logs({ stdout: true, stderr: true }));

/** Payloads of the multiplexed stream. */
function textOf(frames: Buffer): string {
  let text = '';
  for (let offset = 0; offset < frames.length; ) {
    const size = frames.readUInt32BE(offset + 4);
    text += frames.toString('utf8', offset + 8, offset + 8 + size);
    offset += 8 + size;
  }
  return text;
}

test('containers outlive a killed engine: alive, logs whole, exit codes kept, network and ports there', async () => {
  const counter = await run('counter', 'i=0; while [ $i -lt 100000 ]; do echo $i; i=$((i+1)); usleep 2000; done');
  const web = await run('web', 'echo hello > /tmp/index.html; exec httpd -f -p 80 -h /tmp', { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } });
  const ends = await run('ends', 'while [ ! -e /tmp/go ]; do usleep 10000; done; echo last words; exit 42');
  const before = await Promise.all([counter, web].map(inspect));
  const { HostPort: port } = before[1]!.NetworkSettings.Ports['80/tcp']![0]!;

  for (let round = 0; round < 3; round += 1) {
    await engine.kill();
    await engine.start();
  }
  const after = await Promise.all([counter, web].map(inspect));
  for (const [index, now] of after.entries()) {
    expect(now.State).toMatchObject({ Status: 'running', Pid: before[index]!.State.Pid, StartedAt: before[index]!.State.StartedAt });
    expect(now.NetworkSettings.IPAddress).toBe(before[index]!.NetworkSettings.IPAddress);
    expect(now.NetworkSettings.Ports).toEqual(before[index]!.NetworkSettings.Ports);
  }
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello\n');

  // This one ends while no engine is there.
  const { Pid } = (await inspect(ends)).State;
  await exec(ends, 'usleep 200000; touch /tmp/go');
  await engine.kill();
  await expect.poll(() => existsSync(`/proc/${Pid}`), { timeout: 10_000 }).toBe(false);
  await engine.start();
  expect((await inspect(ends)).State).toMatchObject({ Status: 'exited', ExitCode: 42 });
  expect(await logs(ends)).toBe('last words\n');

  await counter.kill();
  const lines = (await logs(counter)).trimEnd().split('\n');
  expect(lines.every((line, index) => line === String(index))).toBe(true);
  expect(lines.length).toBeGreaterThan(100);
});

test('a client that waits over the crash can wait again, and exec works in an adopted container', async () => {
  const container = await run('worker', 'while [ ! -e /tmp/go ]; do usleep 10000; done; exit 5');
  await engine.kill();
  await engine.start();
  const waited = container.wait() as Promise<{ StatusCode: number }>;
  await exec(container, 'touch /tmp/go');
  expect((await waited).StatusCode).toBe(5);
});

test('restart policies count when the engine starts', async () => {
  const stay = 'while :; do usleep 50000; done';
  const always = await run('always', stay, { RestartPolicy: { Name: 'always' } });
  const unless = await run('unless', stay, { RestartPolicy: { Name: 'unless-stopped' } });
  const stopped = await run('stopped', stay, { RestartPolicy: { Name: 'unless-stopped' } });
  const plain = await run('plain', stay);
  await Promise.all([always, stopped].map((container) => container.stop({ t: 0 })));
  const pids = await Promise.all([unless, plain].map(async (container) => (await inspect(container)).State.Pid));
  await engine.kill();
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await engine.start();
  const status = async (container: Dockerode.Container) => (await inspect(container)).State.Status;
  await expect.poll(() => Promise.all([always, unless, stopped, plain].map(status)), { timeout: 10_000 }).toEqual(['running', 'running', 'exited', 'exited']);
  expect((await inspect(plain)).State.ExitCode).toBe(137);
});

test('killed in the middle of a commit: the container goes on', async () => {
  const container = await run('committed', 'dd if=/dev/zero of=/big bs=1M count=300 2>/dev/null; touch /made; i=0; while true; do echo $((i=i+1)); usleep 10000; done');
  await expect.poll(() => logs(container), { timeout: 30_000 }).not.toBe('');
  const events = (await docker.getEvents({ filters: { event: ['pause'] } })) as NodeJS.ReadableStream & { destroy(): void };
  const paused = new Promise((resolve) => events.once('data', resolve));
  events.on('error', () => undefined);
  const commit = container.commit({ repo: 'half' }).catch(() => undefined);
  await paused;
  await engine.kill();
  await commit;
  await engine.start();
  expect((await inspect(container)).State).toMatchObject({ Status: 'running', Paused: false });
  const before = await logs(container);
  await expect.poll(async () => (await logs(container)).length, { timeout: 10_000 }).toBeGreaterThan(before.length);
  await container.pause();
  await engine.kill();
  await engine.start();
  expect((await inspect(container)).State).toMatchObject({ Status: 'paused', Paused: true });
  await container.remove({ force: true });
});

test('killed again and again under load: what was answered is there, and the rest leaves nothing', async () => {
  const made = new Set<string>();
  const removing = new Set<string>();
  const gone = new Set<string>();
  for (let round = 0; round < 4; round += 1) {
    const work = Array.from({ length: 6 }, async (_, index) => {
      const { id } = await docker.createContainer({ Image: 'bb', name: `load-${round}-${index}`, Cmd: ['sleep', '1000'] });
      made.add(id);
      const container = docker.getContainer(id);
      await container.start();
      if (index % 2 === 0) {
        removing.add(id);
        await container.remove({ force: true });
        gone.add(id);
      }
    });
    const all = Promise.allSettled(work);
    const moment = 20 + round * 45;
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, moment))]);
    await engine.kill();
    await all;
    await engine.start();
  }
  const rows = await docker.listContainers({ all: true });
  const present = new Set(rows.map((row) => row.Id));
  // Those whose removal was under way may be gone: the next engine finishes it.
  for (const id of made) if (!removing.has(id)) expect(present.has(id), `container ${id} was answered and is not there`).toBe(true);
  for (const id of gone) expect(present.has(id)).toBe(false);
  for (const row of rows) {
    // A forced removal that was cut off between its kill and its end leaves an exited container.
    expect(removing.has(row.Id) ? ['created', 'running', 'exited'] : ['created', 'running']).toContain(row.State);
    await docker.getContainer(row.Id).remove({ force: true });
  }
  expect(await docker.listContainers({ all: true })).toEqual([]);
  expect(readdirSync(join(engine.directory, 'root/containers')).filter((name) => /^[0-9a-f]{64}/.test(name))).toEqual([]);
  // crun removes its folder with the last container.
  const crunState = join(engine.directory, 'root/exec/crun');
  expect(existsSync(crunState) ? readdirSync(crunState) : []).toEqual([]);
  expect(engine.log).not.toContain('not caught');
});

test('a record that cannot be read is put aside, and the engine starts', async () => {
  const good = await run('good', 'sleep 1000');
  const bad = await docker.createContainer({ Image: 'bb', name: 'bad' });
  await engine.kill();
  writeFileSync(join(engine.directory, 'root/containers', `${bad.id}.json`), '{"key":');
  await engine.start();
  expect((await inspect(good)).State.Status).toBe('running');
  await expect(bad.inspect()).rejects.toMatchObject({ statusCode: 404 });
  expect(readdirSync(join(engine.directory, 'root/containers/corrupt')).length).toBe(1);
});

test('one engine per root, and a command line that makes sense', async () => {
  const second = new Promise<string>((resolve) => {
    execFile(process.execPath, [engineEntry, ...engine.arguments], (_error, _stdout, stderr) => resolve(stderr));
  });
  expect(await second).toMatch(/another engine \(process \d+\) uses .*root: stop it first, or choose another --root/);
  const mistaken = new Promise<string>((resolve) => {
    execFile(process.execPath, [engineEntry, '--root', '/nowhere', '--fast'], (error, _stdout, stderr) => resolve(`${String(error?.code)} ${stderr}`));
  });
  expect(await mistaken).toMatch(/^2 Unknown option '--fast'[^]*--host-folders direct\|refuse\|shared/);
});

test('SIGTERM ends the engine cleanly and leaves containers alone', async () => {
  const container = await run('stays', 'sleep 1000');
  const { Pid } = (await inspect(container)).State;
  await engine.stop();
  expect(existsSync(engine.socket)).toBe(false);
  expect(existsSync(`/proc/${Pid}`)).toBe(true);
  await engine.start();
  expect((await inspect(container)).State).toMatchObject({ Status: 'running', Pid });
});

async function exec(container: Dockerode.Container, command: string): Promise<void> {
  await (await container.exec({ Cmd: ['sh', '-c', command] })).start({ Detach: true });
}
