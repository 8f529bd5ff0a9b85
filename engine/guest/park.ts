import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { mountCleanDisk } from './data-disk.ts';
import { renewMachine, useUpKeptBytes } from './renewal.ts';
import { readStartOrder } from './start-order.ts';

/** Nothing else runs in a parked machine, and it stands still soon; what counts is how soon a restored one wakes. */
const lookMs = 2;

export interface Parking {
  orderFile: string;
  keyFile: string;
  root: string;
  /** File that names the data disk's device. */
  diskFile: string;
  /** FIFO on which the guest's set-up waits: `mounted`, or `mount` for what only its script can do. */
  goFile: string;
  /** FIFO that is written to once the script has mounted the disk. */
  diskReady: string;
}

/**
 * Says that everything is ready to be kept, waits until this is a machine that was restored from it, and makes it one of its own. After that the
 * channel may be opened, and the data disk is there once `disk` resolves.
 */
export async function park(parking: Parking): Promise<{ disk: Promise<void> }> {
  // Once for practice: what is compiled and loaded now need not be in the machines that begin here.
  renewMachine(parking.keyFile, 0);
  useUpKeptBytes();
  process.stdout.write('slipway: parked\n');
  const device = readFileSync(parking.diskFile, 'utf8').trim();
  let order = readStartOrder(parking.orderFile);
  while (order.word === 'park') {
    await delay(lookMs);
    order = readStartOrder(parking.orderFile);
  }
  renewMachine(parking.keyFile, order.unixMs);
  return { disk: openDisk(parking, device) };
}

/** In another thread, while this one opens the way to the host. */
async function openDisk({ root, goFile, diskReady }: Parking, device: string): Promise<void> {
  const mounted = await mountCleanDisk(device, root);
  await writeFile(goFile, mounted ? 'mounted\n' : 'mount\n');
  if (!mounted) await readFile(diskReady);
}
