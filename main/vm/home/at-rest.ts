import { readdir } from 'node:fs/promises';
import { Failure } from '../../failure.ts';
import { makeInstanceFolders, type InstanceFiles } from './instance-files.ts';
import { acquireInstanceLock } from './instance-lock.ts';

/**
 * Does something with the files of a VM that does not run, and that nobody can start meanwhile.
 * @throws VmStartError `already-running` while it runs; Failure `conflict` while it is suspended
 */
export async function atRest<T>(files: InstanceFiles, endOrphan: (pid: number) => Promise<void>, work: (files: InstanceFiles) => Promise<T>): Promise<T> {
  await makeInstanceFolders(files);
  const lock = await acquireInstanceLock(files.lock, endOrphan);
  try {
    // What a VM that was suspended has not written yet is in its memory, not on the disk.
    if (await holdsState(files.suspended)) throw new Failure('conflict', 'The VM is suspended, and its disk is not at rest.', { hint: 'Let it come up and stop it: slipway start, then slipway stop.' });
    return await work(files);
  } finally {
    await lock.release();
  }
}

const holdsState = (folder: string): Promise<boolean> => readdir(folder).then((names) => names.includes('about.json'), () => false);
