import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { busyboxArchive } from '../fixture/busybox-archive.ts';
import { NativeEngine } from '../fixture/native-engine.ts';
import { findLeaks, openFiles, publishedElements } from './check-leaks.ts';
import { call, json, textOf } from './client.ts';

/** Thousands of containers are made, run, asked and removed; afterwards there is no more of anything than before. `npm run test:leaks -- --cycles N`. */
const cycles = Number(process.env.LEAK_CYCLES ?? 2000);
const warmUp = 100;
const workers = 4;
/** Looks at the figures, evenly over the run. */
const looks = 4;
/** Connections and threads that are kept for the next request come and go. */
const spareFiles = 16;
/** Of memory that the engine and shimd may hold more of at the end than after a quarter. A collection may be due. */
const spareMegabytes = 24;

let engine: NativeEngine;
let root: string;

beforeAll(async () => {
  engine = await NativeEngine.start();
  root = join(engine.directory, 'root');
  const archive = busyboxArchive('bb:latest');
  await call(engine.socket, 'POST', '/images/load?quiet=1', readFileSync(archive));
  rmSync(dirname(archive), { recursive: true });
}, 60_000);

afterAll(async () => {
  await engine?.dispose();
}, 60_000);

test(`${cycles} containers leave nothing`, async () => {
  await run(warmUp);
  const samples = [await sample(warmUp)];
  for (let look = 1; look <= looks; look += 1) {
    await run(cycles / looks);
    samples.push(await sample(warmUp + (cycles / looks) * look));
  }
  process.stdout.write(`leaks: ${samples.map((one) => JSON.stringify(one)).join('\n       ')}\n`);
  const first = samples[0]!;
  const quarter = samples[1]!;
  const last = samples.at(-1)!;
  for (const name of ['mounts', 'namespaces', 'cgroups', 'published', 'files'] as const) expect(last[name], name).toBeLessThanOrEqual(first[name]);
  for (const name of ['engineFiles', 'shimdFiles', 'engineThreads'] as const) expect(last[name], name).toBeLessThanOrEqual(first[name] + spareFiles);
  for (const name of ['engineMegabytes', 'shimdMegabytes'] as const) expect(last[name], name).toBeLessThanOrEqual(quarter[name] + spareMegabytes);
  expect(engine.log).not.toContain('not caught');
}, 3_600_000);

async function run(count: number): Promise<void> {
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) await oneLife((left -= 1));
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** Other engines of this machine have cgroups too. */
const ids = new Set<string>();

const ask = (method: string, path: string, body?: unknown) => call(engine.socket, method, path, body);

/** A published port, an anonymous volume, an exec, a pause or a copy now and then. */
async function oneLife(number: number): Promise<void> {
  const stays = number % 3 === 0;
  const created = await ask('POST', '/containers/create', {
    Image: 'bb',
    Cmd: stays ? ['sleep', '1000'] : ['echo', `life ${number}`],
    ...(number % 4 === 0 ? { Volumes: { '/data': {} } } : {}),
    ...(number % 6 === 0 ? { Healthcheck: { Test: ['CMD', 'true'], Interval: 20_000_000 } } : {}),
    HostConfig: number % 3 === 1 ? { PortBindings: { '80/tcp': [{}] } } : {},
  });
  const { Id } = json<{ Id: string }>(created);
  ids.add(Id);
  const expectStatus = async (status: number, method: string, path: string, body?: unknown) => {
    const answer = await ask(method, path, body);
    expect(`${path}: ${answer.status}`, answer.body.toString()).toBe(`${path}: ${status}`);
    return answer;
  };
  await expectStatus(204, 'POST', `/containers/${Id}/start`);
  if (stays) {
    const exec = json<{ Id: string }>(await expectStatus(201, 'POST', `/containers/${Id}/exec`, { AttachStdout: true, Cmd: ['echo', 'said'] }));
    expect(textOf((await expectStatus(200, 'POST', `/exec/${exec.Id}/start`, {})).body)).toBe('said\n');
    if (number % 2 === 0) await expectStatus(204, 'POST', `/containers/${Id}/pause`);
    if (number % 2 === 1) await expectStatus(200, 'GET', `/containers/${Id}/archive?path=/etc/passwd`);
  } else {
    await expectStatus(200, 'POST', `/containers/${Id}/wait`);
    expect(textOf((await expectStatus(200, 'GET', `/containers/${Id}/logs?stdout=1`)).body)).toBe(`life ${number}\n`);
  }
  await expectStatus(204, 'DELETE', `/containers/${Id}?force=1&v=1`);
}

type Sample = Record<'lives' | 'mounts' | 'namespaces' | 'cgroups' | 'published' | 'files' | 'engineFiles' | 'engineThreads' | 'engineMegabytes' | 'shimdFiles' | 'shimdMegabytes', number>;

/** Teardown goes on in the background: looks until all is as it should be, or a minute has passed. */
async function sample(lives: number): Promise<Sample> {
  const deadline = performance.now() + 60_000;
  const nobody = { all: new Set<string>(), running: new Set<string>(), paused: new Set<string>(), endpoints: 0 };
  let found = findLeaks(root, engine.pid, nobody);
  while (found.length > 0 && performance.now() < deadline) {
    await delay(100);
    found = findLeaks(root, engine.pid, nobody);
  }
  expect(found).toEqual([]);
  const shimd = Number(readFileSync(join(root, 'exec/shimd/shimd.pid'), 'utf8'));
  return {
    lives,
    mounts: readFileSync(`/proc/${engine.pid}/mountinfo`, 'utf8').split('\n').filter((line) => line.includes(` ${root}/`) && !line.includes('/netns/')).length,
    namespaces: readdirSync(join(root, 'exec/netns')).length,
    cgroups: ['/sys/fs/cgroup/slipway', '/sys/fs/cgroup/pids/slipway'].filter((path) => existsSync(path)).flatMap((path) => readdirSync(path)).filter((name) => ids.has(name)).length,
    published: publishedElements(),
    // The older half of the events comes once, when the newer one is full.
    files: readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => !path.endsWith('/events.1.log')).length,
    engineFiles: openFiles(engine.pid),
    engineThreads: readdirSync(`/proc/${engine.pid}/task`).length,
    engineMegabytes: memoryOf(engine.pid),
    shimdFiles: openFiles(shimd),
    shimdMegabytes: memoryOf(shimd),
  };
}

/** Resident, proportional. */
function memoryOf(pid: number): number {
  return Math.round(Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024);
}
