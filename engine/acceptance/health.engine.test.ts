import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { ContainerInspect, ContainerSummary } from '../../contract/engine-api/container.ts';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import type { NativeEngine } from './fixture/native-engine.ts';

const ms = 1e6;
const patience = { timeout: 20_000, interval: 25 };

let engine: NativeEngine;

beforeAll(async () => {
  engine = await startBusyboxEngine();
});

afterEach(async () => {
  const { body } = await engine.api<ContainerSummary[]>('GET', '/containers/json?all=1');
  for (const { Id } of body) await engine.api('DELETE', `/containers/${Id}?force=1`);
});

afterAll(async () => {
  await engine?.dispose();
});

async function run(name: string, healthcheck: object, command = ['sleep', '1000']): Promise<void> {
  const created = await engine.api('POST', `/containers/create?name=${name}`, { Image: 'bb', Cmd: command, StopSignal: 'SIGKILL', Healthcheck: healthcheck });
  expect(created).toMatchObject({ status: 201 });
  expect(await engine.api('POST', `/containers/${name}/start`)).toMatchObject({ status: 204 });
}

const inspect = async (name: string) => (await engine.api<ContainerInspect>('GET', `/containers/${name}/json`)).body;
const health = async (name: string) => (await inspect(name)).State.Health!;
const becomes = (name: string, status: string) => vi.waitFor(async () => expect((await health(name)).Status).toBe(status), patience);
const rows = async (query: string) => (await engine.api<ContainerSummary[]>('GET', `/containers/json?${query}`)).body;

async function exec(name: string, command: string[]): Promise<void> {
  const { body } = await engine.api<{ Id: string }>('POST', `/containers/${name}/exec`, { Cmd: command, AttachStdout: true });
  await engine.api('POST', `/exec/${body.Id}/start`, {});
}

test('starting, healthy, unhealthy and back, as inspect, ps and events tell', async () => {
  const since = Date.now() / 1000;
  await run('web', { Test: ['CMD-SHELL', 'echo looked; test ! -e /sick'], Interval: 100 * ms, Retries: 2 });
  expect(await health('web')).toEqual({ Status: 'starting', FailingStreak: 0, Log: [] });
  expect((await rows('')).map(({ Status }) => Status)).toEqual([expect.stringMatching(/^Up .* \(health: starting\)$/)]);
  await becomes('web', 'healthy');
  expect((await rows(`filters=${encodeURIComponent('{"health":["healthy"]}')}`)).map(({ Status }) => Status)).toEqual([expect.stringContaining('(healthy)')]);
  const [probe] = (await health('web')).Log!;
  expect(probe).toMatchObject({ ExitCode: 0, Output: 'looked\n' });
  expect(probe!.End > probe!.Start).toBe(true);
  await exec('web', ['touch', '/sick']);
  await becomes('web', 'unhealthy');
  expect((await health('web')).FailingStreak).toBeGreaterThanOrEqual(2);
  expect((await health('web')).Log!.at(-1)).toMatchObject({ ExitCode: 1, Output: 'looked\n' });
  await exec('web', ['rm', '/sick']);
  await becomes('web', 'healthy');
  await vi.waitFor(async () => expect((await health('web')).Log!.length).toBe(5), patience);

  await engine.api('POST', '/containers/web/stop');
  // moby's word for one that nobody asks any more.
  expect(await health('web')).toMatchObject({ Status: 'unhealthy' });
  const events = await new DockerCli(engine.socket).text('events', '--since', String(since), '--until', String(Date.now() / 1000), '--format', '{{.Action}}');
  const actions = events.split('\n');
  expect(actions.filter((action) => action.startsWith('health_status'))).toEqual(['health_status: healthy', 'health_status: unhealthy', 'health_status: healthy']);
  expect(actions).toContain('exec_create: /bin/sh -c echo looked; test ! -e /sick');
  await engine.api('POST', '/containers/web/start');
  expect(await health('web')).toMatchObject({ Status: 'starting', FailingStreak: 0 });
});

