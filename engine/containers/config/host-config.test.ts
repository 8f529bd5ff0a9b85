import { expect, test } from 'vitest';
import type { HostConfig } from '../../../contract/engine-api/container.ts';
import { completeHostConfig } from './host-config.ts';
import { logRotation } from './log-options.ts';
import { testHost } from './testing/test-host.ts';

const complete = (asked: HostConfig, host = testHost) => completeHostConfig(asked, {}, host).hostConfig;

test('an empty one has moby’s defaults', () => {
  expect(complete({})).toMatchObject({
    NetworkMode: 'bridge',
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    LogConfig: { Type: 'json-file', Config: {} },
    IpcMode: 'private',
    CgroupnsMode: 'private',
    ShmSize: 67108864,
    AutoRemove: false,
    Binds: null,
    PortBindings: null,
  });
  expect(complete({}, { ...testHost, cgroupVersion: 1 }).CgroupnsMode).toBe('host');
});

test('nulls mean nothing, unknown fields go', () => {
  const asked = { ShmSize: null, Dns: null, Memory: null, NewField: 5 } as unknown as HostConfig;
  expect(complete(asked)).toMatchObject({ ShmSize: 67108864, Dns: null, Memory: 0 });
  expect(complete(asked)).not.toHaveProperty('NewField');
});

test('privileged masks nothing', () => {
  expect(complete({ Privileged: true })).toMatchObject({ MaskedPaths: null, ReadonlyPaths: null });
  expect(complete({ MaskedPaths: [] }).MaskedPaths).toEqual([]);
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
  [{ OomScoreAdj: 2000 }, 'range for oom score adj'],
])('%j is refused', (asked, words) => {
  expect(() => complete(asked)).toThrow(words);
});

test('what shares with the host has no SELinux label, unless somebody chose one', () => {
  expect(complete({ PidMode: 'host', SecurityOpt: ['no-new-privileges'] }).SecurityOpt).toEqual(['no-new-privileges', 'label=disable']);
  expect(complete({ Privileged: true, SecurityOpt: ['label=type:x'] }).SecurityOpt).toEqual(['label=type:x']);
});

test('what the kernel cannot limit is discarded with a warning', () => {
  const limits = { ...testHost.limits, memory: false, swap: false, pids: false, blkioWeight: false, blkioReadBps: false, cpuShares: false, cpuCfs: false, cpuset: false };
  const asked = { Memory: 64e6, PidsLimit: 5, BlkioWeight: 100, CpuShares: 5, CpuQuota: 5000, CpusetCpus: '0', BlkioDeviceReadBps: [{ Path: '/dev/zero', Rate: 5 }], KernelMemory: 5e7 };
  const { hostConfig, warnings } = completeHostConfig(asked, {}, { ...testHost, limits });
  expect(warnings).toHaveLength(8);
  expect(hostConfig).toMatchObject({ Memory: 0, MemorySwap: -1, PidsLimit: null, BlkioWeight: 0, CpuShares: 0, CpuQuota: 0, CpusetCpus: '', BlkioDeviceReadBps: [] });
  expect(hostConfig).not.toHaveProperty('KernelMemory');
});

test('sizes of logs', () => {
  const rotation = (size: string) => logRotation({ Type: 'json-file', Config: { 'max-size': size, 'max-file': '3' } });
  expect([rotation('10m').maxSize, rotation('1.5 GB').maxSize, rotation('512').maxSize, rotation('1KiB').maxSize, rotation('-1').maxSize]).toEqual([10e6, 1.5e9, 512, 1024, 0]);
  expect(rotation('1k').maxFile).toBe(3);
});
