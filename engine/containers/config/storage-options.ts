import { InvalidParameterError } from '../../errors.ts';

/** Root file systems have no quotas here: that takes XFS with project quotas. Texts: moby `daemon/graphdriver/overlay2`. @throws InvalidParameterError */
export function checkStorageOptions(options: Record<string, string>): void {
  for (const name of Object.keys(options)) {
    if (name.toLowerCase() !== 'size') throw new InvalidParameterError(`Unknown option ${name}`);
    throw new InvalidParameterError("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
  }
}
