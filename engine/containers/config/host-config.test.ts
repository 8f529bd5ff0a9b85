import { expect, test } from 'vitest';
import type { HostConfig } from '../../../contract/engine-api/container.ts';
import { completeHostConfig } from './host-config.ts';
import { logRotation } from './log-options.ts';

const host = { hostname: 'host', cpus: 2, cgroupVersion: 2 as const };

test('an empty one has moby’s defaults', () => {
  expect(completeHostConfig({}, host)).toMatchObject({
    NetworkMode: 'bridge',
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    LogConfig: { Type: 'json-file', Config: {} },
    IpcMode: 'private',
    CgroupnsMode: 'private',
    ShmSize: 67108864,
    AutoRemove: false,
    Binds: null,
    PortBindings: {},
  });
  expect(completeHostConfig({}, { ...host, cgroupVersion: 1 }).CgroupnsMode).toBe('host');
});

test('nulls mean nothing, unknown fields stay', () => {
  const asked = { ShmSize: null, Dns: null, Memory: null, NewField: 5 } as unknown as HostConfig;
  expect(completeHostConfig(asked, host)).toMatchObject({ ShmSize: 67108864, Dns: [], Memory: 0, NewField: 5 });
});

test('privileged masks nothing', () => {
  expect(completeHostConfig({ Privileged: true }, host)).toMatchObject({ MaskedPaths: null, ReadonlyPaths: null });
  expect(completeHostConfig({ MaskedPaths: [] }, host).MaskedPaths).toEqual([]);
});

test.each<[HostConfig, string]>([
  [{ Memory: 1024 }, 'Minimum memory limit allowed is 6MB'],
  [{ Memory: 64e6, MemorySwap: 32e6 }, 'Minimum memoryswap limit should be larger than memory limit'],
  [{ MemorySwap: 64e6 }, 'always set the Memory limit when using Memoryswap'],
  [{ NanoCpus: 3e9 }, 'range of CPUs is from 0.01 to 2.00'],
  [{ NanoCpus: 1e9, CpuQuota: 5000 }, 'Nano CPUs and CPU Quota cannot both be set'],
  [{ CpuPeriod: 10 }, 'CPU cfs period'],
  [{ RestartPolicy: { Name: 'always', MaximumRetryCount: 2 } }, "can only be used with 'on-failure'"],
  [{ Runtime: 'gvisor' }, 'unknown or invalid runtime name: gvisor'],
  [{ LogConfig: { Type: 'json-file', Config: { colour: 'red' } } }, "unknown log opt 'colour' for json-file log driver"],
  [{ LogConfig: { Type: 'json-file', Config: { 'max-size': 'huge' } } }, "invalid size: 'huge'"],
  [{ LogConfig: { Type: 'local' } }, 'use json-file or none'],
  [{ OomScoreAdj: 2000 }, 'range for oom score adj'],
])('%j is refused', (asked, words) => {
  expect(() => completeHostConfig(asked, host)).toThrow(words);
});

test('sizes of logs', () => {
  const rotation = (size: string) => logRotation({ Type: 'json-file', Config: { 'max-size': size, 'max-file': '3' } });
  expect([rotation('10m').maxSize, rotation('1.5 GB').maxSize, rotation('512').maxSize, rotation('1KiB').maxSize, rotation('-1').maxSize]).toEqual([10e6, 1.5e9, 512, 1024, 0]);
  expect(rotation('1k').maxFile).toBe(3);
});
