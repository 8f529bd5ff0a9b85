import { execFileSync } from 'node:child_process';
import { unshareForChildren } from '../runtime/host-namespace.ts';
import { buildScript } from './engine-entry.ts';

/**
 * Vitest's global set-up of the engine tests: their worker processes, which it forks afterwards, run in a mount namespace
 * in which crun works, whatever cgroups the host has, and what they mount is gone with them. The engines that they start are the
 * bundle, made here when it is older than its sources.
 */
export default function setup(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error('the engine tests make real containers: run them on Linux as root (npm run check has all that need neither)');
  }
  execFileSync(process.execPath, [buildScript, '--if-changed', 'engine'], { stdio: 'inherit' });
  unshareForChildren();
}
