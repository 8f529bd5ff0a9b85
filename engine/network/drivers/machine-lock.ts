import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../../errors.ts';

/** In the abstract namespace, which is the network namespace's: its engines, and no others, meet here. */
const lockName = '\0slipway-network';
const retryMs = 5;
const patienceMs = 20_000;

/**
 * Runs `work` while no other engine on this machine's network looks for a free bridge name or address range: what is free
 * for one would be free for the other. The kernel frees the lock of an engine that is killed.
 */
export async function withMachineLock<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const lock = createServer();
    try {
      lock.listen({ path: lockName, exclusive: true });
      await once(lock, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (performance.now() > deadline) throw new UnavailableError('another engine on this machine has been setting up its network for too long', { cause: error });
      await sleep(retryMs);
      continue;
    }
    try {
      return await work();
    } finally {
      lock.close();
    }
  }
}
