import { commonDifferences } from './known/common.ts';
import { containerDifferences } from './known/containers.ts';
import { imageDifferences } from './known/images.ts';
import type { KnownDifference } from './known/known-difference.ts';
import { systemDifferences } from './known/system.ts';
import { volumeAndNetworkDifferences } from './known/volumes-and-networks.ts';
import type { Difference } from './replay/compare.ts';

export const knownDifferences: readonly KnownDifference[] = [...commonDifferences, ...systemDifferences, ...containerDifferences, ...imageDifferences, ...volumeAndNetworkDifferences];

/** The reason for a difference, when there is one. */
export function reasonFor(noun: string, request: string, difference: Difference, messages: { ours: string; theirs: string }, matchesPath: (glob: string) => boolean): string | undefined {
  return knownDifferences.find(
    (known) =>
      (known.noun === '*' || known.noun === noun) &&
      (known.request?.test(request) ?? true) &&
      (known.paths === undefined || known.paths.some(matchesPath)) &&
      (known.when?.(difference, messages.ours, messages.theirs) ?? true),
  )?.reason;
}
