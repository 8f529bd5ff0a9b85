import { totalmem } from 'node:os';
import type { CgroupStats } from '../runtime/cgroup-stats.ts';
import { readSmallFile } from '../lib/files/read-small-file.ts';
import { nowTimestamp, zeroTime } from '../lib/time/timestamp.ts';
import { isRunning } from './container.ts';
import type { Container } from './container.ts';
import type { ContainerDependencies } from './dependencies.ts';

type StatsNeeds = Pick<ContainerDependencies, 'store' | 'tasks' | 'host'>;

export interface StatsOptions {
  /** One sample a second until the signal, or one alone. */
  stream: boolean;
  /** With a single sample: do not wait a second for the one before it, by which clients compute percentages. */
  oneShot: boolean;
  signal: AbortSignal;
}

const interval = 1000;
/** Asking costs a look into /proc each time. */
const machineMemory = totalmem();

/** `docker stats`, in moby's shape. A container that does not run counts nothing. Ends when the container is removed. */
export async function* containerStats(needs: StatsNeeds, reference: string, options: StatsOptions): AsyncGenerator<Record<string, unknown>> {
  const container = needs.store.resolve(reference);
  let previous = emptyCpu();
  let readBefore = zeroTime;
  let first = true;
  while (!options.signal.aborted && needs.store.get(container.id) !== undefined) {
    const sample = await takeSample(needs, container);
    const wantsTwo = !options.stream && !options.oneShot && isRunning(container.state);
    if (!first || !wantsTwo) {
      yield { ...sample, preread: readBefore, precpu_stats: previous };
      if (!options.stream) return;
    }
    previous = sample.cpu_stats;
    readBefore = sample.read;
    first = false;
    await pause(options.signal);
  }
}

/** Until the next second: all streams take their samples in the same turn, and so share what counts for the whole machine. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const rest = interval - (performance.now() % interval);
    // Somewhat more than a second in place of nearly none, which also forgives a timer that fires early.
    const timer = setTimeout(done, rest < interval / 2 ? rest + interval : rest);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

async function takeSample(needs: StatsNeeds, container: Container) {
  const { state } = container;
  const identity = { name: `/${container.name}`, id: container.id, num_procs: 0, storage_stats: {} };
  const counted = isRunning(state) ? await needs.tasks.stats(container.id).catch(() => null) : null;
  if (counted === null || !isRunning(state)) {
    return { read: zeroTime, pids_stats: {}, blkio_stats: noBlockIo, cpu_stats: emptyCpu(), memory_stats: {}, ...identity };
  }
  const networks = container.sandbox?.netns === null ? {} : { networks: interfaces(state.pid) };
  return {
    read: nowTimestamp(),
    pids_stats: { current: counted.pids.current, ...(counted.pids.limit === Infinity ? {} : { limit: counted.pids.limit }) },
    blkio_stats: blockIo(counted.io, needs.host.cgroupVersion),
    cpu_stats: cpuStats(counted, needs.host.cpus),
    memory_stats: {
      usage: counted.memory.usage,
      stats: counted.memory.details,
      limit: Math.min(counted.memory.limit, machineMemory),
    },
    ...identity,
    ...networks,
  };
}

interface CpuStats {
  cpu_usage: { total_usage: number; usage_in_kernelmode: number; usage_in_usermode: number };
  system_cpu_usage?: number;
  online_cpus?: number;
  throttling_data: { periods: number; throttled_periods: number; throttled_time: number };
}

/** Without what is 0 there: moby leaves both out. */
function emptyCpu(): CpuStats {
  return {
    cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  };
}

function cpuStats({ cpu }: CgroupStats, online: number) {
  return {
    cpu_usage: { total_usage: cpu.usageNanoseconds, usage_in_kernelmode: cpu.systemNanoseconds, usage_in_usermode: cpu.userNanoseconds },
    system_cpu_usage: machineCpu(),
    online_cpus: online,
    throttling_data: { periods: cpu.periods, throttled_periods: cpu.throttledPeriods, throttled_time: cpu.throttledNanoseconds },
  };
}

let lastLook = { at: -Infinity, nanoseconds: 0 };

/**
 * Nanoseconds of all CPUs since boot, idle ones included: the first seven columns of /proc/stat, in ticks of 10 ms. Within one such tick it is
 * asked once: the kernel adds up all interrupts for it.
 */
function machineCpu(): number {
  const now = performance.now();
  if (now - lastLook.at < 10) return lastLook.nanoseconds;
  const line = readSmallFile('/proc/stat').split('\n', 1)[0]!;
  const ticks = line.trim().split(/\s+/).slice(1, 8).map(Number);
  lastLook = { at: now, nanoseconds: ticks.reduce((sum, count) => sum + count, 0) * 1e7 };
  return lastLook.nanoseconds;
}

/** cgroup v2 counts bytes and operations alone. */
const noBlockIo = {
  io_service_bytes_recursive: null,
  io_serviced_recursive: null,
  io_queue_recursive: null,
  io_service_time_recursive: null,
  io_wait_time_recursive: null,
  io_merged_recursive: null,
  io_time_recursive: null,
  sectors_recursive: null,
};

/** v1 and v2 spell operations differently, and clients look for either. */
function blockIo(io: CgroupStats['io'], version: 1 | 2) {
  const name = (operation: 'read' | 'write') => (version === 2 ? operation : operation === 'read' ? 'Read' : 'Write');
  const rows = (value: (row: CgroupStats['io'][number]) => number) =>
    io.map((row) => ({ major: row.major, minor: row.minor, op: name(row.operation), value: value(row) }));
  const uncounted = version === 2 ? noBlockIo : Object.fromEntries(Object.keys(noBlockIo).map((key) => [key, []]));
  return { ...uncounted, io_service_bytes_recursive: rows((row) => row.bytes), io_serviced_recursive: rows((row) => row.count) };
}

/** Counters of the interfaces that a process sees, but for its loopback. Source: proc(5), /proc/net/dev. */
export function interfaces(pid: number): Record<string, Record<string, number>> {
  const text = networkDevices(pid);
  const found: Record<string, Record<string, number>> = {};
  for (const line of text.split('\n').slice(2)) {
    const [name, rest] = line.split(':');
    if (rest === undefined || name!.trim() === 'lo') continue;
    const columns = rest.trim().split(/\s+/).map(Number);
    found[name!.trim()] = {
      rx_bytes: columns[0]!,
      rx_packets: columns[1]!,
      rx_errors: columns[2]!,
      rx_dropped: columns[3]!,
      tx_bytes: columns[8]!,
      tx_packets: columns[9]!,
      tx_errors: columns[10]!,
      tx_dropped: columns[11]!,
    };
  }
  return found;
}

/** Empty for a process that has just ended. */
function networkDevices(pid: number): string {
  try {
    return readSmallFile(`/proc/${pid}/net/dev`);
  } catch {
    return '';
  }
}
