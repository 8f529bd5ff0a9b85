import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { UsageReport } from '../../contract/engine-api/usage.ts';
import { startBusyboxEngine } from './fixture/busybox-engine.ts';
import type { NativeEngine } from './fixture/native-engine.ts';

let engine: NativeEngine;

beforeAll(async () => {
  engine = await startBusyboxEngine();
});

afterAll(async () => {
  await engine?.dispose();
});

async function run(name: string, command: string, host: object = {}): Promise<string> {
  const { body } = await engine.api<{ Id: string }>('POST', `/containers/create?name=${name}`, { Image: 'bb', Cmd: ['sh', '-c', command], StopSignal: 'SIGKILL', HostConfig: host });
  await engine.api('POST', `/containers/${name}/start`);
  return body.Id;
}

const report = async () => (await engine.api<UsageReport>('GET', '/slipway/stats')).body;

test('the counters of everything that runs come in one answer, and are those of the stats of each', async () => {
  const busy = await run('busy', 'while :; do :; done', { Memory: 64 * 2 ** 20 });
  const idle = await run('idle', 'sleep 1000', { NetworkMode: 'none' });
  await run('over', 'true');
  const first = await report();
  expect(first.Cpus).toBeGreaterThan(0);
  expect(first.Containers.find(({ Id }) => Id === idle)).toMatchObject({ Received: 0, Sent: 0, Processes: 1, MemoryLimit: first.Memory });
  await vi.waitFor(
    async () => {
      const { Containers } = await report();
      expect(Containers.map(({ Id }) => Id).sort()).toEqual([busy, idle].sort());
      const now = Containers.find(({ Id }) => Id === busy)!;
      expect(now.CpuTime).toBeGreaterThan(1e8);
      expect(now.MemoryLimit).toBe(64 * 2 ** 20);
      expect(now.Memory).toBeGreaterThan(0);
    },
    { timeout: 20_000, interval: 25 },
  );
  const { body: own } = await engine.api<{ cpu_stats: { cpu_usage: { total_usage: number } } }>('GET', '/containers/busy/stats?stream=0&one-shot=1');
  const after = (await report()).Containers.find(({ Id }) => Id === busy)!;
  expect(after.CpuTime).toBeGreaterThanOrEqual(own.cpu_stats.cpu_usage.total_usage);
  await engine.api('POST', '/containers/busy/pause');
  expect((await report()).Containers.map(({ Id }) => Id)).toContain(busy);
  for (const name of ['busy', 'idle', 'over']) await engine.api('DELETE', `/containers/${name}?force=1`);
  expect((await report()).Containers).toEqual([]);
});
