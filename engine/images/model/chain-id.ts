import type { Digest } from '../../content/digest.ts';
import { digestOf } from '../../content/digest.ts';

/**
 * The chainID of every layer from the bottom up: it names a layer together with all below it.
 * Source: OCI image-spec `config.md`, "Layer ChainID".
 */
export function chainIds(diffIds: readonly Digest[]): Digest[] {
  const chain: Digest[] = [];
  for (const diffId of diffIds) {
    const parent = chain.at(-1);
    chain.push(parent === undefined ? diffId : digestOf(`${parent} ${diffId}`));
  }
  return chain;
}
