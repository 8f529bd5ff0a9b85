import type { VmFailure } from '../../contract/vm-state.ts';

/** Why the VM does not run, in the words of the window: see {@link VmFailure}. */
export class VmStartError extends Error {
  readonly failure: VmFailure;

  constructor(failure: Omit<VmFailure, 'lastLines'> & { lastLines?: string[] }, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'VmStartError';
    this.failure = { ...failure, lastLines: failure.lastLines ?? [] };
  }
}
