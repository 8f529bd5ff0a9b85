import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VmFailure } from '../../../contract/vm-state.ts';
import { createVm } from '../create-vm.ts';
import { readDiskHeader } from '../home/disk-header.ts';
import { instanceFiles, makeInstanceFolders } from '../home/instance-files.ts';
import { VmStartError } from '../start-error.ts';
import { writeFakeImage } from '../testing/fake-driver.ts';
import { FakeGuest, healthyEngine } from '../testing/fake-guest.ts';
import { writeFakePowershell, type FakeAnswers, type FakePowershell } from '../testing/fake-powershell.ts';
import type { Vm } from '../vm.ts';
import { createHypervDriver } from './hyperv-driver.ts';

vi.setConfig({ testTimeout: 30_000 });

const facts = { module: true, service: true, hypervisor: true, allowed: true, registered: true, version: '10.0.22631', edition: 48 };
let folder: string;
let home: string;
let powershell: FakePowershell;
let vm: Vm;
let guest: FakeGuest | undefined;
let diskGiB: number;

const answer = (answers: Partial<FakeAnswers>) => writeFile(join(folder, 'bin/answers.json'), JSON.stringify({ facts, ...answers }));
const touch = (name: string) => writeFile(join(folder, 'bin', name), '');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-hyperv-'));
  home = join(folder, 'home');
  diskGiB = 1;
  powershell = await writeFakePowershell(join(folder, 'bin'));
  await answer({});
  await writeFakeImage(join(folder, 'image'), 'test', ['boot.vhdx']);
  const driver = createHypervDriver({ platform: process.platform, environment: powershell.environment });
  vm = createVm({ home, imageDirectory: join(folder, 'image'), settings: () => ({ memoryMiB: 2048, cpus: 2, diskGiB, acceleration: 'auto' }), driver });
});

afterEach(async () => {
  await vm.stop();
  await guest?.close();
  guest = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** The guest's half listens where Hyper-V would, once the home is there. */
async function start(engine = healthyEngine(() => void touch('off'))): Promise<void> {
  await answer({});
  const files = instanceFiles(home, 'vhdx');
  const started = vm.start();
  await vi.waitFor(() => expect(existsSync(files.key)).toBe(true), { timeout: 20_000, interval: 5 });
  guest = await FakeGuest.listen(files.channelSockets, () => readFileSync(files.key), engine);
  await started;
}

async function refused(answers: Partial<FakeAnswers>): Promise<VmFailure> {
  await answer(answers);
  const error = await vm.start().catch((reason: unknown) => reason);
  if (!(error instanceof VmStartError)) throw new Error('it was not refused', { cause: error });
  return error.failure;
}

describe('a VM of Hyper-V', () => {
  it('starts, grows its disk, says that its disk is full, and is off after its stop', async () => {
    await start();
    expect(vm.state).toMatchObject({ status: 'running', accelerator: 'hyperv', engineVersion: '1.2.3' });
    expect((await readDiskHeader(join(home, 'data.vhdx')))?.virtualSize).toBe(1024 ** 3);

    diskGiB = 2;
    await expect(vm.growDisk()).rejects.toThrow('the engine answered 404');
    expect((await readDiskHeader(join(home, 'data.vhdx')))?.virtualSize).toBe(2 * 1024 ** 3);
    diskGiB = 2 ** 20;
    await expect(vm.growDisk()).rejects.toThrow('Die Größe ist zu groß. (0x80070057)');

    await touch('full');
    await expect.poll(() => JSON.stringify(vm.state)).toContain('the disk of this computer is full');
    await expect.poll(() => JSON.stringify(vm.state), { timeout: 10_000 }).toContain('there is space again');

    await expect(vm.suspend()).rejects.toThrow('cannot be suspended on this computer');
    await vm.stop();
    expect(vm.state.status).toBe('stopped');
    // An update that does not come up gives way to what Hyper-V can boot.
    const [kept = ''] = (await readdir(join(home, 'images'))).filter((name) => name !== 'about.json');
    expect(await readdir(join(home, 'images', kept))).toContain('boot.vhdx');
    const asked = (await powershell.recorded()).filter((entry) => entry.startsWith('asked ')).map((entry) => (JSON.parse(entry.slice(6)) as { verb: string }).verb);
    expect(asked).toEqual(['grow', 'grow', 'resume']);
  });

  it('has its key on a disk of its own, and in no script and on no command line', async () => {
    await start();
    const key = (await readFile(join(home, 'run/instance.key'))).toString('hex');
    const recorded = await powershell.recorded();
    const [seed = ''] = recorded.filter((entry) => entry.startsWith('seed '));
    expect(Buffer.from(seed.slice(5), 'hex').toString('latin1', 0, 15)).toBe('slipway seed 1\n');
    expect(seed.slice(5 + 512 * 2, 5 + 512 * 2 + 64)).toBe(key);
    expect(Buffer.from(seed.slice(5 + 1024 * 2), 'hex').toString('latin1')).toMatch(/^go \d+ +\n/);
    expect(recorded.filter((entry) => !entry.startsWith('seed ') && entry.includes(key))).toEqual([]);
    for (const entry of recorded.filter((text) => text.startsWith('-'))) expect(entry).toMatch(/^-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -InputFormat None -EncodedCommand\n\$ErrorActionPreference = 'Stop'/);
  });

  it('is ended with the PowerShell that has it, which ends with its input', async () => {
    await start((request, response) => (request.url === '/slipway/power-off' ? response.writeHead(500).end() : healthyEngine()(request, response)));
    await vm.stop();
    // The engine did not switch it off: it was asked to go.
    expect((await powershell.recorded()).at(-1)).toMatch(/^asked .*"quit"/);
    expect(vm.state.status).toBe('stopped');
  });

  it('that ends by itself is a VM that died', async () => {
    await start();
    await touch('off');
    await expect.poll(() => vm.state.status).toBe('failed');
    expect(vm.state).toMatchObject({ failure: { code: 'vm-died' } });
  });
});

describe('Hyper-V is refused with a way out', () => {
  it('when this user may not use it, and nothing else is asked', async () => {
    expect(await refused({ facts: { ...facts, allowed: false } })).toMatchObject({ code: 'hyperv-missing', phase: 'requirements', message: 'This user may not use Hyper-V.' });
    expect(await powershell.recorded()).toHaveLength(1);
  });

  it('when there is no PowerShell', async () => {
    await rm(join(folder, 'bin/powershell.exe'));
    expect(await refused({})).toMatchObject({ code: 'hyperv-missing', message: expect.stringContaining('powershell.exe does not run') });
  });

  it('when the image has nothing that it could boot', async () => {
    await writeFakeImage(join(folder, 'image'));
    expect(await refused({})).toMatchObject({ code: 'image-missing', message: expect.stringContaining('boot.vhdx') });
  });

  it('when it cannot make the VM, and none is left', async () => {
    const driver = createHypervDriver({ platform: process.platform, environment: powershell.environment });
    const files = instanceFiles(home, 'vhdx');
    await makeInstanceFolders(files);
    await (await driver.locate('amd64', files)).createDisk(files.dataDisk, 1024 ** 3);
    const error = { message: 'Nicht genügend Arbeitsspeicher. (0x8007000E)', id: 'OutOfMemory,Microsoft.HyperV.PowerShell.Commands.StartVM', category: 'ResourceUnavailable' };
    expect(await refused({ error })).toMatchObject({ code: 'hyperv-failed', phase: 'hypervisor', message: 'Hyper-V could not get the memory that the settings give to the VM.' });
    expect(existsSync(files.lock)).toBe(false);
  });
});
