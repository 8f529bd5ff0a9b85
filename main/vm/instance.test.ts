import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { VmFailureCode } from '../../contract/vm-state.ts';
import type { BootDeadlines } from './boot/boot-request.ts';
import { callEngine } from './channel/engine-call.ts';
import { VmStartError } from './start-error.ts';
import { healthyEngine } from './testing/fake-guest.ts';
import { bootsWell, type FakeDriverOptions, type FakeVm } from './testing/fake-driver.ts';
import { instanceFixture, until } from './testing/instance-fixture.ts';
import type { Vm } from './vm.ts';

const fixture = instanceFixture();
const { open } = fixture;

async function failureOf(vm: Vm) {
  const error = await vm.start().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VmStartError);
  const { state } = vm;
  if (state.status !== 'failed') throw new Error(`the state is ${state.status}`);
  return state.failure;
}

describe('a start', () => {
  it('goes through all phases in order, with times, to running', async () => {
    const { vm, states } = open();
    await vm.start();
    const { state } = vm;
    if (state.status !== 'running') throw new Error(state.status);
    expect(state).toMatchObject({ accelerator: 'tcg', engineVersion: '1.2.3' });
    expect(state.phases.map(({ id, status }) => `${id} ${status}`)).toEqual(['requirements done', 'disk done', 'hypervisor done', 'kernel done', 'guest done', 'engine done']);
    for (const [index, phase] of state.phases.entries()) {
      expect(phase.tookMs).toBeGreaterThanOrEqual(0);
      expect(phase.startedMs).toBeGreaterThanOrEqual(state.phases[index - 1]?.startedMs ?? 0);
    }
    expect(new Set(states.map(({ status }) => status))).toEqual(new Set(['starting', 'running']));
  });

  describe.runIf(process.platform === 'linux')('of a VM that can be kept', () => {
    const phasesOf = (vm: Vm) => {
      if (vm.state.status !== 'running') throw new Error(vm.state.status);
      return vm.state.phases.map(({ id, status }) => (status === 'done' ? id : `${id} ${status}`));
    };
    const cold = ['requirements', 'disk', 'hypervisor', 'kernel', 'guest', 'engine'];
    const parks = (vm: FakeVm) => {
      bootsWell(vm);
      vm.say('slipway: parked');
    };
    const kept = () => readFile(join(fixture.folder, 'home/snapshot/about.json'), 'utf8').then(
      (text) => 'files' in (JSON.parse(text) as object),
      () => false,
    );
    let identity: string;
    beforeEach(() => (identity = 'one'));

    it('keeps it, goes on with a copy, and restores it at later starts', async () => {
      const loaded: string[] = [];
      const orders: string[] = [];
      const { vm, driver } = open({ identity: () => identity, script: parks, load: async (file) => void loaded.push(await readFile(file, 'utf8')), launch: async ({ files, memory }) => {
        if (typeof memory === 'object') await writeFile(memory.file, memory.shared ? 'memory' : await readFile(memory.file));
        orders.push((await readFile(files.order, 'latin1')).split(' ')[0]!);
        expect((await stat(files.order)).size).toBe(32);
      } });
      await vm.start();
      expect(phasesOf(vm)).toEqual([...cold, 'snapshot', 'restore']);
      await expect.poll(kept).toBe(true);
      await vm.stop();
      await vm.start();
      expect(phasesOf(vm)).toEqual(['requirements', 'disk', 'hypervisor', 'restore', 'engine']);
      expect([orders, loaded, driver.vms.length]).toEqual([['park', 'go', 'go'], ['state of VM 0', 'state of VM 0'], 3]);
    });

    it('boots cold when it cannot be restored, and tries no more after the second time', async () => {
      const { vm, lines } = open({ identity: () => identity, script: parks, load: () => Promise.reject(new Error('no such device')), launch: async ({ memory }) => {
        if (typeof memory === 'object' && memory.shared) await writeFile(memory.file, 'memory');
      } });
      for (const route of ['making', 'making', 'cold']) {
        await vm.start();
        expect(phasesOf(vm), route).toEqual(cold);
        expect(await kept()).toBe(false);
        await vm.stop();
      }
      expect(lines.filter((line) => line.includes('thrown away, and the VM boots cold: no such device'))).toHaveLength(2);
    });

    it('keeps another one when anything about it changed', async () => {
      const { vm } = open({ identity: () => identity, script: parks, launch: async ({ memory }) => {
        if (typeof memory === 'object' && memory.shared) await writeFile(memory.file, 'memory');
      } });
      await vm.start();
      await expect.poll(kept).toBe(true);
      await vm.stop();
      identity = 'another QEMU';
      await vm.start();
      expect(phasesOf(vm)).toContain('snapshot');
    });
  });

  it('leaves a new 0600 key, which is not the one of the start before', async () => {
    const { vm } = open();
    const key = join(fixture.folder, 'home/run/instance.key');
    await vm.start();
    const first = await readFile(key);
    expect([first.length, (await stat(key)).mode & 0o777]).toEqual([32, 0o600]);
    await vm.stop();
    await vm.start();
    expect((await readFile(key)).equals(first)).toBe(false);
  });

  it('can be called again while it runs, and by two at once', async () => {
    const { vm, driver } = open();
    await Promise.all([vm.start(), vm.start()]);
    await vm.start();
    expect(driver.vms).toHaveLength(1);
  });

  it('makes streams wait for it', async () => {
    const { vm } = open();
    const started = vm.start();
    const answer = await callEngine(() => vm.openStream({ kind: 'api' }), 'GET', '/_ping', AbortSignal.timeout(5000));
    expect([answer, vm.state.status]).toMatchObject([{ status: 200, body: 'OK' }, 'running']);
    await started;
  });

  it('that is stopped in the middle ends the VM and is no failure', async () => {
    const { vm, driver } = open({ script: (fake) => fake.say('slipway: kernel') });
    const started = vm.start().catch((error: Error) => error.message);
    await until(vm, 'starting');
    await vm.stop();
    expect(await started).toBe('The start was cancelled.');
    expect(vm.state).toEqual({ status: 'stopped' });
    await expect(stat(join(fixture.folder, 'home/run/lock'))).rejects.toThrow('ENOENT');
    expect(driver.vms.length).toBeLessThanOrEqual(1);
  });
});

