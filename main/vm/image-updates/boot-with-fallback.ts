import { boot } from '../boot/boot.ts';
import type { BootedVm, BootRequest } from '../boot/boot-request.ts';
import { VmStartError } from '../start-error.ts';
import { nameImage, type ImageName, type KeptImages } from './kept-images.ts';

/**
 * Boots the image that is offered; one that is new and does not come up in time gives way to the one that worked before, by itself. The data disk is
 * the same for both. Says so in the detail of the phase `requirements`, which is shown with the start and kept with its record.
 * @throws VmStartError of the image that was booted last, or the signal's reason.
 */
export async function bootWithFallback(request: BootRequest, kept: KeptImages): Promise<BootedVm> {
  const offered = await nameImage(request.imageDirectory);
  const plan = await kept.plan(offered);
  if (plan.kind === 'kept') return bootKept(request, kept, plan.good, plan.refused);
  try {
    const booted = await boot(request);
    if (offered !== null) booted.snapshotSettled = settleAlso(booted, kept.keep(offered, request.imageDirectory), request);
    return booted;
  } catch (error) {
    request.signal.throwIfAborted();
    const good = await kept.good();
    if (plan.kind !== 'trial' || offered === null || good === undefined || !isImagesFault(error)) throw error;
    const refused = { ...offered, reason: error.failure.message };
    await kept.refuse(offered, refused.reason);
    request.log(`image ${offered.version} did not come up (${refused.reason}); image ${good.version}, which worked before, is started again`);
    return await bootKept(request, kept, good, refused);
  }
}

async function bootKept(request: BootRequest, kept: KeptImages, good: ImageName, refused: ImageName & { reason: string }): Promise<BootedVm> {
  const { clock } = request;
  // A damaged copy is nothing that a build would repair.
  const booted = await boot({ ...request, imageDirectory: kept.directory(good), canRebuildImage: false });
  const detail = clock.phases.find(({ id }) => id === 'requirements')?.detail ?? `image ${good.version}`;
  clock.detail('requirements', `${detail}, as before: image ${refused.version} did not come up (${refused.reason})`);
  return booted;
}

/** Copies of images are made while nobody waits; the lock is held until then. */
async function settleAlso(booted: BootedVm, work: Promise<void>, request: BootRequest): Promise<void> {
  const settled = booted.snapshotSettled;
  await work.catch((error: unknown) => request.log(`this VM image could not be kept for later: ${error instanceof Error ? error.message : String(error)}`));
  await settled;
}

/** What another image may get over: it hung, fell or fell silent on its way to an engine that answers. */
function isImagesFault(error: unknown): error is VmStartError {
  if (!(error instanceof VmStartError)) return false;
  const { code, phase } = error.failure;
  if (phase === 'requirements' || phase === 'disk' || phase === 'hypervisor') return false;
  return code === 'boot-timeout' || code === 'engine-timeout' || code === 'engine-died' || code === 'vm-died' || code === 'image-corrupt';
}
