import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import type { DataArchive, DataDown } from '../../../contract/ipc.ts';
import { startTestEngine, type TestEngine } from '../../testing/test-engine.ts';
import { serveTestWindow } from '../../testing/test-services.ts';
import type { TestWindow } from '../../testing/test-window.ts';
import { createVm } from '../../vm/create-vm.ts';
import { createFakeDriver, fakeQcow2, writeFakeImage } from '../../vm/testing/fake-driver.ts';
import type { Vm } from '../../vm/vm.ts';

vi.setConfig({ testTimeout: 30_000 });

let folder: string;
let vm: Vm;
let engine: TestEngine;
let window: TestWindow;
const disk = Buffer.concat([fakeQcow2(), Buffer.from('what was here')]);
const down = (stream: number): DataDown[] => window.data(stream) as DataDown[];
const last = (stream: number): DataDown | undefined => down(stream).at(-1);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-data-'));
  await writeFakeImage(join(folder, 'image'));
  vm = createVm({
    home: join(folder, 'home'),
    imageDirectory: join(folder, 'image'),
    settings: () => ({ memoryMiB: 512, cpus: 1, diskGiB: 1, acceleration: 'auto' }),
    driver: createFakeDriver(),
    snapshots: false,
    deadlines: { acceleratedKernelMs: 20_000, kernelMs: 20_000, guestMs: 20_000, engineMs: 20_000 },
    log: () => undefined,
  });
  engine = await startTestEngine({});
  ({ window } = serveTestWindow(engine.client, { vm }));
  return async () => {
    await vm.stop();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  };
});

async function stream(id: number, channel: string, params: object): Promise<unknown> {
  window.open(id, channel, params);
  return (await window.end(id)).error;
}

it('stops the VM for an export, names its checksum, and takes it back where another disk was', async () => {
  await vm.start();
  const data = join(folder, 'home', 'data.qcow2');
  await writeFile(data, disk);
  const statuses: string[] = [];
  vm.onState(({ status }) => statuses.push(status));
  expect(await stream(1, 'data/export', { folder, name: 'mine.slipway' })).toBeUndefined();
  expect(down(1)[0]).toEqual({ type: 'stopping' });
  expect(last(1)).toMatchObject({ type: 'exported', archive: { name: 'mine.slipway', version: '0.0.0', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), diskBytes: disk.length } });
  await vi.waitFor(() => expect(vm.state.status).toBe('running'), { timeout: 20_000 });
  expect(statuses.slice(0, 2)).toEqual(['stopping', 'stopped']);

  const archives = (await window.request('data/archives', { folder })) as { ok: true; value: DataArchive[] };
  expect(archives.value.map(({ name }) => name)).toEqual(['mine.slipway']);

  await writeFile(data, Buffer.concat([fakeQcow2(), Buffer.from('something else')]));
  expect(await stream(2, 'data/import', { path: join(folder, 'mine.slipway') })).toBeUndefined();
  const { aside = '' } = last(2) as Extract<DataDown, { type: 'imported' }>;
  expect((await readFile(aside)).subarray(-14).toString()).toBe('something else');
  await vi.waitFor(() => expect(vm.state.status).toBe('running'), { timeout: 20_000 });
});

it('refuses what cannot go well before anything is stopped', async () => {
  await vm.start();
  await writeFile(join(folder, 'taken'), 'mine');
  expect(await stream(1, 'data/export', { folder, name: 'taken' })).toMatchObject({ kind: 'conflict' });
  expect(await stream(2, 'data/export', { folder: join(folder, 'nowhere'), name: 'x' })).toMatchObject({ kind: 'not-found' });
  expect(await stream(3, 'data/import', { path: join(folder, 'taken') })).toMatchObject({ kind: 'invalid', message: expect.stringContaining('is no export') });
  expect(await stream(4, 'data/import', { path: 'relative' })).toMatchObject({ kind: 'invalid' });
  expect(await stream(5, 'data/export', { folder, name: '../up' })).toMatchObject({ kind: 'invalid' });
  expect([vm.state.status, down(1), down(3)]).toEqual(['running', [], []]);
  expect(await window.request('data/archives', { folder: join(folder, 'nowhere') })).toMatchObject({ ok: false, error: { kind: 'not-found' } });
});

it('a start that is asked for meanwhile waits, and an export that is taken back leaves no file', async () => {
  await vm.start();
  await writeFile(join(folder, 'home', 'data.qcow2'), disk);
  let go: () => void = () => undefined;
  const hold = new Promise<void>((resolve) => (go = resolve));
  const order: string[] = [];
  const rest = vm.atRest(async () => {
    await hold;
    order.push('rest');
  });
  await vi.waitFor(() => expect(vm.state.status).toBe('stopped'));
  const started = vm.start().then(() => order.push('start'));
  go();
  await Promise.all([rest, started]);
  expect(order).toEqual(['rest', 'start']);

  window.open(9, 'data/export', { folder, name: 'half.slipway' });
  window.say({ type: 'close', stream: 9 });
  await window.end(9);
  await vi.waitFor(() => expect(vm.state.status).toBe('running'), { timeout: 20_000 });
  expect((await readdir(folder)).filter((name) => name.startsWith('half'))).toEqual([]);
});