describe('the watchdog', () => {
  it('starts again without acceleration when the guest hangs under it, and says so', async () => {
    const { vm, driver, lines } = open({ accelerators: ['kvm', 'tcg'], script: (fake) => (fake.accelerator === 'tcg' ? bootsWell(fake) : undefined) }, { acceleratedKernelMs: 100 });
    await vm.start();
    expect(driver.vms.map(({ accelerator }) => accelerator)).toEqual(['kvm', 'tcg']);
    if (vm.state.status !== 'running') throw new Error(vm.state.status);
    expect(vm.state.accelerator).toBe('tcg');
    expect(vm.state.phases[2]?.detail).toMatch(/^Fake 1.0, TCG; KVM did not work: The VM hangs while it boots: its kernel did not reach user space within \d+ s\.$/);
    expect(lines.join('\n')).toContain('Trying TCG');
  });

  it('does so for a guest that dies in its kernel, and not for one that got further', async () => {
    const dies = open({ accelerators: ['kvm', 'tcg'], script: (fake) => (fake.accelerator === 'tcg' ? bootsWell(fake) : fake.exit({ code: 1, signal: null })) });
    await dies.vm.start();
    expect(dies.driver.vms).toHaveLength(2);
    await dies.vm.stop();
    const later = open({ accelerators: ['kvm', 'tcg'], script: (fake) => fake.say('slipway: kernel') }, { guestMs: 100 });
    expect(await failureOf(later.vm)).toMatchObject({ code: 'boot-timeout', phase: 'guest' });
    expect(later.driver.vms).toHaveLength(1);
  });
});

