import type { Digest } from '../../content/digest.ts';
import { digestOf } from '../../content/digest.ts';

/** An image's list of diffIDs is never changed, and is asked for its chain by every list of images. */
const known = new WeakMap<readonly Digest[], Digest[]>();

/**
 * The chainID of every layer from the bottom up: it names a layer together with all below it.
 * Source: OCI image-spec `config.md`, "Layer ChainID".
 */
export function chainIds(diffIds: readonly Digest[]): readonly Digest[] {
  const before = known.get(diffIds);
  if (before !== undefined) return before;
  const chain: Digest[] = [];
  for (const diffId of diffIds) {
    const parent = chain.at(-1);
    chain.push(parent === undefined ? diffId : digestOf(`${parent} ${diffId}`));
  }
  known.set(diffIds, chain);
  return chain;
}
