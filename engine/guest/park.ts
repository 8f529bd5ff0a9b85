import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { mountCleanDisk } from './data-disk.ts';
import { renewMachine, useUpKeptBytes } from './renewal.ts';
import { readStartOrder } from './start-order.ts';

/** Nothing else runs in a parked machine, and it stands still soon; what counts is how soon a restored one wakes. */
const lookMs = 2;
const practiceRounds = 4;

export interface Parking {
  orderFile: string;
  keyFile: string;
  root: string;
  /** File that names the data disk's device. */
  diskFile: string;
  /** FIFO on which a part of the guest's set-up waits for what only its script can do: make, check or repair the disk, and mount it. */
  goFile: string;
  /** FIFO that is written to once the script has mounted the disk. */
  diskReady: string;
}

/**
 * Says that everything is ready to be kept, waits until this is a machine that was restored from it, and makes it one of its own. After that the
 * channel may be opened, and the data disk is there once `disk` resolves.
 */
export async function park(parking: Parking): Promise<{ disk: Promise<void> }> {
  await practise(parking);
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

/** What is compiled, loaded and learned now need not be in the machines that begin here; more than once, as V8 goes another way at the second and third time. */
async function practise({ keyFile, orderFile, goFile, root }: Parking): Promise<void> {
  // It passes for a disk that was left in order, until the kernel is to mount it.
  const noDisk = `${goFile}.practice`;
  const superblock = Buffer.alloc(2048);
  superblock.writeUInt16LE(0xef53, 1024 + 0x38);
  superblock.writeUInt16LE(1, 1024 + 0x3a);
  writeFileSync(noDisk, superblock);
  for (let round = 0; round < practiceRounds; round++) {
    readStartOrder(orderFile);
    renewMachine(keyFile, Date.now());
    await mountCleanDisk(noDisk, root);
    useUpKeptBytes();
  }
  rmSync(noDisk);
}

/** In another thread, while this one opens the way to the host. */
async function openDisk({ root, goFile, diskReady }: Parking, device: string): Promise<void> {
  if (await mountCleanDisk(device, root)) return;
  await writeFile(goFile, 'mount\n');
  await readFile(diskReady);
}
