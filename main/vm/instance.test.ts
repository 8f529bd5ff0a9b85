import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VmFailureCode, VmState } from '../../contract/vm-state.ts';
import type { BootDeadlines } from './boot.ts';
import { callEngine } from './channel/engine-call.ts';
import { createVm } from './create-vm.ts';
import { VmStartError } from './start-error.ts';
import { healthyEngine } from './testing/fake-guest.ts';
import { bootsWell, createFakeDriver, writeFakeImage, type FakeDriver, type FakeDriverOptions, type FakeVm } from './testing/fake-driver.ts';
import type { Vm } from './vm.ts';

// Machines that run tests are busy.
vi.setConfig({ testTimeout: 30_000 });

let folder: string;
let diskGiB: number;
const opened: Vm[] = [];

beforeEach(async () => {
  diskGiB = 1;
  folder = await mkdtemp(join(tmpdir(), 'slipway-instance-'));
  await writeFakeImage(join(folder, 'image'));
});

afterEach(async () => {
  for (const vm of opened.splice(0)) await vm.stop();
  await rm(folder, { recursive: true, force: true });
});

/** @param deadlines those that the test wants to be missed; all others are out of reach. */
function open(options: FakeDriverOptions = {}, deadlines: Partial<BootDeadlines> = {}, snapshots = true): { vm: Vm; driver: FakeDriver; states: VmState[]; lines: string[] } {
  const driver = createFakeDriver(options);
  const lines: string[] = [];
  const vm = createVm({
    home: join(folder, 'home'),
    imageDirectory: join(folder, 'image'),
    settings: () => ({ memoryMiB: 512, cpus: 1, diskGiB, acceleration: 'auto' }),
    driver,
    snapshots,
    deadlines: { acceleratedKernelMs: 20_000, kernelMs: 20_000, guestMs: 20_000, engineMs: 20_000, ...deadlines },
    log: (line) => lines.push(line),
  });
  opened.push(vm);
  const states: VmState[] = [];
  vm.onState((state) => states.push(state));
  return { vm, driver, states, lines };
}

function until(vm: Vm, status: VmState['status']): Promise<VmState> {
  if (vm.state.status === status) return Promise.resolve(vm.state);
  return new Promise((resolve) => {
    const stop = vm.onState((state) => {
      if (state.status !== status) return;
      stop();
      resolve(state);
    });
  });
}

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
    const kept = () => readFile(join(folder, 'home/snapshot/about.json'), 'utf8').then(
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
    const key = join(folder, 'home/run/instance.key');
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
    await expect(stat(join(folder, 'home/run/lock'))).rejects.toThrow('ENOENT');
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
    expect(vm.state.phases[2]?.detail).toBe('Fake 1.0, TCG; KVM did not work: The VM hangs while it boots: its kernel did not reach user space within 0 s.');
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
    await expect(stat(join(folder, 'home/run/lock'))).rejects.toThrow('ENOENT');
    expect(driver.vms).toHaveLength(1);
  });

  it('blames the image when its files changed, whatever the boot looked like', async () => {
    const { vm } = open({ script: () => undefined }, { kernelMs: 100 });
    await failureOf(vm);
    // As a bad sector would have it: other bytes, and nothing that the record of earlier checks could notice.
    const kernel = join(folder, 'image/kernel');
    await writeFile(kernel, 'CONTENT of kernel');
    const record = join(folder, 'home/verified-image.json');
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
    diskGiB = 0.5;
    await vm.growDisk();
    expect(asked).toEqual([]);
    diskGiB = 2;
    await Promise.all([vm.growDisk(), vm.growDisk()]);
    expect(asked.splice(0)).toEqual([`disk ${2 * 1024 ** 3}`, `engine /slipway/grow-disk?bytes=${2 * 1024 ** 3}`]);
    expect(vm.state).toMatchObject({ phases: expect.arrayContaining([expect.objectContaining({ id: 'disk', detail: '2 GiB, made larger while it ran' })]) });
    [answer, diskGiB] = [500, 3];
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
    expect((await readdir(join(folder, 'home'))).filter((name) => name.startsWith('data.qcow2'))).toEqual(['data.qcow2', expect.stringMatching(/^data\.qcow2\.damaged-\d{4}-/)]);
  });

  it('of the image says what to type where it cannot be done from here', async () => {
    const { vm } = open();
    await expect(vm.recover('rebuild-image')).rejects.toThrow('npm run vm:image');
  });
});

