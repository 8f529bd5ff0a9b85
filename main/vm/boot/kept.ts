import { rm } from 'node:fs/promises';
import type { GuestConnection } from '../channel/guest-connection.ts';
import { endVm } from '../end-vm.ts';
import { freeSpace } from '../home/data-disk.ts';
import { SnapshotStore } from '../snapshot/snapshot-store.ts';
import { VmStartError } from '../start-error.ts';
import { askEngine, guarded, launch, snapshotIsInnocent, type Attempt, type StartedVm } from './attempt.ts';
import type { BootedVm } from './boot-request.ts';
import { bootCold, bootToAnswer } from './cold.ts';

/** Free space below which no snapshot is made: it and the copy of its memory for the next start take about 300 MB each. */
const snapshotBytes = 2 * 1024 ** 3;

/** Restores the VM that was kept; boots and keeps one where there is none; boots, and no more, where that cannot be had or went wrong. */
export async function restoreOrBoot(attempt: Attempt): Promise<Omit<BootedVm, 'lock' | 'diskBytes'>> {
  const { request, hypervisor, diskBytes } = attempt;
  const { files, clock, settings } = request;
  const store = new SnapshotStore(files.snapshot);
  const identity = await hypervisor.snapshotIdentity({ ...attempt, files, settings });
  // The guest of a kept VM knows how large its data disk is.
  const kept = `${identity}, data disk of ${diskBytes} bytes`;
  let plan = identity === null || !request.snapshots ? 'none' : await store.plan(kept);
  if (plan === 'make' && (await freeSpace(files.home)) < snapshotBytes) plan = 'none';
  if (identity === null || plan === 'none') {
    clock.follow('cold');
    return { ...(await bootCold(attempt)), settings, identity, snapshotSettled: Promise.resolve() };
  }
  try {
    if (plan === 'make') {
      clock.follow('making');
      await keepSnapshot(attempt, store);
      clock.begin('restore');
    } else {
      clock.follow('restored');
    }
    const started = await restore(attempt, store, plan);
    // While nobody waits: what makes it last, and the copy for the next start.
    const snapshotSettled = (plan === 'make' ? store.commit(kept) : Promise.resolve())
      .then(() => store.prepareNext())
      .catch((error: unknown) => request.log(`the VM's snapshot: ${error instanceof Error ? error.message : String(error)}`));
    return { ...started, settings, identity, snapshotSettled };
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof VmStartError && snapshotIsInnocent(error)) throw error;
    request.log(`the VM's snapshot is thrown away, and the VM boots cold: ${error instanceof Error ? error.message : String(error)}`);
    await store.fail(kept);
    clock.follow('cold');
    return { ...(await bootCold(attempt)), settings, identity, snapshotSettled: Promise.resolve() };
  }
}

/** Boots a VM up to where its engine waits for the data disk, and keeps it. No VM runs after that. */
async function keepSnapshot(attempt: Attempt, store: SnapshotStore): Promise<void> {
  const { request } = attempt;
  await store.clear();
  const started = await bootToAnswer(attempt, 'park', { memory: { file: store.ram, shared: true } });
  await guarded(attempt, started, async (enter) => {
    enter('snapshot');
    started.guest.expectLeave();
    await started.watch.until('parked', request.deadlines.engineMs);
    await started.vm.save(store.state);
  }).finally(() => started.guest.close());
  await endVm(started.vm);
}

/** @param plan after `make` all of it is the phase `restore`, whose VM was launched before */
async function restore(attempt: Attempt, store: SnapshotStore, plan: 'make' | 'restore'): Promise<StartedVm> {
  const { hypervisor, accelerator, reason, request } = attempt;
  const { clock, files, deadlines, signal } = request;
  if (plan === 'restore') clock.begin('hypervisor');
  await store.copyRam(files.ram);
  // `finally` waits for what it is given.
  // oxlint-disable-next-line typescript/no-misused-promises
  const launched = await launch(attempt, 'go', { memory: { file: files.ram, shared: false }, state: store.state }).finally(() => rm(files.ram, { force: true }));
  const { vm, watch, console } = launched;
  if (plan === 'restore') clock.detail('hypervisor', `${hypervisor.name}, ${accelerator.toUpperCase()}${reason === null ? '' : `; ${reason}`}`);
  let guest: GuestConnection | null = null;
  const engineVersion = await guarded(attempt, launched, async (enter) => {
    if (plan === 'restore') enter('restore');
    guest = launched.connect();
    await watch.orTrouble(vm.load(), deadlines.kernelMs);
    if (plan === 'restore') enter('engine');
    await watch.until('channel', deadlines.engineMs);
    return watch.orTrouble(askEngine(guest, signal), deadlines.engineMs);
  }).catch((error: unknown) => {
    guest?.close();
    throw error;
  });
  clock.detail(plan === 'restore' ? 'engine' : 'restore', `engine ${engineVersion}`);
  clock.finish();
  return { vm, guest: guest!, console, accelerator, engineVersion };
}
