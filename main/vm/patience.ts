import { availableParallelism, loadavg } from 'node:os';

const most = 12;

/** How many times as long as usual the VM may take on this computer at this moment: as many as wait for each of its processors. 1 on Windows, which has no such figure. */
export function patience(): number {
  return Math.min(most, Math.max(1, loadavg()[0]! / availableParallelism()));
}
