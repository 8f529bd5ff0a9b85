import type { RealAccelerator } from '../driver.ts';
import { prepareDataDisk, requireFreeSpace } from '../home/data-disk.ts';
import { readDiskHeader } from '../home/disk-header.ts';
import { makeInstanceFolders } from '../home/instance-files.ts';
import { acquireInstanceLock } from '../home/instance-lock.ts';
import { checkImage } from '../image/image.ts';
import { VmStartError } from '../start-error.ts';
import type { Given } from './attempt.ts';
import type { BootedVm, BootRequest } from './boot-request.ts';
import { imageCheck } from './cold.ts';
import { restoreOrBoot } from './kept.ts';
import { resumeSuspended } from './resume.ts';

/**
 * From nothing to an engine that answers, phase by phase. Whatever was opened is closed again when a phase fails.
 * @throws VmStartError, or the signal's reason.
 */
export async function boot(request: BootRequest): Promise<BootedVm> {
  const { files, clock, driver, settings, signal } = request;
  clock.begin('requirements');
  await makeInstanceFolders(files);
  const lock = await acquireInstanceLock(files.lock, (pid) => driver.endOrphan(pid, files));
  try {
    const image = await checkImage(imageCheck(request, false));
    const hypervisor = await driver.locate(image.arch, files);
    await requireFreeSpace(files.home);
    const accelerators = await hypervisor.accelerators(settings.acceleration, image.arch);
    clock.detail('requirements', `${hypervisor.name}, image ${image.version}`);
    signal.throwIfAborted();

    // Read while nobody has the file: some hypervisors share it with no one.
    const diskBytes = async (): Promise<number> => (await readDiskHeader(files.dataDisk))?.virtualSize ?? 0;
    const resumed = await resumeSuspended({ request, lock, image, hypervisor, diskBytes: await diskBytes() }, accelerators.order);
    if (resumed !== null) return resumed;
    clock.begin('disk');
    clock.detail('disk', await prepareDataDisk(files.dataDisk, settings.diskGiB, hypervisor));
    return await bootWithBest({ request, lock, image, hypervisor, diskBytes: await diskBytes() }, accelerators);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function bootWithBest(given: Given, accelerators: { order: RealAccelerator[]; reason: string | null }): Promise<BootedVm> {
  const { request, lock, diskBytes } = given;
  let reason = accelerators.reason;
  for (const [index, accelerator] of accelerators.order.entries()) {
    const isLast = index === accelerators.order.length - 1;
    try {
      return { ...(await restoreOrBoot({ ...given, accelerator, reason })), lock, diskBytes };
    } catch (error) {
      request.signal.throwIfAborted();
      const next = accelerators.order[index + 1];
      // The watchdog: an accelerator that does not even start, or whose guest never reaches user space, is no accelerator.
      if (isLast || next === undefined || !isAcceleratorsFault(error)) throw error;
      reason = `${accelerator.toUpperCase()} did not work: ${error.message}`;
      request.log(`${reason} Trying ${next.toUpperCase()}.`);
    }
  }
  throw new Error('there is no accelerator to try');
}

function isAcceleratorsFault(error: unknown): error is VmStartError {
  if (!(error instanceof VmStartError)) return false;
  const { code, phase } = error.failure;
  return (phase === 'hypervisor' && code === 'qemu-failed') || (phase === 'kernel' && (code === 'boot-timeout' || code === 'vm-died'));
}
