import { checkImage } from '../image/image.ts';
import { VmStartError } from '../start-error.ts';
import { askEngine, guarded, launch, type Attempt, type Beginning, type StartedVm } from './attempt.ts';
import type { BootRequest } from './boot-request.ts';

/** From the kernel's first instruction to an engine that answers. @throws VmStartError, or the signal's reason. */
export async function bootCold(attempt: Attempt): Promise<StartedVm> {
  const { accelerator, request } = attempt;
  const started = await bootToAnswer(attempt, 'go').catch(async (error: unknown) => {
    request.signal.throwIfAborted();
    if (error instanceof VmStartError && error.failure.phase !== 'hypervisor' && error.failure.code !== 'data-disk-damaged') await suspectImage(request, error);
    throw error;
  });
  request.clock.finish();
  return { ...started, accelerator };
}

/** As {@link bootCold}; with `park` the engine answers and gets ready to be kept. */
export async function bootToAnswer(attempt: Attempt, order: 'go' | 'park', from?: Beginning) {
  const { hypervisor, accelerator, reason } = attempt;
  const { clock, deadlines, signal } = attempt.request;
  clock.begin('hypervisor');
  const launched = await launch(attempt, order, from);
  const { vm, watch, console } = launched;
  clock.detail('hypervisor', `${hypervisor.name}, ${accelerator.toUpperCase()}${reason === null ? '' : `; ${reason}`}`);
  const guest = launched.connect();
  const engineVersion = await guarded(attempt, launched, async (enter) => {
    enter('kernel');
    await watch.until('kernel', accelerator === 'tcg' ? deadlines.kernelMs : deadlines.acceleratedKernelMs);
    enter('guest');
    await watch.until('guest', deadlines.guestMs);
    enter('engine');
    await watch.until('channel', deadlines.engineMs);
    return watch.orTrouble(askEngine(guest, signal), deadlines.engineMs);
  }).catch((error: unknown) => {
    guest.close();
    throw error;
  });
  clock.detail('engine', `engine ${engineVersion}`);
  return { vm, watch, console, guest, engineVersion };
}

/** A boot that failed is a reason to read the whole image again, however unchanged its files look. */
async function suspectImage(request: BootRequest, failure: VmStartError): Promise<void> {
  try {
    await checkImage(imageCheck(request, true));
  } catch (error) {
    if (error instanceof VmStartError) throw new VmStartError({ ...error.failure, phase: failure.failure.phase, lastLines: failure.failure.lastLines }, { cause: failure });
    throw error;
  }
}

export function imageCheck(request: BootRequest, thorough: boolean) {
  return { directory: request.imageDirectory, verifiedFile: request.files.verifiedImage, thorough, canRebuild: request.canRebuildImage };
}
