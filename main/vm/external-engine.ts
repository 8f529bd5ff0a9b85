import type { Vm } from './vm.ts';

/** An engine that already runs natively on this Linux host and listens on `socketPath`; start and stop only look at it. */
export function createExternalEngine(options: { socketPath: string }): Vm {
  throw new Error(`not implemented for ${options.socketPath}`);
}
