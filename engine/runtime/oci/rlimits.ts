import type { Ulimit } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { OciRlimit } from './oci-config.ts';

/** RLIMIT_* numbers by the names that `--ulimit` takes. Source: asm-generic/resource.h; the same on x86-64 and arm64. */
export const rlimitNumbers: Record<string, number> = {
  cpu: 0, fsize: 1, data: 2, stack: 3, core: 4, rss: 5, nproc: 6, nofile: 7, memlock: 8,
  as: 9, locks: 10, sigpending: 11, msgqueue: 12, nice: 13, rtprio: 14, rttime: 15,
}; // prettier-ignore

const unlimited = 2n ** 64n - 1n;

/**
 * @param hardLimits what this machine allows; crun would only say `setrlimit: operation not permitted`.
 * @throws InvalidParameterError for unknown names, soft above hard, and limits that cannot be given
 */
export function resolveRlimits(ulimits: readonly Ulimit[], hardLimits: ReadonlyMap<string, number>): OciRlimit[] {
  return ulimits.map(({ Name: name, Soft: soft, Hard: hard }) => {
    if (rlimitNumbers[name] === undefined) throw new InvalidParameterError(`invalid ulimit type: ${name}`);
    if (hard !== -1 && (soft === -1 || soft > hard)) {
      throw new InvalidParameterError(`invalid ulimit ${name}: soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
    }
    const allowed = hardLimits.get(name) ?? Infinity;
    if ((hard === -1 ? Infinity : hard) > allowed) {
      throw new InvalidParameterError(
        `cannot set ulimit ${name}=${soft}:${hard}: this machine allows at most ${allowed}. Ask for ${allowed} or less, or raise the engine's own hard limit`,
      );
    }
    return { type: `RLIMIT_${name.toUpperCase()}`, soft: toLimit(soft), hard: toLimit(hard) };
  });
}

function toLimit(value: number): bigint {
  return value === -1 ? unlimited : BigInt(value);
}
