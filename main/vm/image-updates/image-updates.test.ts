import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { createVm } from '../create-vm.ts';
import { bootsWell, createFakeDriver, writeFakeImage, type FakeVm } from '../testing/fake-driver.ts';
import type { Vm } from '../vm.ts';

vi.setConfig({ testTimeout: 30_000 });

let folder: string;
let image: string;
/** Versions of the images that were launched, and those that do not come up. */
let launched: string[];
let broken: Set<string>;
let lines: string[];
let vm: Vm;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-updates-'));
  image = join(folder, 'image');
  [launched, broken, lines] = [[], new Set(), []];
  await offer('one');
  const driver = createFakeDriver({
    launch: async (request) => {
      launched.push(request.image.version);
      // What QEMU reads has to be whole, wherever it lies.
      expect(await readFile(request.image.root, 'utf8')).toBe(`content of root.erofs of ${request.image.version}`);
    },
    script: (booted: FakeVm) => {
      if (!broken.has(launched.at(-1) ?? '')) return bootsWell(booted);
      booted.say('slipway: kernel');
      booted.exit({ code: 1, signal: null });
    },
  });
  vm = createVm({
    ...{ home: join(folder, 'home'), imageDirectory: image, driver, snapshots: false },
    settings: () => ({ memoryMiB: 512, cpus: 1, diskGiB: 1, acceleration: 'auto' }),
    deadlines: { acceleratedKernelMs: 20_000, kernelMs: 20_000, guestMs: 20_000, engineMs: 20_000 },
    rebuildImage: () => offer('two'),
    log: (line) => lines.push(line),
  });
  return async () => {
    await vm.stop();
    await rm(folder, { recursive: true, force: true });
  };
});

/** As builds and installers do: new files in the place of the old ones. */
async function offer(version: string): Promise<void> {
  await rm(image, { recursive: true, force: true });
  await writeFakeImage(image, version);
}

async function startAndStop(): Promise<string> {
  await vm.start();
  const { state } = vm;
  if (state.status !== 'running') throw new Error(state.status);
  // Resolves once what works is kept.
  await vm.stop();
  return state.phases.find(({ id }) => id === 'requirements')?.detail ?? '';
}

it('a new image that comes up takes the place of the one before', async () => {
  expect(await startAndStop()).toBe('Fake 1.0, image one');
  const [kept] = (await readdir(join(folder, 'home/images'))).filter((name) => name !== 'about.json');
  await offer('two');
  expect(await startAndStop()).toBe('Fake 1.0, image two');
  expect(launched).toEqual(['one', 'two']);
  const now = (await readdir(join(folder, 'home/images'))).filter((name) => name !== 'about.json');
  expect([now.length, now.includes(kept ?? '')]).toEqual([1, false]);
});

it('a new image that does not come up gives way to the old one by itself, which says so, and is not tried again', async () => {
  await startAndStop();
  await offer('two');
  broken.add('two');
  expect(await startAndStop()).toMatch(/^Fake 1\.0, image one, as before: image two did not come up \(The VM ended.*\)$/);
  expect(launched).toEqual(['one', 'two', 'one']);
  expect(lines).toContainEqual(expect.stringMatching(/^image two did not come up .*; image one, which worked before, is started again$/));
  expect(await startAndStop()).toContain('image two did not come up');
  expect(launched).toEqual(['one', 'two', 'one', 'one']);
  // The next one is another matter.
  await offer('three');
  expect(await startAndStop()).toBe('Fake 1.0, image three');
});

it('is tried again when a person has it built anew', async () => {
  await startAndStop();
  await offer('two');
  broken.add('two');
  await startAndStop();
  broken.clear();
  await vm.recover('rebuild-image');
  expect(launched.at(-1)).toBe('two');
});

it('fails where there is nothing to go back to, and where another image would change nothing', async () => {
  broken.add('one');
  await expect(vm.start()).rejects.toMatchObject({ failure: { code: 'vm-died' } });
  broken.clear();
  await startAndStop();
  await offer('two');
  await writeFile(join(image, 'kernel'), 'damaged');
  await expect(vm.start()).rejects.toMatchObject({ failure: { code: 'image-corrupt', phase: 'requirements' } });
  await rm(join(folder, 'home/data.qcow2'));
  await writeFile(join(folder, 'home/data.qcow2'), 'no disk');
  await offer('three');
  await expect(vm.start()).rejects.toMatchObject({ failure: { code: 'data-disk-damaged' } });
  expect(launched).toEqual(['one', 'one']);
});

it('boots what is offered where nothing can be kept, and says that', async () => {
  await mkdir(join(folder, 'home'));
  await writeFile(join(folder, 'home/images'), 'in the way');
  await vm.start();
  await expect.poll(() => lines).toContainEqual(expect.stringContaining('could not be kept for later'));
});
