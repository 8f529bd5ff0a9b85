import type { StoredMount } from '../containers/collaborators.ts';
import { InternalError } from '../errors.ts';
import { mountOf, readMountTable } from './mount-table.ts';

/**
 * Mounts can only travel between a bind and its source when the source's own mount lets them.
 * @throws InternalError in moby's words (daemon/oci_linux.go `ensureShared`)
 */
export async function checkPropagations(mounts: readonly StoredMount[]): Promise<void> {
  const asked = mounts.filter(({ Type, Propagation }) => Type === 'bind' && /^r?(shared|slave)$/.test(Propagation));
  if (asked.length === 0) return;
  const table = await readMountTable();
  for (const { Source: path, Propagation: propagation } of asked) {
    const found = mountOf(table, path);
    const shared = found?.propagation.some((flag) => flag.startsWith('shared:')) === true;
    const slave = found?.propagation.some((flag) => flag.startsWith('master:')) === true;
    if (propagation.endsWith('shared') && !shared) throw new InternalError(`path ${path} is mounted on ${found?.target} but it is not a shared mount`);
    if (propagation.endsWith('slave') && !shared && !slave) throw new InternalError(`path ${path} is mounted on ${found?.target} but it is not a shared or slave mount`);
  }
}