describe('a VM that is suspended', () => {
  const ping = (vm: Vm) => callEngine(() => vm.openStream({ kind: 'api' }), 'GET', '/_ping', AbortSignal.timeout(5000)).then(({ status }) => status);
  const record = () => join(folder, 'home/suspended/about.json');
  const exists = (path: string) => stat(path).then(
    () => true,
    () => false,
  );
  const phasesOf = (vm: Vm) => ('phases' in vm.state ? vm.state.phases.map(({ id, status }) => (status === 'done' ? id : `${id} ${status}`)) : []);
  const resumed = ['requirements', 'disk', 'hypervisor', 'resume', 'engine'];
  const cold = ['requirements', 'disk', 'hypervisor', 'kernel', 'guest', 'engine'];
  let running: number;
  const suspendable = (options: FakeDriverOptions = {}): FakeDriverOptions => ({ identity: () => 'one', running: () => running, ...options });
  const openSuspendable = (options: FakeDriverOptions = {}) => open(suspendable(options), {}, false);
  beforeEach(() => (running = 0));

  it('has no process and no lock, and goes on where it was when it is woken; a second time too', async () => {
    const loaded: string[] = [];
    const { vm, driver, states } = openSuspendable({ load: async (file) => void loaded.push(await readFile(file, 'utf8')) });
    await vm.start();
    for (const round of [1, 2]) {
      running = round;
      const [before] = [driver.vms.at(-1)!];
      await vm.suspend();
      expect(vm.state).toMatchObject({ status: 'suspended', containers: round });
      expect(await exists(join(folder, 'home/run/lock'))).toBe(false);
      expect(before.guest.sessions).toEqual([]);
      await Promise.all([vm.wake(), vm.wake()]);
      expect(phasesOf(vm)).toEqual(resumed);
      expect(await ping(vm)).toBe(200);
      // Nothing is left that could be resumed once more.
      await expect.poll(() => exists(join(folder, 'home/suspended'))).toBe(false);
    }
    expect(loaded).toEqual(['all of VM 0', 'all of VM 1']);
    expect(driver.vms).toHaveLength(3);
    const order = states.map(({ status }) => status).filter((status, index, all) => status !== all[index - 1]);
    expect(order.slice(-4)).toEqual(['suspending', 'suspended', 'resuming', 'running']);
  });

  it('is not woken by whoever only listens, and refuses streams meanwhile', async () => {
    const { vm, driver } = openSuspendable();
    await vm.start();
    await vm.suspend();
    await expect(vm.openStream({ kind: 'api' })).rejects.toThrow('The VM does not run (it is suspended).');
    expect(driver.vms).toHaveLength(1);
  });

  it('runs on at once when it is needed while it is being written', async () => {
    const { vm, driver } = openSuspendable({ suspend: (signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))) });
    await vm.start();
    const suspended = vm.suspend().catch((error: Error) => error.message);
    await until(vm, 'suspending');
    await vm.wake();
    expect(await suspended).toBe('The VM was needed, and runs on.');
    expect([vm.state.status, driver.vms.length, await ping(vm), await exists(record())]).toEqual(['running', 1, 200, false]);
  });

  it('runs on when it cannot be written, and says why', async () => {
    const { vm, lines } = openSuspendable({ suspend: () => Promise.reject(new Error('no space left on device')) });
    await vm.start();
    await expect(vm.suspend()).rejects.toThrow('The VM could not be suspended: no space left on device');
    expect([vm.state.status, await ping(vm)]).toEqual(['running', 200]);
    expect(lines.join('\n')).toContain('could not be suspended, and runs on');
  });

  it('that dies while it is written is a VM that died', async () => {
    const { vm, driver } = openSuspendable({ suspend: () => (driver.vms[0]?.exit({ code: null, signal: 'SIGKILL' }), Promise.reject(new Error('QEMU closed its control socket'))) });
    await vm.start();
    await expect(vm.suspend()).rejects.toThrow('QEMU closed its control socket');
    expect(await until(vm, 'failed')).toMatchObject({ failure: { code: 'vm-died' } });
    await vm.start();
    expect(phasesOf(vm)).toEqual(cold);
  });

  const doubts: [what: string, spoil: (driver: { identity: string }) => Promise<void>, words: RegExp | null][] = [
    ['another QEMU', (driver) => Promise.resolve(void (driver.identity = 'two')), /not what it was/],
    // The memory knows what was on the disk: with another one it would destroy both.
    ['a data disk that was written to', () => utimes(join(folder, 'home/data.qcow2'), 1, 1), null],
    ['a state that was cut', () => writeFile(join(folder, 'home/suspended/state'), 'half'), null],
    ['a record that is torn', () => writeFile(record(), '{"identity": "o'), null],
  ];
  it.each(doubts)('is thrown away for %s, and the VM boots cold', async (_what, spoil, words) => {
    const known = { identity: 'one' };
    const { vm, lines } = openSuspendable({ identity: () => known.identity });
    await vm.start();
    await vm.suspend();
    await spoil(known);
    await vm.wake();
    expect(phasesOf(vm)).toEqual(cold);
    expect(await exists(record())).toBe(false);
    if (words !== null) expect(lines.join('\n')).toMatch(words);
  });

  it('is thrown away when it cannot be loaded', async () => {
    const { vm, lines } = openSuspendable({ load: () => Promise.reject(new Error('Unknown savevm section')) });
    await vm.start();
    await vm.suspend();
    await vm.wake();
    expect(phasesOf(vm)).toEqual(cold);
    expect(lines.join('\n')).toContain('the suspended VM cannot go on, and is started anew: Unknown savevm section');
  });

  it('has lost its record before it goes on, so that no memory is ever resumed twice', async () => {
    const { vm } = openSuspendable({ load: async () => expect(await exists(record())).toBe(true) });
    await vm.start();
    await vm.suspend();
    const states: boolean[] = [];
    vm.onState(({ status }) => void (status === 'running' && exists(record()).then((there) => states.push(there))));
    await vm.wake();
    await expect.poll(() => states).toEqual([false]);
  });

  it('stays suspended over the end of the app, with the settings it has', async () => {
    running = 1;
    const first = openSuspendable();
    await first.vm.start();
    await first.vm.suspend();
    await first.vm.stop({ keepSuspended: true });
    expect(first.vm.state).toEqual({ status: 'stopped' });
    const launches: (number | string | undefined)[] = [];
    const second = openSuspendable({ launch: ({ settings, memory }) => Promise.resolve(void launches.push(settings.memoryMiB, typeof memory === 'string' ? memory : undefined)) });
    await second.vm.start();
    expect(phasesOf(second.vm)).toEqual(resumed);
    expect(launches).toEqual([512, 'from-state']);
  });

  it('is resumed to be told to end when containers ran in it, and only thrown away when none did', async () => {
    for (const count of [0, 1]) {
      running = count;
      const { vm, driver, lines } = openSuspendable();
      await vm.start();
      await vm.suspend();
      await vm.stop();
      expect([vm.state.status, driver.vms.length, await exists(record())]).toEqual(['stopped', 1 + count, false]);
      expect(lines.join('\n')).not.toContain('could not be powered off');
    }
  });

  it('cannot be where VMs cannot be kept', async () => {
    const { vm } = open();
    await vm.start();
    await expect(vm.suspend()).rejects.toThrow('cannot be suspended on this computer');
    expect(vm.state.status).toBe('running');
  });
});
