import type { ContainerUsage, UsageReport } from '../../contract/engine-api/usage.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { Failure } from '../failure.ts';

/** Requests at once, where each container must be asked for by itself. */
const abreast = 8;

/** Reads the counters of all that runs. @throws Failure */
export type UsageSource = () => Promise<UsageReport>;

/** One call to this project's engine; of another engine every container is asked by itself. Which one it is, the first answer tells. */
export function usageSource(engine: Pick<EngineClient, 'containers' | 'operations'>): UsageSource {
  let hasAll = true;
  return async () => {
    if (!hasAll) return oneByOne(engine);
    try {
      return (await engine.operations.json('stats.all', {})) as UsageReport;
    } catch (error) {
      if (!(error instanceof Failure) || error.status !== 404) throw error;
      hasAll = false;
      return oneByOne(engine);
    }
  };
}

async function oneByOne({ containers, operations }: Pick<EngineClient, 'containers' | 'operations'>): Promise<UsageReport> {
  const queue = (await containers.list()).filter(({ State }) => State === 'running' || State === 'paused').map(({ Id }) => Id);
  const At = Date.now();
  const found: ContainerUsage[] = [];
  const machine = { Cpus: 0, Memory: 0 };
  const worker = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      try {
        const stats = (await operations.json('containers.statsOnce', { id, stream: false, 'one-shot': true })) as DockerStats;
        machine.Cpus = stats.cpu_stats?.online_cpus ?? machine.Cpus;
        found.push(usageOf(id, stats));
      } catch (error) {
        // It ended meanwhile; anything else is the engine's trouble, which the next list tells.
        if (!(error instanceof Failure)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  return { At, ...machine, Containers: found };
}

/** What is read of `GET /containers/{id}/stats`. Source: swagger `ContainerStatsResponse`; absent fields are an engine's that does not count them. */
interface DockerStats {
  cpu_stats?: { cpu_usage?: { total_usage?: number }; online_cpus?: number };
  memory_stats?: { usage?: number; limit?: number; stats?: Record<string, number> | null };
  pids_stats?: { current?: number };
  blkio_stats?: { io_service_bytes_recursive?: { op: string; value: number }[] | null };
  networks?: Record<string, { rx_bytes: number; tx_bytes: number }> | null;
}

function usageOf(Id: string, stats: DockerStats): ContainerUsage {
  const { usage = 0, limit = 0, stats: details } = stats.memory_stats ?? {};
  const cache = details?.['inactive_file'] ?? details?.['total_inactive_file'] ?? 0;
  const networks = Object.values(stats.networks ?? {});
  const blocks = (operation: string) => (stats.blkio_stats?.io_service_bytes_recursive ?? []).reduce((sum, { op, value }) => sum + (op.toLowerCase() === operation ? value : 0), 0);
  return {
    Id,
    CpuTime: stats.cpu_stats?.cpu_usage?.total_usage ?? 0,
    Memory: cache < usage ? usage - cache : usage,
    MemoryLimit: limit,
    Received: networks.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
    Sent: networks.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
    Read: blocks('read'),
    Written: blocks('write'),
    Processes: stats.pids_stats?.current ?? 0,
  };
}
