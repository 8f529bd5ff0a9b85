import type { BootedVm } from '../boot/boot-request.ts';
import { callEngine } from '../channel/engine-call.ts';
import type { SuspendedVm, SuspendStore } from './suspend-store.ts';

/** To write out the disk and to drop what is cached; a guest under load takes its time. */
const settleMs = 60_000;

/**
 * The story of a suspension up to where QEMU can be ended: the guest writes out its disk and lets go of memory that it does not need, the VM stops and
 * goes to a file, and a record makes it the suspended VM. Until then anything that fails, or `signal`, lets the VM go on; a power cut loses what one
 * loses at any other moment.
 */
export async function suspendVm(booted: BootedVm, identity: string, store: SuspendStore, signal: AbortSignal): Promise<SuspendedVm> {
  const { vm, guest, accelerator, settings } = booted;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(settleMs)]);
  const open = () => guest.openStream({ kind: 'api' });
  await store.clear();
  const containers = await countRunning(open, limit);
  const settled = await callEngine(open, 'POST', '/slipway/settle', limit);
  if (settled.status !== 204) throw new Error(`the engine answered ${settled.status}: ${settled.body.trim()}`);
  const { memoryMiB, cpus, diskGiB } = settings;
  const suspended = { identity, settings: { memoryMiB, cpus, diskGiB }, accelerator, since: new Date().toISOString(), containers };
  await vm.suspend(store.state, signal);
  try {
    await store.commit(suspended);
    signal.throwIfAborted();
    return suspended;
  } catch (error) {
    await store.discard();
    await vm.resume();
    throw error;
  }
}

/** Containers that run, or are about to: those that are paused or wait for their next start count too. */
export async function countRunning(open: Parameters<typeof callEngine>[0], signal: AbortSignal): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ status: ['running', 'paused', 'restarting'] }));
  const { status, body } = await callEngine(open, 'GET', `/containers/json?filters=${filters}`, signal);
  if (status !== 200) throw new Error(`the engine answered ${status}: ${body.trim()}`);
  return (JSON.parse(body) as unknown[]).length;
}