describe('a start that fails', () => {
  const cases: [code: VmFailureCode, phase: string, message: RegExp, options: FakeDriverOptions, deadlines?: Partial<BootDeadlines>][] = [
    ['boot-timeout', 'kernel', /hangs while it boots: its kernel did not reach user space/, { script: () => undefined }, { kernelMs: 100 }],
    ['boot-timeout', 'guest', /its root file system did not come up/, { script: (vm) => vm.say('slipway: kernel') }, { guestMs: 100 }],
    [
      'vm-died',
      'guest',
      /Kernel panic - not syncing: no init/,
      {
        script: (vm) => {
          vm.say('slipway: kernel');
          vm.say('[    1.2] Kernel panic - not syncing: no init');
          setTimeout(() => vm.exit({ code: 0, signal: null }), 50);
        },
      },
    ],
    ['image-corrupt', 'kernel', /the root file system could not be mounted/, { script: (vm) => vm.say('slipway: failed the root file system could not be mounted: the VM image is damaged') }],
    ['data-disk-damaged', 'guest', /data\.qcow2 cannot be used: it holds something that is no ext4/, { script: (vm) => (bootsWell(vm), vm.say('slipway: failed data disk: it holds something that is no ext4 file system')) }],
    ['engine-died', 'engine', /ends again and again/, { script: (vm) => (vm.guest.killEngine(), bootsWell(vm), [1, 2, 3, 4].forEach(() => vm.say('slipway: the engine ended with status 1; it is started again'))) }],
    ['engine-timeout', 'engine', /its engine did not answer within/, { script: (vm) => (vm.guest.killEngine(), bootsWell(vm)) }, { engineMs: 100 }],
  ];

  it.each(cases)('says %s in phase %s', async (code, phase, message, options, deadlines) => {
    const { vm, driver } = open(options, deadlines);
    const failure = await failureOf(vm);
    expect(failure).toMatchObject({ code, phase });
    expect(failure.message).toMatch(message);
    expect(failure.steps.length).toBeGreaterThan(0);
    expect(failure.lastLines.length).toBeGreaterThan(0);
    // Nothing stays behind, so that trying again is possible.
    await expect(stat(join(fixture.folder, 'home/run/lock'))).rejects.toThrow('ENOENT');
    expect(driver.vms).toHaveLength(1);
  });

  it('blames the image when its files changed, whatever the boot looked like', async () => {
    const { vm } = open({ script: () => undefined }, { kernelMs: 100 });
    await failureOf(vm);
    // As a bad sector would have it: other bytes, and nothing that the record of earlier checks could notice.
    const kernel = join(fixture.folder, 'image/kernel');
    await writeFile(kernel, 'CONTENT of kernel');
    const record = join(fixture.folder, 'home/verified-image.json');
    const verified = JSON.parse(await readFile(record, 'utf8')) as Record<string, { mtimeMs: number }>;
    Object.assign(verified[kernel] ?? {}, { mtimeMs: (await stat(kernel)).mtimeMs });
    await writeFile(record, JSON.stringify(verified));
    const failure = await failureOf(vm);
    expect(failure).toMatchObject({ code: 'image-corrupt', phase: 'kernel' });
    expect(failure.message).toContain('kernel does not have the checksum');
    expect(failure.steps[0]?.command).toBe('npm run vm:image');
  });

  it('can be tried again', async () => {
    let broken = true;
    const { vm } = open({ script: (fake) => (broken ? fake.say('slipway: failed for a moment') : bootsWell(fake)) });
    await failureOf(vm);
    broken = false;
    await vm.start();
    expect(vm.state.status).toBe('running');
  });
});

describe('a second instance', () => {
  it('of the same home is refused with the process that has it, and does not touch it', async () => {
    const first = open();
    await first.vm.start();
    const second = open();
    const failure = await failureOf(second.vm);
    expect(failure).toMatchObject({ code: 'already-running', phase: 'requirements' });
    expect(failure.message).toContain(`process ${process.pid}`);
    expect([first.vm.state.status, second.driver.vms.length]).toEqual(['running', 0]);
    await second.vm.stop();
    const answer = await callEngine(() => first.vm.openStream({ kind: 'api' }), 'GET', '/_ping', AbortSignal.timeout(5000));
    expect(answer.status).toBe(200);
  });
});

