import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import type { VmState } from '../../../contract/vm-state.ts';
import type { BootDeadlines } from '../boot/boot-request.ts';
import { createVm } from '../create-vm.ts';
import type { Vm } from '../vm.ts';
import { createFakeDriver, writeFakeImage, type FakeDriver, type FakeDriverOptions } from './fake-driver.ts';

export interface OpenedInstance {
  vm: Vm;
  driver: FakeDriver;
  states: VmState[];
  lines: string[];
}

export interface InstanceFixture {
  /** New for each test; holds `home` and `image`. */
  readonly folder: string;
  /** What the settings say of the disk; 1 at the beginning of each test. */
  diskGiB: number;
  /** @param deadlines those that the test wants to be missed; all others are out of reach. */
  open(options?: FakeDriverOptions, deadlines?: Partial<BootDeadlines>, snapshots?: boolean): OpenedInstance;
}

/** VMs over fake drivers, all of a test in one home, stopped at its end. */
export function instanceFixture(): InstanceFixture {
  // Machines that run tests are busy.
  vi.setConfig({ testTimeout: 30_000 });
  let folder = '';
  const opened: Vm[] = [];
  const fixture: InstanceFixture = {
    get folder() {
      return folder;
    },
    diskGiB: 1,
    open(options = {}, deadlines = {}, snapshots = true) {
      const driver = createFakeDriver(options);
      const lines: string[] = [];
      const vm = createVm({
        home: join(folder, 'home'),
        imageDirectory: join(folder, 'image'),
        settings: () => ({ memoryMiB: 512, cpus: 1, diskGiB: fixture.diskGiB, acceleration: 'auto' }),
        driver,
        snapshots,
        deadlines: { acceleratedKernelMs: 20_000, kernelMs: 20_000, guestMs: 20_000, engineMs: 20_000, ...deadlines },
        log: (line) => lines.push(line),
      });
      opened.push(vm);
      const states: VmState[] = [];
      vm.onState((state) => states.push(state));
      return { vm, driver, states, lines };
    },
  };
  beforeEach(async () => {
    fixture.diskGiB = 1;
    folder = await mkdtemp(join(tmpdir(), 'slipway-instance-'));
    await writeFakeImage(join(folder, 'image'));
  });
  afterEach(async () => {
    for (const vm of opened.splice(0)) await vm.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return fixture;
}

export function until(vm: Vm, status: VmState['status']): Promise<VmState> {
  if (vm.state.status === status) return Promise.resolve(vm.state);
  return new Promise((resolve) => {
    const stop = vm.onState((state) => {
      if (state.status !== status) return;
      stop();
      resolve(state);
    });
  });
}
