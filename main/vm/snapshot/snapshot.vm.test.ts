import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVm } from '../create-vm.ts';
import type { Vm } from '../vm.ts';

const imageDirectory = join(import.meta.dirname, '../../../vm-assets/out', process.arch === 'arm64' ? 'arm64' : 'amd64');
const settings = { memoryMiB: 1024, cpus: 2, diskGiB: 8, acceleration: 'auto' as const };
let home: string;
let vm: Vm;
const lines: string[] = [];

const open = () => createVm({ home, imageDirectory, settings: () => settings, log: (line) => lines.push(line) });
const phases = () => (vm.state.status === 'running' ? vm.state.phases.map(({ id }) => id) : []);
async function engine(method: string, path: string, body?: unknown): Promise<{ status: number; body: string }> {
  const stream = await vm.openStream({ kind: 'api' });
  const call = request({ method, path, host: 'engine', createConnection: () => stream, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), connection: 'close' } });
  call.on('error', () => undefined);
  call.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
}
/** Output of a command in a container of the built-in image. */
async function run(command: string): Promise<string> {
  while ((await engine('GET', '/images/slipway/hello/json')).status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
  const created = await engine('POST', '/containers/create', { Image: 'slipway/hello', Tty: true, Cmd: ['sh', '-c', command] });
  const { Id } = JSON.parse(created.body) as { Id: string };
  expect((await engine('POST', `/containers/${Id}/start`)).status).toBe(204);
  await engine('POST', `/containers/${Id}/wait`);
  const output = (await engine('GET', `/containers/${Id}/logs?stdout=1`)).body.trim();
  await engine('DELETE', `/containers/${Id}?force=1`);
  return output;
}
async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
const template = async () => [await digest(join(home, 'snapshot/ram')), await digest(join(home, 'snapshot/state'))];
/** Resident memory of QEMU in MB. */
const resident = () => {
  const { vm: process_ } = JSON.parse(readFileSync(join(home, 'run/lock'), 'utf8')) as { vm: { pid: number } };
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${process_.pid}/status`, 'utf8'))![1]) / 1000;
};

beforeAll(async () => {
  if (!existsSync(join(imageDirectory, 'manifest.json'))) throw new Error(`There is no VM image in ${imageDirectory}: npm run vm:image`);
  home = await mkdtemp(join(tmpdir(), 'slipway-kept-'));
  const { bavail, bsize } = await statfs(home);
  if (bavail * bsize < 4 * 1024 ** 3) throw new Error(`${home} has too little space for snapshots`);
  vm = open();
});
afterAll(async () => {
  await vm.stop();
  await rm(home, { recursive: true, force: true });
});

/** Whatever a machine draws at random, one after the other as a start does. */
async function draws(): Promise<string[]> {
  const created = JSON.parse((await engine('POST', '/containers/create', { Image: 'slipway/hello' })).body) as { Id: string };
  const { Name } = JSON.parse((await engine('GET', `/containers/${created.Id}/json`)).body) as { Name: string };
  const volume = JSON.parse((await engine('POST', '/volumes/create', {})).body) as { Name: string };
  const network = JSON.parse((await engine('POST', '/networks/create', { Name: 'drawn' })).body) as { Id: string };
  const { Containers } = JSON.parse((await engine('GET', `/networks/${network.Id}`)).body) as { Containers: object };
  const kernel = (await run('cat /proc/sys/kernel/random/uuid; head -c 16 /dev/urandom | hexdump -e \'16/1 "%02x"\'')).split('\r\n');
  expect(Containers).toEqual({});
  return [created.Id, Name, volume.Name, network.Id, ...kernel];
}

describe.runIf(process.platform === 'linux')('a VM that is kept', () => {
  let first: string[];
  let before: string[];
  let disk: string;

  it('is made at the first start, which goes on with a copy of it', async () => {
    await vm.start();
    expect(phases()).toEqual(['requirements', 'disk', 'hypervisor', 'kernel', 'guest', 'engine', 'snapshot', 'restore']);
    expect((await engine('GET', '/_ping')).body).toBe('OK');
    expect((await engine('POST', '/volumes/create', { Name: 'kept' })).status).toBe(201);
    await vm.stop();
    // From here both restores begin with the same disk too.
    disk = join(home, 'data-of-both.qcow2');
    await cp(join(home, 'data.qcow2'), disk);
    before = await template();
  });

  it('is restored at the next, with the data disk mounted and the right time', async () => {
    await vm.start();
    expect(phases()).toEqual(['requirements', 'disk', 'hypervisor', 'restore', 'engine']);
    if (vm.state.status === 'running') console.log(`restore: ${vm.state.phases.map(({ id, tookMs }) => `${id} ${tookMs} ms`).join(', ')}`);
    expect((await engine('GET', '/volumes/kept')).status).toBe(200);
    // The clock is set once more when the whole API is there.
    await expect.poll(async () => {
      const { SystemTime } = JSON.parse((await engine('GET', '/info')).body) as { SystemTime: string };
      return Math.abs(Date.parse(SystemTime) - Date.now());
    }, { timeout: 60_000, interval: 500 }).toBeLessThan(1500);
    first = await draws();
  });

  it('gives memory back to this computer, and the snapshot stays as it was', async () => {
    // Zeros take memory like anything else.
    const created = await engine('POST', '/containers/create?name=eater', {
      Image: 'slipway/hello',
      Tty: true,
      Cmd: ['sh', '-c', 'dd if=/dev/zero of=/dev/shm/a bs=1M count=256 2> /dev/null; echo full; read line'],
      OpenStdin: true,
      HostConfig: { ShmSize: 300 * 1024 * 1024 },
    });
    expect(created.status).toBe(201);
    const calm = resident();
    await engine('POST', '/containers/eater/start');
    while (!(await engine('GET', '/containers/eater/logs?stdout=1')).body.includes('full')) await new Promise((resolve) => setTimeout(resolve, 300));
    const full = resident();
    expect(full - calm).toBeGreaterThan(200);
    await engine('DELETE', '/containers/eater?force=1');
    const startedAt = performance.now();
    await expect.poll(() => resident(), { timeout: 60_000, interval: 200 }).toBeLessThan(full - 200);
    console.log(`memory: ${Math.round(calm)} MB, ${Math.round(full)} MB with 268 MB in use, ${Math.round(resident())} MB ${Math.round(performance.now() - startedAt)} ms after they were freed`);
    await vm.stop();
    expect(await template()).toEqual(before);
  });

  it('shares nothing random with another that began from the same snapshot', async () => {
    await cp(disk, join(home, 'data.qcow2'));
    await vm.start();
    expect(phases()).toContain('restore');
    const second = await draws();
    const common = second.filter((value) => first.includes(value));
    expect({ second, common }).toEqual({ second, common: [] });
    expect(second).toHaveLength(6);
  });

  it('is thrown away when it cannot be restored, and the VM boots all the same', { timeout: 400_000 }, async () => {
    await vm.stop();
    const about = JSON.parse(await readFile(join(home, 'snapshot/about.json'), 'utf8')) as { files: { state: { mtimeMs: number } } };
    const state = join(home, 'snapshot/state');
    await truncate(state, 100_000);
    const { size, mtimeMs } = await stat(state);
    await writeFile(join(home, 'snapshot/about.json'), JSON.stringify({ ...about, files: { ...about.files, state: { size, mtimeMs } } }));
    await vm.start();
    expect(phases()).toEqual(['requirements', 'disk', 'hypervisor', 'kernel', 'guest', 'engine']);
    expect(lines.join('\n')).toContain('snapshot is thrown away');
    expect((await engine('GET', '/volumes/kept')).status).toBe(200);
    expect(existsSync(state)).toBe(false);
  });
});
