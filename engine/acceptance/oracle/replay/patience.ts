import { availableParallelism, loadavg } from 'node:os';

const most = 10;

/** How many times as long as usual an engine may take at this moment: as many as wait for each of this machine's processors. */
export function patience(): number {
  return Math.min(most, Math.max(1, loadavg()[0]! / availableParallelism()));
}
