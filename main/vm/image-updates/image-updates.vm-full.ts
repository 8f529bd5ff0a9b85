import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { callEngine } from '../channel/engine-call.ts';
import { createVm } from '../create-vm.ts';
import type { Vm } from '../vm.ts';

const imageDirectory = join(import.meta.dirname, '../../../vm-assets/out', process.arch === 'arm64' ? 'arm64' : 'amd64');

/** An image that is what its manifest says, and does not come up: its root file system is none. */
async function breakImage(folder: string): Promise<void> {
  await mkdir(folder);
  for (const name of ['kernel', 'initrd.cpio']) await cp(join(imageDirectory, name), join(folder, name));
  const root = randomBytes(4 * 1024 * 1024);
  await writeFile(join(folder, 'root.erofs'), root);
  const manifest = JSON.parse(await readFile(join(imageDirectory, 'manifest.json'), 'utf8')) as { version: string; key: string; files: Record<string, unknown> };
  const files = { ...manifest.files, 'root.erofs': { sha256: createHash('sha256').update(root).digest('hex'), size: root.length } };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, version: 'broken', key: 'broken', files }));
}

it('a really broken image gives way to the one that worked, with the data; it says so, and is not tried again', { timeout: 900_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-update-'));
  const lines: string[] = [];
  let vm: Vm | undefined;
  onTestFinished(async () => {
    await vm?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const open = (image: string) => createVm({ home: join(folder, 'home'), imageDirectory: image, settings: () => ({ memoryMiB: 1024, cpus: 2, diskGiB: 8, acceleration: 'auto' }), snapshots: false, log: (line) => lines.push(line) });
  const ask = (method: 'GET' | 'POST', path: string, body?: object) => callEngine(() => vm!.openStream({ kind: 'api' }), method, path, AbortSignal.timeout(300_000), body === undefined ? undefined : JSON.stringify(body));
  const requirements = () => ('phases' in vm!.state ? vm!.state.phases.find(({ id }) => id === 'requirements')?.detail : undefined);

  vm = open(imageDirectory);
  await vm.start();
  expect(await ask('POST', '/volumes/create', { Name: 'kept' })).toMatchObject({ status: 201 });
  await vm.stop();

  await breakImage(join(folder, 'broken'));
  vm = open(join(folder, 'broken'));
  const launches: string[] = [];
  vm.onState((state) => {
    if ('phases' in state) for (const { id, status } of state.phases) if (id === 'kernel' && status === 'running' && launches.at(-1) !== 'kernel') launches.push('kernel');
    if ('phases' in state && state.phases.every(({ id, status }) => id !== 'kernel' || status !== 'running')) launches.push('else');
  });
  const kernels = () => launches.filter((launch) => launch === 'kernel').length;
  await vm.start();
  expect(requirements()).toMatch(/as before: image broken did not come up \(The VM cannot start from its image in .*: the root file system could not be mounted/);
  expect(lines.join('\n')).toContain('which worked before, is started again');
  expect([await ask('GET', '/volumes/kept').then(({ status }) => status), kernels()]).toEqual([200, 2]);
  await vm.stop();
  await vm.start();
  expect(requirements()).toContain('as before: image broken did not come up');
  expect([await ask('GET', '/volumes/kept').then(({ status }) => status), kernels()]).toEqual([200, 3]);
});
