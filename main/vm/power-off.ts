import { setTimeout as delay } from 'node:timers/promises';
import { endVm } from './end-vm.ts';
import { callEngine } from './channel/engine-call.ts';
import type { GuestConnection } from './channel/guest-connection.ts';
import type { LaunchedVm } from './driver.ts';
import { patience } from './patience.ts';

/** What the engine of a computer with little else to do may take to stop containers, sync and power off before the VM is ended from outside. */
const usualMs = 25_000;

/**
 * Stops the VM in order: the engine is asked to power off, which stops containers and writes out the disk; a guest that
 * does not obey in time is ended through the hypervisor, and by force after that. Resolves once its process is gone.
 */
export async function powerOff(vm: LaunchedVm, guest: GuestConnection, log: (line: string) => void): Promise<void> {
  const deadlineMs = Math.round(usualMs * patience());
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const { status, body } = await Promise.race([callEngine(() => guest.openStream({ kind: 'api' }), 'POST', '/slipway/power-off', deadline), exitedBefore(vm)]);
    if (status >= 300) throw new Error(`the engine answered ${status}: ${body.trim()}`);
    const late = delay(deadlineMs, 'late', { signal: deadline }).catch(() => 'late');
    if ((await Promise.race([vm.exited, late])) === 'late') throw new Error(`it did not end within ${Math.round(deadlineMs / 1000)} s`);
  } catch (error) {
    log(`the VM could not be powered off in order: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    guest.close();
    await endVm(vm);
  }
}

/** The guest may be gone before its answer is. */
async function exitedBefore(vm: LaunchedVm): Promise<{ status: number; body: string }> {
  await vm.exited;
  return { status: 204, body: '' };
}
