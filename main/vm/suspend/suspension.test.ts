import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { callEngine } from '../channel/engine-call.ts';
import type { FakeDriverOptions } from '../testing/fake-driver.ts';
import { instanceFixture, until } from '../testing/instance-fixture.ts';
import type { Vm } from '../vm.ts';

const fixture = instanceFixture();
const { open } = fixture;

describe('a VM that is suspended', () => {
  const ping = (vm: Vm) => callEngine(() => vm.openStream({ kind: 'api' }), 'GET', '/_ping', AbortSignal.timeout(5000)).then(({ status }) => status);
  const record = () => join(fixture.folder, 'home/suspended/about.json');
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
      expect(await exists(join(fixture.folder, 'home/run/lock'))).toBe(false);
      expect(before.guest.sessions).toEqual([]);
      await Promise.all([vm.wake(), vm.wake()]);
      expect(phasesOf(vm)).toEqual(resumed);
      expect(await ping(vm)).toBe(200);
      // Nothing is left that could be resumed once more.
      await expect.poll(() => exists(join(fixture.folder, 'home/suspended'))).toBe(false);
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
    ['a data disk that was written to', () => utimes(join(fixture.folder, 'home/data.qcow2'), 1, 1), null],
    ['a state that was cut', () => writeFile(join(fixture.folder, 'home/suspended/state'), 'half'), null],
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
