import { join } from 'node:path';
import { readSmallFile } from '../lib/files/read-small-file.ts';
import { cgroupDirectory } from './cgroup.ts';

/** Counters of one cgroup as plain numbers; the API's shape is made of them elsewhere. */
export interface CgroupStats {
  cpu: { usageNanoseconds: number; userNanoseconds: number; systemNanoseconds: number; periods: number; throttledPeriods: number; throttledNanoseconds: number };
  /** `limit` is Infinity without one; `details` is the kernel's own `memory.stat`. */
  memory: { usage: number; limit: number; details: Record<string, number>; oomKills: number };
  pids: { current: number; limit: number };
  io: { major: number; minor: number; operation: 'read' | 'write'; bytes: number; count: number }[];
}

const nanosPerMicro = 1000;
/** What v1 shows for "no limit": the largest number of pages. */
const unlimitedV1 = 2 ** 62;

/**
 * Reads the counters of a cgroup. What its controllers do not count is 0.
 * Source: kernel `admin-guide/cgroup-v2.rst` and `admin-guide/cgroup-v1/*`.
 * @param path below the root of the hierarchy, e.g. `/slipway/<id>`
 */
export function readCgroupStats(version: 1 | 2, path: string, directoryOf = cgroupDirectory): CgroupStats {
  const file = (controller: string, name: string) => readText(join(directoryOf(version, path, controller), name));
  return version === 2 ? readV2((name) => file('', name)) : readV1(file);
}

function readV2(file: (name: string) => string): CgroupStats {
  const [cpu, usage, limit, memory, events, pids, pidsLimit, io] = ['cpu.stat', 'memory.current', 'memory.max', 'memory.stat', 'memory.events', 'pids.current', 'pids.max', 'io.stat'].map(file) as [
    string, string, string, string, string, string, string, string,
  ]; // prettier-ignore
  const times = parseTable(cpu);
  return {
    cpu: {
      usageNanoseconds: (times.usage_usec ?? 0) * nanosPerMicro,
      userNanoseconds: (times.user_usec ?? 0) * nanosPerMicro,
      systemNanoseconds: (times.system_usec ?? 0) * nanosPerMicro,
      periods: times.nr_periods ?? 0,
      throttledPeriods: times.nr_throttled ?? 0,
      throttledNanoseconds: (times.throttled_usec ?? 0) * nanosPerMicro,
    },
    memory: { usage: parseNumber(usage), limit: parseLimit(limit), details: parseTable(memory), oomKills: parseTable(events).oom_kill ?? 0 },
    pids: { current: parseNumber(pids), limit: parseLimit(pidsLimit) },
    io: parseIoV2(io),
  };
}

function readV1(file: (controller: string, name: string) => string): CgroupStats {
  const [usageTime, times, throttling, usage, limit, memory, oom, pids, pidsLimit, bytes, counts] = [
    file('cpuacct', 'cpuacct.usage'),
    file('cpuacct', 'cpuacct.stat'),
    file('cpu', 'cpu.stat'),
    file('memory', 'memory.usage_in_bytes'),
    file('memory', 'memory.limit_in_bytes'),
    file('memory', 'memory.stat'),
    file('memory', 'memory.oom_control'),
    file('pids', 'pids.current'),
    file('pids', 'pids.max'),
    file('blkio', 'blkio.throttle.io_service_bytes'),
    file('blkio', 'blkio.throttle.io_serviced'),
  ] as const;
  // In ticks of 1/100 s on every machine that we run on.
  const tick = 1e7;
  const [split, periods] = [parseTable(times), parseTable(throttling)];
  return {
    cpu: {
      usageNanoseconds: parseNumber(usageTime),
      userNanoseconds: (split.user ?? 0) * tick,
      systemNanoseconds: (split.system ?? 0) * tick,
      periods: periods.nr_periods ?? 0,
      throttledPeriods: periods.nr_throttled ?? 0,
      throttledNanoseconds: periods.throttled_time ?? 0,
    },
    memory: { usage: parseNumber(usage), limit: parseLimit(limit), details: parseTable(memory), oomKills: parseTable(oom).oom_kill ?? 0 },
    pids: { current: parseNumber(pids), limit: parseLimit(pidsLimit) },
    io: parseIoV1(bytes, counts),
  };
}

/** A file of a controller that is not there, or of a cgroup that has just gone, is empty. */
function readText(path: string): string {
  try {
    return readSmallFile(path);
  } catch {
    return '';
  }
}

/** `name value` lines. */
function parseTable(text: string): Record<string, number> {
  const table: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) table[line.slice(0, space)] = Number(line.slice(space + 1));
  }
  return table;
}

function parseNumber(text: string): number {
  return Number(text.trim() || 0);
}

function parseLimit(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'max') return Infinity;
  return Number(trimmed) > unlimitedV1 ? Infinity : Number(trimmed);
}

/** `8:0 rbytes=1 wbytes=2 rios=3 wios=4 …` */
function parseIoV2(text: string): CgroupStats['io'] {
  return text.split('\n').flatMap((line) => {
    const device = /^(\d+):(\d+) (.*)$/.exec(line);
    if (device === null) return [];
    const [major, minor] = [Number(device[1]), Number(device[2])];
    const counter = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(device[3]!)?.[1] ?? 0);
    return [
      { major, minor, operation: 'read' as const, bytes: counter('rbytes'), count: counter('rios') },
      { major, minor, operation: 'write' as const, bytes: counter('wbytes'), count: counter('wios') },
    ];
  });
}

/** `8:0 Read 4096` in two files, one for bytes and one for operations. */
function parseIoV1(bytes: string, counts: string): CgroupStats['io'] {
  const counters = new Map([...counts.matchAll(/^(\d+:\d+ (?:Read|Write)) (\d+)$/gm)].map(([, key, value]) => [key, Number(value)]));
  return [...bytes.matchAll(/^(\d+):(\d+) (Read|Write) (\d+)$/gm)].map(([, major, minor, operation, value]) => ({
    major: Number(major),
    minor: Number(minor),
    operation: operation === 'Read' ? 'read' : 'write',
    bytes: Number(value),
    count: counters.get(`${major}:${minor} ${operation}`) ?? 0,
  }));
}
