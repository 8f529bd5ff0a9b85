import type { VmPhaseId } from '../../../contract/vm-state.ts';
import type { BootTrouble } from './boot-watch.ts';
import type { RealAccelerator } from '../driver.ts';
import { dataDiskDamaged } from '../home/disk-damaged.ts';
import { VmStartError } from '../start-error.ts';

export interface BootContext {
  phase: VmPhaseId;
  accelerator: RealAccelerator;
  dataDisk: string;
  /** The image's folder. */
  image: string;
  lastLines: string[];
  waitedMs: number;
}

/** A failed boot in words for the window: what failed, on what, and what to try. */
export function bootFailure(trouble: BootTrouble, context: BootContext): VmStartError {
  const { phase, lastLines } = context;
  const steps = [{ text: 'Try again.', action: 'retry' as const }, ...(context.accelerator === 'tcg' ? [] : [{ text: `Start without hardware acceleration (${context.accelerator.toUpperCase()}).`, action: 'restart-without-acceleration' as const }])];
  const rebuild = { text: 'Build the VM image anew; containers and volumes are kept.', command: 'npm run vm:image', action: 'rebuild-image' as const };
  switch (trouble.kind) {
    case 'exited': {
      const how = trouble.panic ?? (trouble.exit.signal === null ? `its process ended with code ${trouble.exit.code}` : `its process was ended by ${trouble.exit.signal}`);
      return new VmStartError({ code: 'vm-died', phase, message: `The VM ended while it was starting: ${how}.`, steps: [...steps, rebuild], lastLines });
    }
    case 'failed':
      if (trouble.reason.startsWith('data disk: ')) return dataDiskDamaged(context.dataDisk, trouble.reason.slice('data disk: '.length), 'guest', lastLines);
      return new VmStartError({ code: 'image-corrupt', phase, message: `The VM cannot start from its image in ${context.image}: ${trouble.reason}.`, steps: [rebuild, ...steps], lastLines });
    case 'engine-dies':
      return new VmStartError({ code: 'engine-died', phase, message: 'The engine in the VM ends again and again before it answers.', steps: [...steps, rebuild], lastLines });
    case 'timeout': {
      const seconds = Math.round(context.waitedMs / 1000);
      if (phase === 'engine') {
        return new VmStartError({ code: 'engine-timeout', phase, message: `The VM is up, but its engine did not answer within ${seconds} s.`, steps: [...steps, rebuild], lastLines });
      }
      const missing = phase === 'kernel' ? 'its kernel did not reach user space' : 'its root file system did not come up';
      return new VmStartError({ code: 'boot-timeout', phase, message: `The VM hangs while it boots: ${missing} within ${seconds} s.`, steps, lastLines });
    }
  }
}
