import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCgroupStats } from './cgroup-stats.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cgroup-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const directoryOf = (version: 1 | 2, path: string, controller: string) => (version === 2 ? join(root, path) : join(root, controller, path));
function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

it('reads v2', async () => {
  write({
    'a/cpu.stat': 'usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\nnr_periods 5\nnr_throttled 2\nthrottled_usec 700\n',
    'a/memory.current': '4096\n',
    'a/memory.max': 'max\n',
    'a/memory.stat': 'anon 100\ninactive_file 200\n',
    'a/memory.events': 'low 0\noom 3\noom_kill 2\n',
    'a/pids.current': '7\n',
    'a/pids.max': '100\n',
    'a/io.stat': '254:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n',
  });
  expect(readCgroupStats(2, 'a', directoryOf)).toEqual({
    cpu: { usageNanoseconds: 3e6, userNanoseconds: 2e6, systemNanoseconds: 1e6, periods: 5, throttledPeriods: 2, throttledNanoseconds: 7e5 },
    memory: { usage: 4096, limit: Infinity, details: { anon: 100, inactive_file: 200 }, oomKills: 2 },
    pids: { current: 7, limit: 100 },
    io: [
      { major: 254, minor: 0, operation: 'read', bytes: 10, count: 1 },
      { major: 254, minor: 0, operation: 'write', bytes: 20, count: 2 },
    ],
  });
});

it('reads v1', async () => {
  write({
    'cpuacct/a/cpuacct.usage': '123456\n',
    'cpuacct/a/cpuacct.stat': 'user 3\nsystem 4\n',
    'cpu/a/cpu.stat': 'nr_periods 1\nnr_throttled 1\nthrottled_time 99\n',
    'memory/a/memory.usage_in_bytes': '8192\n',
    'memory/a/memory.limit_in_bytes': '9223372036854771712\n',
    'memory/a/memory.stat': 'total_inactive_file 5\n',
    'memory/a/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n',
    'pids/a/pids.current': '2\n',
    'pids/a/pids.max': 'max\n',
    'blkio/a/blkio.throttle.io_service_bytes': '8:0 Read 4096\n8:0 Write 0\nTotal 4096\n',
    'blkio/a/blkio.throttle.io_serviced': '8:0 Read 1\n8:0 Write 0\nTotal 1\n',
  });
  const stats = readCgroupStats(1, 'a', directoryOf);
  expect(stats.cpu).toEqual({ usageNanoseconds: 123456, userNanoseconds: 3e7, systemNanoseconds: 4e7, periods: 1, throttledPeriods: 1, throttledNanoseconds: 99 });
  expect([stats.memory.limit, stats.memory.oomKills, stats.pids]).toEqual([Infinity, 1, { current: 2, limit: Infinity }]);
  expect(stats.io[0]).toEqual({ major: 8, minor: 0, operation: 'read', bytes: 4096, count: 1 });
});

it('counts nothing for a cgroup that is gone', async () => {
  expect(readCgroupStats(2, 'gone', directoryOf)).toMatchObject({ cpu: { usageNanoseconds: 0 }, memory: { usage: 0, limit: Infinity }, io: [] });
});
