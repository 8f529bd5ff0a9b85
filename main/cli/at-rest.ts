import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { quitRunning } from '../control/control-client.ts';
import { Failure } from '../failure.ts';
import { controlAddress } from '../host-socket/host-address.ts';
import { instanceFiles, makeInstanceFolders, type InstanceFiles } from '../vm/home/instance-files.ts';
import { acquireInstanceLock } from '../vm/home/instance-lock.ts';
import { createQemuDriver } from '../vm/qemu/qemu-driver.ts';
import { VmStartError } from '../vm/start-error.ts';
import type { CliContext } from './verb.ts';

/**
 * Does something with the files of a VM that does not run, and that nobody can start meanwhile.
 * @throws Failure `conflict` while it runs, unless `--stop` was given.
 */
export async function atRest<T>({ home, values, signal, say }: CliContext, work: (files: InstanceFiles) => Promise<T>): Promise<T> {
  if (values['stop'] === true && (await quitRunning(controlAddress(home), signal))) say('Slipway is stopped.');
  const files = instanceFiles(home);
  await makeInstanceFolders(files);
  const lock = await acquireInstanceLock(files.lock, (pid) => createQemuDriver().endOrphan(pid, files)).catch((error: unknown) => {
    if (!(error instanceof VmStartError) || error.failure.code !== 'already-running') throw error;
    throw new Failure('conflict', `The VM runs, and its disk is in use. ${error.message}`, { hint: 'Stop it first: slipway stop, or give --stop.', cause: error });
  });
  try {
    // What a VM that was suspended has not written yet is in its memory, not on the disk.
    if (await holdsState(join(home, 'suspended'))) throw new Failure('conflict', 'The VM is suspended, and its disk is not at rest.', { hint: 'Let it come up and stop it: slipway start, then slipway stop.' });
    return await work(files);
  } finally {
    await lock.release();
  }
}

const holdsState = (folder: string): Promise<boolean> => readdir(folder).then((names) => names.includes('about.json'), () => false);