test('a probe that takes too long is killed', async () => {
  await run('slow', { Test: ['CMD', 'sh', '-c', 'echo waiting; exec sleep 987'], Interval: 50 * ms, Timeout: 300 * ms, Retries: 1 });
  await becomes('slow', 'unhealthy');
  expect((await health('slow')).Log![0]).toMatchObject({ ExitCode: -1, Output: 'Health check exceeded timeout (300ms): waiting\n' });
  await engine.api('POST', '/containers/slow/pause');
  const { Log } = await health('slow');
  await engine.api('POST', '/containers/slow/unpause');
  // One at most runs: those before it are gone.
  const top = await engine.api<{ Processes: string[][] }>('GET', '/containers/slow/top?ps_args=-o%20pid,args');
  expect(top.body.Processes.filter((row) => row.at(-1)!.includes('sleep 987')).length).toBeLessThanOrEqual(1);
  await vi.waitFor(async () => expect((await health('slow')).Log!.at(-1)!.Start > Log!.at(-1)!.Start).toBe(true), patience);
});

test('a probe that cannot be run, and one that talks too much', async () => {
  await run('odd', { Test: ['CMD', '/no/such/file'], Interval: 50 * ms, Retries: 1 });
  await becomes('odd', 'unhealthy');
  expect((await health('odd')).Log![0]).toMatchObject({ ExitCode: -1, Output: expect.stringContaining('no such file or directory') as string });
  await run('loud', { Test: ['CMD-SHELL', 'seq 1 5000; exit 3'], Interval: 50 * ms, Retries: 1 });
  await becomes('loud', 'unhealthy');
  const [probe] = (await health('loud')).Log!;
  expect([probe!.ExitCode, probe!.Output.length, probe!.Output.endsWith('...')]).toEqual([3, 4096 + 3, true]);
});

test('an engine that comes back goes on asking, and remembers', async () => {
  await run('kept', { Test: ['CMD', 'true'], Interval: 100 * ms });
  await becomes('kept', 'healthy');
  await engine.kill();
  await engine.start();
  const found = await health('kept');
  expect(found.Status).toBe('healthy');
  const last = found.Log!.at(-1)!.Start;
  await vi.waitFor(async () => expect((await health('kept')).Log!.at(-1)!.Start > last).toBe(true), patience);
});

test('a probe whose engine dies does not hang', async () => {
  await run('left', { Test: ['CMD', 'sh', '-c', 'echo waiting; exec sleep 654'], Interval: 50 * ms, Timeout: 3_600_000 * ms, Retries: 1 });
  const probes = async () => {
    const { body } = await engine.api<{ Processes: string[][] }>('GET', '/containers/left/top?ps_args=-o%20pid,args');
    return body.Processes.filter((row) => row.at(-1)!.includes('sleep 654')).map(([pid]) => pid!);
  };
  await vi.waitFor(async () => expect(await probes()).toHaveLength(1), patience);
  const [first] = await probes();
  const { body } = await engine.api<{ Id: string }>('POST', '/containers/left/exec', { Cmd: ['sleep', '765'] });
  await engine.api('POST', `/exec/${body.Id}/start`, { Detach: true });
  await engine.kill();
  await engine.start();
  await vi.waitFor(async () => {
    const now = await probes();
    expect(now).toHaveLength(1);
    expect(now).not.toContain(first);
  }, patience);
  // What a user has started is none of its business.
  const top = await engine.api<{ Processes: string[][] }>('GET', '/containers/left/top?ps_args=-o%20pid,args');
  expect(top.body.Processes.filter((row) => row.at(-1)!.includes('sleep 765'))).toHaveLength(1);
});

test('NONE switches it off; what cannot be is refused', async () => {
  await run('none', { Test: ['NONE'] });
  expect((await inspect('none')).State.Health).toBeUndefined();
  expect(await engine.api('POST', '/containers/create', { Image: 'bb', Healthcheck: { Test: ['CMD', 'true'], Interval: 10 } })).toEqual({
    status: 400,
    body: { message: 'Interval in Healthcheck cannot be less than 1ms' },
  });
});
