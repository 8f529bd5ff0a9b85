import type { Difference } from '../replay/compare.ts';

/**
 * Where this engine differs from Debian's dockerd 20.10 on purpose, with the reason; nearly always that moby 28 does as this
 * engine. `docs/api.md` says the same to readers: a test holds the two together.
 */
export interface KnownDifference {
  /** `*` for every noun. */
  noun: string;
  /** Of `METHOD /path` as the case writes it, with the body and without the version; all requests when absent. */
  request?: RegExp;
  /** Places as in a step's `ignore`: `status`, `body.message`, `header.content-type`; any place when absent. */
  paths?: string[];
  /** Further conditions. The messages are those of the two errors, empty where there is none. */
  when?: (difference: Difference, ourMessage: string, theirMessage: string) => boolean;
  reason: string;
}

/** Of differences that come with two messages, or with one: as patterns. */
export function messages(ours: RegExp, theirs: RegExp = /./): NonNullable<KnownDifference['when']> {
  return (_, ourMessage, theirMessage) => ours.test(ourMessage) && theirs.test(theirMessage);
}
