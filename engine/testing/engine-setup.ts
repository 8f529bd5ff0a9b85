import { unshareForChildren } from '../runtime/host-namespace.ts';

/**
 * Vitest's global set-up of the engine tests: their worker processes, which it forks afterwards, run in a mount namespace
 * in which crun works, whatever cgroups the host has, and what they mount is gone with them.
 */
export default function setup(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error('the engine tests make real containers: run them on Linux as root (npm run check has all that need neither)');
  }
  unshareForChildren();
}