describe('a running VM', () => {
  it('that is killed fails with vm-died, and starts again', async () => {
    const { vm, driver } = open();
    await vm.start();
    driver.vms[0]?.exit({ code: null, signal: 'SIGKILL' });
    const state = await until(vm, 'failed');
    expect(state).toMatchObject({ failure: { code: 'vm-died', message: 'The VM ended unexpectedly: its process was ended by SIGKILL.', lastLines: expect.arrayContaining(['slipway: guest']) } });
    await expect(vm.openStream({ kind: 'api' })).rejects.toThrow('The VM does not run (it is failed).');
    await vm.start();
    expect(vm.state.status).toBe('running');
  });

  it('outlives the death of its engine: streams wait for the next one', async () => {
    const { vm, driver } = open();
    await vm.start();
    const guest = driver.vms[0]?.guest;
    const open1 = await vm.openStream({ kind: 'port', protocol: 'tcp', hostIp: '', hostPort: 7 });
    const lost = new Promise((resolve) => open1.once('error', resolve));
    guest?.killEngine();
    driver.vms[0]?.portsOpen(false);
    await lost;
    guest?.startEngine();
    const answer = await callEngine(() => vm.openStream({ kind: 'api' }), 'GET', '/_ping', AbortSignal.timeout(15_000));
    expect([answer.status, vm.state.status]).toEqual([200, 'running']);
  });

  it('whose engine dies again and again fails with engine-died and the last lines', async () => {
    const { vm, driver } = open();
    await vm.start();
    for (let i = 0; i < 6; i++) driver.vms[0]?.say('slipway: the engine ended with status 134; it is started again');
    const state = await until(vm, 'failed');
    expect(state).toMatchObject({ failure: { code: 'engine-died' } });
    if (state.status === 'failed') expect(state.failure.lastLines.join('\n')).toContain('status 134');
  });

  it('that stands still on a full disk says so, and goes on when there is space', async () => {
    const { vm, driver, states } = open();
    await vm.start();
    driver.vms[0]?.diskFull();
    const disk = () => (vm.state.status === 'running' ? vm.state.phases[1]?.detail : undefined);
    expect(disk()).toContain('the disk of this computer is full');
    await new Promise<void>((resolve) => {
      vm.onState(() => (disk()?.includes('space again') === true ? resolve() : undefined));
    });
    expect([driver.vms[0]?.resumed, states.some(({ status }) => status === 'failed')]).toEqual([1, false]);
  });

  it('has its data disk made larger when the settings ask for more, and never smaller', async () => {
    const asked: string[] = [];
    let answer = 200;
    const { vm, driver, lines } = open({
      grow: (bytes) => Promise.resolve(void asked.push(`disk ${bytes}`)),
      api: (request, response) => {
        if (request.url?.startsWith('/slipway/grow-disk') !== true) return healthyEngine(() => driver.vms[0]?.exit({ code: 0, signal: null }))(request, response);
        asked.push(`engine ${request.url}`);
        response.writeHead(answer).end('no room');
      },
    });
    await vm.growDisk();
    await vm.start();
    fixture.diskGiB = 0.5;
    await vm.growDisk();
    expect(asked).toEqual([]);
    fixture.diskGiB = 2;
    await Promise.all([vm.growDisk(), vm.growDisk()]);
    expect(asked.splice(0)).toEqual([`disk ${2 * 1024 ** 3}`, `engine /slipway/grow-disk?bytes=${2 * 1024 ** 3}`]);
    expect(vm.state).toMatchObject({ phases: expect.arrayContaining([expect.objectContaining({ id: 'disk', detail: '2 GiB, made larger while it ran' })]) });
    [answer, fixture.diskGiB] = [500, 3];
    await expect(vm.growDisk()).rejects.toMatchObject({ message: 'The data disk could not be made larger: the engine answered 500: no room', hint: 'It will be at the next start of the engine.' });
    expect([vm.state.status, driver.vms.length, lines]).toEqual(['running', 1, []]);
  });

  it('is powered off through its engine, and by force when that does not obey', async () => {
    const polite = open();
    await polite.vm.start();
    await polite.vm.stop();
    expect(polite.vm.state.status).toBe('stopped');
    expect(polite.lines.join('\n')).not.toContain('could not be powered off');
    const rude = open({ api: (request, response) => (request.url === '/slipway/power-off' ? response.writeHead(500).end('no') : response.end('{}')) });
    await rude.vm.start();
    await rude.vm.stop();
    expect(rude.vm.state.status).toBe('stopped');
    expect(rude.lines.join('\n')).toContain('could not be powered off in order: the engine answered 500: no');
  });
});

describe('recovery', () => {
  it('of the data disk keeps the old file beside the new one', async () => {
    const { vm } = open();
    await vm.start();
    await vm.recover('reset-data-disk');
    expect(vm.state.status).toBe('running');
    expect((await readdir(join(fixture.folder, 'home'))).filter((name) => name.startsWith('data.qcow2'))).toEqual(['data.qcow2', expect.stringMatching(/^data\.qcow2\.damaged-\d{4}-/)]);
  });

  it('of the image says what to type where it cannot be done from here', async () => {
    const { vm } = open();
    await expect(vm.recover('rebuild-image')).rejects.toThrow('npm run vm:image');
  });
});
