import type { GuestConnection } from '../channel/guest-connection.ts';
import type { RealAccelerator } from '../driver.ts';
import { setGuestClock } from '../engine/clock-keeper.ts';
import { VmStartError } from '../start-error.ts';
import { SuspendStore, type SuspendedVm } from '../suspend/suspend-store.ts';
import { askEngine, guarded, launch, snapshotIsInnocent, type Attempt, type Given, type StartedVm } from './attempt.ts';
import type { BootedVm } from './boot-request.ts';

/** The VM that was suspended, going on; null when there is none, or it cannot go on: then what is left of it is thrown away. */
export async function resumeSuspended(given: Given, accelerators: RealAccelerator[]): Promise<BootedVm | null> {
  const { request, lock, hypervisor, diskBytes } = given;
  const { files, clock, signal, log } = request;
  const store = new SuspendStore(files.suspended, files.dataDisk);
  const suspended = await store.find();
  if (suspended === null) {
    await store.discard();
    return null;
  }
  try {
    const settings = { ...request.settings, ...suspended.settings };
    const attempt: Attempt = { ...given, request: { ...request, settings }, accelerator: suspended.accelerator, reason: null };
    const identity = await hypervisor.snapshotIdentity({ ...attempt, files, settings });
    if (!accelerators.includes(suspended.accelerator) || identity !== suspended.identity) throw new Error('QEMU, the VM image or this computer is not what it was');
    clock.follow('resumed');
    clock.begin('disk');
    clock.detail('disk', 'as it was left');
    return { ...(await resume(attempt, store, suspended)), settings, identity, lock, diskBytes, snapshotSettled: store.discard() };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VmStartError && snapshotIsInnocent(error)) throw error;
    log(`the suspended VM cannot go on, and is started anew: ${error instanceof Error ? error.message : String(error)}`);
    await store.discard();
    clock.follow('cold');
    return null;
  }
}

async function resume(attempt: Attempt, store: SuspendStore, suspended: SuspendedVm): Promise<StartedVm> {
  const { hypervisor, accelerator, request } = attempt;
  const { clock, deadlines, signal } = request;
  clock.begin('hypervisor');
  const launched = await launch(attempt, 'go', { memory: 'from-state', state: store.state });
  const { vm, watch, console } = launched;
  clock.detail('hypervisor', `${hypervisor.name}, ${accelerator.toUpperCase()}`);
  let guest: GuestConnection | null = null;
  const engineVersion = await guarded(attempt, launched, async (enter) => {
    enter('resume');
    clock.detail('resume', `suspended ${suspended.since}`);
    guest = launched.connect();
    await watch.orTrouble(vm.load(() => store.consume()), deadlines.kernelMs);
    enter('engine');
    await watch.until('channel', deadlines.engineMs);
    // Before anybody is answered: to the guest no time has passed.
    await watch.orTrouble(setGuestClock(guest, signal), deadlines.engineMs);
    return watch.orTrouble(askEngine(guest, signal), deadlines.engineMs);
  }).catch((error: unknown) => {
    guest?.close();
    throw error;
  });
  clock.detail('engine', `engine ${engineVersion}`);
  clock.finish();
  return { vm, guest: guest!, console, accelerator, engineVersion };
}
