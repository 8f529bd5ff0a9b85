import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ContainerUsage, UsageReport } from '../../contract/engine-api/usage.ts';
import { Failure } from '../failure.ts';
import { sendJson, startTestEngine } from '../testing/test-engine.ts';
import { HistoryFile } from './history-file.ts';
import { History } from './history.ts';
import { samplesOf } from './rates.ts';
import { StatsSampler } from './sampler.ts';
import { usageSource } from './usage-source.ts';

const usage = (Id: string, fields: Partial<ContainerUsage> = {}): ContainerUsage => ({ Id, CpuTime: 0, Memory: 10, MemoryLimit: 100, Received: 0, Sent: 0, Read: 0, Written: 0, Processes: 1, ...fields });
const report = (At: number, ...Containers: ContainerUsage[]): UsageReport => ({ At, Cpus: 4, Memory: 8e9, Containers });

describe('rates', () => {
  test('are percent of one core and bytes a second', () => {
    const samples = samplesOf(report(1000, usage('a', { CpuTime: 1e9, Received: 1000, Written: 50 })), report(3000, usage('a', { CpuTime: 2e9, Received: 3000, Written: 50, Memory: 20 })));
    expect(samples.get('a')).toEqual([50, 20, 100, 1000, 0, 0, 0, 1]);
  });

  test('of what was started anew or is new are not known yet; nothing goes below zero', () => {
    const samples = samplesOf(report(0, usage('a', { CpuTime: 5 }), usage('c', { Sent: 900 })), report(1000, usage('a', { CpuTime: 1 }), usage('b'), usage('c', { Sent: 10 })));
    expect([...samples.keys()]).toEqual(['c']);
    expect(samples.get('c')?.[4]).toBe(0);
    expect(samplesOf(report(5), report(5, usage('a'))).size).toBe(0);
  });
});

describe('the sampler', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  function make(source = () => Promise.resolve(report(Date.now(), usage('a', { CpuTime: (Date.now() - 1e12) * 1e5 })))) {
    let asked = 0;
    const sampler = new StatsSampler({
      source: () => {
        asked += 1;
        return source();
      },
      history: new History(new HistoryFile('/nonexistent/stats')),
    });
    return { sampler, asked: () => asked };
  }

  test('asks as often as the most impatient watcher, rarely when nobody looks, and never while the engine is away', async () => {
    const { sampler, asked } = make();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked()).toBe(0);
    sampler.setConnected(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked()).toBeLessThanOrEqual(8);
    const before = asked();
    const heard: number[] = [];
    const stopSlow = sampler.watch(5000, () => undefined);
    const stop = sampler.watch(1000, (_, samples) => heard.push(samples.get('a')?.[0] ?? NaN));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked() - before).toBeGreaterThanOrEqual(9);
    expect(asked() - before).toBeLessThanOrEqual(11);
    expect(heard.every((cpu) => Math.abs(cpu - 10) < 0.1)).toBe(true);
    stop();
    stopSlow();
    const quiet = asked();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked() - quiet).toBeLessThanOrEqual(3);
    sampler.setConnected(false);
    const away = asked();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked()).toBe(away);
    await sampler.close();
  });

  test('a failed question is asked again at the next turn', async () => {
    let isBroken = true;
    const { sampler } = make(() => (isBroken ? Promise.reject(new Failure('unavailable', 'gone')) : Promise.resolve(report(Date.now(), usage('a')))));
    let heard = 0;
    sampler.watch(1000, () => (heard += 1));
    sampler.setConnected(true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard).toBe(0);
    isBroken = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard).toBeGreaterThan(0);
    await sampler.close();
  });

  test('marks what explains a line, and nothing else', () => {
    const { sampler } = make();
    const event = (Action: string, Attributes: Record<string, string> = {}) => sampler.hear({ Type: 'container', Action, Actor: { ID: 'a', Attributes: { name: 'web', ...Attributes } }, scope: 'local', time: 0, timeNano: 1e18 });
    event('die', { exitCode: '137' });
    event('exec_start: sh');
    event('health_status: unhealthy');
    event('constructor');
    expect(sampler.history('a').marks).toEqual([
      { at: 1e12, id: 'a', name: 'web', kind: 'die', exitCode: 137 },
      { at: 1e12, id: 'a', name: 'web', kind: 'unhealthy' },
    ]);
  });
});

test('an engine without the extension is asked container by container', async () => {
  const stats = {
    cpu_stats: { cpu_usage: { total_usage: 5e9 }, online_cpus: 2 },
    memory_stats: { usage: 5000, limit: 9000, stats: { inactive_file: 1000 } },
    pids_stats: { current: 7 },
    blkio_stats: { io_service_bytes_recursive: [{ op: 'Read', value: 3 }, { op: 'read', value: 4 }, { op: 'write', value: 5 }] },
    networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
  };
  const engine = await startTestEngine({
    'GET /containers/json': (_, response) => sendJson(response, 200, [{ Id: 'a1', State: 'running' }, { Id: 'b2', State: 'exited' }, { Id: 'c3', State: 'running' }]),
    'GET /containers/a1/stats': (_, response) => sendJson(response, 200, stats),
    // c3 ended meanwhile: 404.
  });
  const source = usageSource(engine.client);
  await source();
  const { Containers, Cpus } = await source();
  expect(Cpus).toBe(2);
  expect(Containers).toEqual([{ Id: 'a1', CpuTime: 5e9, Memory: 4000, MemoryLimit: 9000, Received: 11, Sent: 22, Read: 7, Written: 5, Processes: 7 }]);
  expect(engine.requests.filter((line) => line.includes('/slipway/stats'))).toHaveLength(1);
  expect(engine.requests).toContain('GET /containers/a1/stats?stream=false&one-shot=true');
  await engine.close();
});
