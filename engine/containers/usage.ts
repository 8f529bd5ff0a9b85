import { cpus, totalmem } from 'node:os';
import type { ContainerUsage, UsageReport } from '../../contract/engine-api/usage.ts';
import { isRunning } from './container.ts';
import type { Container } from './container.ts';
import type { ContainerDependencies } from './dependencies.ts';
import { interfaces } from './stats.ts';

type UsageNeeds = Pick<ContainerDependencies, 'store' | 'tasks'>;

/** Asking costs a look into /proc each time. */
const machine = { Cpus: cpus().length, Memory: totalmem() };

/** One answer for all that runs: a client that shows fifty containers asks once in place of fifty times. One that ends meanwhile is left out. */
export async function usageOfAll(needs: UsageNeeds): Promise<UsageReport> {
  const At = Date.now();
  const found = await Promise.all(needs.store.list().map((container) => usageOf(needs, container)));
  return { At, ...machine, Containers: found.filter((usage) => usage !== undefined) };
}

async function usageOf({ tasks }: UsageNeeds, { id, state, sandbox }: Container): Promise<ContainerUsage | undefined> {
  if (!isRunning(state)) return undefined;
  const counted = await tasks.stats(id).catch(() => undefined);
  if (counted === undefined) return undefined;
  const network = { Received: 0, Sent: 0 };
  if (sandbox?.netns !== null) {
    for (const { rx_bytes = 0, tx_bytes = 0 } of Object.values(interfaces(state.pid))) {
      network.Received += rx_bytes;
      network.Sent += tx_bytes;
    }
  }
  const bytes = (operation: 'read' | 'write') => counted.io.reduce((sum, row) => sum + (row.operation === operation ? row.bytes : 0), 0);
  // v2 and v1 name it differently.
  const cache = counted.memory.details.inactive_file ?? counted.memory.details.total_inactive_file ?? 0;
  return {
    Id: id,
    CpuTime: counted.cpu.usageNanoseconds,
    Memory: cache < counted.memory.usage ? counted.memory.usage - cache : counted.memory.usage,
    MemoryLimit: Math.min(counted.memory.limit, machine.Memory),
    ...network,
    Read: bytes('read'),
    Written: bytes('write'),
    Processes: counted.pids.current,
  };
}
