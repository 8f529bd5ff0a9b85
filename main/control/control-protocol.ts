import type { AppFacts } from '../../contract/ipc.ts';
import type { IpcError } from '../../contract/ipc-result.ts';
import type { VmState } from '../../contract/vm-state.ts';

/**
 * What one line on the control socket may ask of a running Slipway. `watch`: its state now and at each change, until either side closes;
 * `start`: the VM, where it is at rest; `open`: a window; `quit`: to stop the VM and end.
 */
export const controlWishes = ['watch', 'start', 'open', 'quit'] as const;
export type ControlWish = (typeof controlWishes)[number];

/** The lines of an answer. After `start` and `quit` come states, as after `watch`. */
export type ControlAnswer =
  | { type: 'state'; state: VmState; facts: AppFacts; pid: number }
  /** `url`: a one-time address, to be opened by whoever asked; absent where the shell has shown a window of its own. */
  | { type: 'opened'; url?: string }
  | { type: 'error'; error: IpcError };

/** No wish is longer. */
export const longestWish = 256;

export function parseWish(line: string): ControlWish | undefined {
  try {
    const { wish } = JSON.parse(line) as { wish?: unknown };
    return controlWishes.find((known) => known === wish);
  } catch {
    return undefined;
  }
}
