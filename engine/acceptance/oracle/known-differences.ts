/**
 * Where this engine differs from Debian's dockerd 20.10 on purpose, with the reason; most follow moby 28. `docs/api.md`
 * lists them for readers (a test holds the two together).
 */
export interface KnownDifference {
  noun: string;
  /** Of `METHOD /path` as the case writes it, without the version. */
  request: RegExp;
  /** Places as in a step's `ignore`: `status`, `body.message`, `header.content-type`. */
  paths: string[];
  reason: string;
}

export const knownDifferences: KnownDifference[] = [
];
