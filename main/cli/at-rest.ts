import { quitRunning } from '../control/control-client.ts';
import { Failure } from '../failure.ts';
import { controlAddress } from '../host-socket/host-address.ts';
import { atRest as filesAtRest } from '../vm/home/at-rest.ts';
import { instanceFiles, type InstanceFiles } from '../vm/home/instance-files.ts';
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
  return filesAtRest(files, (pid) => createQemuDriver().endOrphan(pid, files), work).catch((error: unknown) => {
    if (!(error instanceof VmStartError) || error.failure.code !== 'already-running') throw error;
    throw new Failure('conflict', `The VM runs, and its disk is in use. ${error.message}`, { hint: 'Stop it first: slipway stop, or give --stop.', cause: error });
  });
}
