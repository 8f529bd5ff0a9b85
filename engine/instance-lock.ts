import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ConflictError } from './errors.ts';
import { tryLock } from './lib/syscalls/process.ts';

/**
 * Makes this process the only engine on a data root. The kernel frees the lock when the process ends, however it does.
 * @throws ConflictError naming the other engine
 */
export function lockRoot(root: string): { release(): void } {
  const path = join(root, 'lock');
  const fd = openSync(path, 'a+', 0o600);
  if (!tryLock(fd)) {
    closeSync(fd);
    const holder = readFileSync(path, 'utf8').trim();
    throw new ConflictError(`another engine ${holder === '' ? '' : `(process ${holder}) `}uses ${root}: stop it first, or choose another --root`);
  }
  ftruncateSync(fd, 0);
  writeSync(fd, `${process.pid}\n`);
  return { release: () => closeSync(fd) };
}
