import type { BootedVm } from '../boot/boot-request.ts';
import { callEngine } from '../channel/engine-call.ts';

/**
 * Makes the data disk of a VM that runs larger, and the file system on it; containers go on meanwhile. Answers false for one that is as large already. First the
 * disk, then the file system, and each is whole at any moment: a VM that ends in between grows its file system at the next start.
 * @throws Error when the hypervisor or the engine does not do it
 */
export async function growRunningDisk(booted: Pick<BootedVm, 'vm' | 'guest' | 'diskBytes'>, diskGiB: number, signal: AbortSignal): Promise<boolean> {
  const { vm, guest } = booted;
  const wanted = Math.round(diskGiB * 1024 ** 3);
  if (booted.diskBytes >= wanted) return false;
  await vm.growDisk(wanted);
  const { status, body } = await callEngine(() => guest.openStream({ kind: 'api' }), 'POST', `/slipway/grow-disk?bytes=${wanted}`, signal);
  if (status !== 200) throw new Error(`the engine answered ${status}: ${body.trim()}`);
  booted.diskBytes = wanted;
  return true;
}
