import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { OciConfig, OciSeccomp } from './oci/oci-config.ts';
import { type Crun, seccompAnnotation } from './crun.ts';

/** More profiles than anybody has; each filter is some kilobytes. */
const limit = 64;

/**
 * Compiled seccomp filters by profile. Compiling Docker's profile takes half of a container's start (11 of 22 ms here),
 * and nearly all containers have the same one. A filter comes from crun itself, out of its own folder that only root can
 * write, and is for the running kernel and libseccomp: nothing is kept over a restart of the engine.
 */
export class SeccompCache {
  readonly #filters = new Map<string, string>();

  /** Puts the compiled filter into the config when there is one. @returns the key to {@link learn} under, or undefined when nothing is to learn */
  apply(config: OciConfig): string | undefined {
    const { seccomp } = config.linux;
    // A listener needs crun to pass the notification descriptor on.
    if (seccomp === undefined || seccomp.listenerPath !== undefined) return undefined;
    const key = keyOf(seccomp);
    const filter = this.#filters.get(key);
    if (filter === undefined) return key;
    config.annotations = { ...config.annotations, [seccompAnnotation]: filter };
    return undefined;
  }

  /** Takes over the filter that crun has just compiled for a container. */
  async learn(key: string, crun: Crun, containerId: string): Promise<void> {
    try {
      const filter = await readFile(crun.compiledSeccomp(containerId));
      // An array of 8-byte instructions; anything else is not a whole filter.
      if (filter.length === 0 || filter.length % 8 !== 0) return;
      if (this.#filters.size >= limit) this.#filters.clear();
      this.#filters.set(key, filter.toString('base64'));
    } catch {
      // Another crun leaves none, or the container is gone already: the next one tries again.
    }
  }
}

function keyOf(seccomp: OciSeccomp): string {
  return createHash('sha256').update(JSON.stringify(seccomp)).digest('hex');
}
