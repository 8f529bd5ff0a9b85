import { describe, expect, it } from 'vitest';

type Call = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: string }>;

interface Inspect {
  State: { ExitCode: number; OOMKilled: boolean; Running: boolean };
}

/** Limits of containers are real where cgroups are v2 throughout, which is in the VM. Registers its tests with the running VM's engine. */
export function limitsSuite(engine: Call): void {
  /** Runs a script to its end. @returns what it said and how it ended */
  async function script(text: string, hostConfig: Record<string, unknown>): Promise<{ output: string; warnings: string[]; state: Inspect['State'] }> {
    const created = await engine('POST', '/containers/create', { Image: 'slipway/hello', Entrypoint: ['sh', '-c'], Cmd: [text], Tty: true, HostConfig: { NetworkMode: 'none', ...hostConfig } });
    expect(created).toMatchObject({ status: 201 });
    const { Id: id, Warnings: warnings } = JSON.parse(created.body) as { Id: string; Warnings: string[] };
    expect(await engine('POST', `/containers/${id}/start`)).toMatchObject({ status: 204 });
    await engine('POST', `/containers/${id}/wait`);
    const { State: state } = JSON.parse((await engine('GET', `/containers/${id}/json`)).body) as Inspect;
    const output = (await engine('GET', `/containers/${id}/logs?stdout=1&stderr=1`)).body.replaceAll('\r\n', '\n').trimEnd();
    await engine('DELETE', `/containers/${id}?force=1`);
    return { output, warnings, state };
  }
  const read = async (files: string, hostConfig: Record<string, unknown>) => (await script(`cd /sys/fs/cgroup && cat ${files}`, hostConfig)).output;

  describe('limits', () => {
    it('memory, with as much swap again unless something else is said', async () => {
      expect(await read('memory.max memory.swap.max memory.low', { Memory: 64 << 20, MemoryReservation: 32 << 20 })).toBe(`${64 << 20}\n${64 << 20}\n${32 << 20}`);
      expect(await read('memory.max memory.swap.max', { Memory: 64 << 20, MemorySwap: -1 })).toBe(`${64 << 20}\nmax`);
      expect(await read('memory.max memory.swap.max', { Memory: 64 << 20, MemorySwap: 64 << 20 })).toBe(`${64 << 20}\n0`);
    });

    it('processors: quota, weight and set', async () => {
      expect(await read('cpu.max cpuset.cpus.effective', { NanoCpus: 500_000_000, CpusetCpus: '1' })).toBe('50000 100000\n1');
      expect(await read('cpu.max cpu.weight', { CpuQuota: 20000, CpuPeriod: 50000, CpuShares: 512 })).toMatch(/^20000 50000\n(20|59)$/);
      expect(await read('cpu.max', { CpuQuota: -1 })).toBe('max 100000');
    });

    it('processes: one too many is not born', async () => {
      const { output } = await script('cat /sys/fs/cgroup/pids.max; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 60 & done; echo all', { PidsLimit: 6 });
      expect(output).toMatch(/^6\n/);
      expect(output).toContain('Resource temporarily unavailable');
      expect(output).not.toContain('all');
    });

    it('disk traffic', async () => {
      expect(await read('io.max', { BlkioDeviceReadBps: [{ Path: '/dev/vdb', Rate: 1 << 20 }], BlkioDeviceWriteIOps: [{ Path: '/dev/vdb', Rate: 50 }] })).toMatch(
        /^\d+:\d+ rbps=1048576 wbps=max riops=max wiops=50$/,
      );
      const { warnings, output } = await script('cat /sys/fs/cgroup/io.weight /sys/fs/cgroup/io.bfq.weight 2>/dev/null; echo runs', { BlkioWeight: 300 });
      expect(output).toContain('runs');
      if (warnings.length === 0) expect(output).toMatch(/\d{3,}/);
    });

    it('a process that takes more memory than it may is killed, and inspect says why', async () => {
      const { state } = await script('exec dd if=/dev/zero of=/dev/shm/full bs=1M count=60', { Memory: 16 << 20, MemorySwap: 16 << 20 });
      expect(state).toMatchObject({ ExitCode: 137, OOMKilled: true });
    });

    it('what this kernel cannot limit is discarded with moby’s words', async () => {
      const { warnings } = await script('true', { OomKillDisable: true, MemorySwappiness: 10, KernelMemory: 64 << 20 });
      expect(warnings).toEqual([
        'Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.',
        'Your kernel does not support kernel memory limit capabilities or the cgroup is not mounted. Limitation discarded.',
        'Your kernel does not support OomKillDisable. OomKillDisable discarded.',
      ]);
    });

    it('a running container takes new ones', async () => {
      const text = 'cd /sys/fs/cgroup; until [ "$(cat memory.max pids.max cpu.max | tr "\\n" " ")" = "$1" ]; do sleep 0.1; done; echo seen';
      const wanted = `${32 << 20} max max 100000 `;
      const created = await engine('POST', '/containers/create?name=updated', {
        Image: 'slipway/hello',
        Entrypoint: ['sh', '-c', text, 'sh', wanted],
        Cmd: [],
        HostConfig: { NetworkMode: 'none', Memory: 64 << 20, PidsLimit: 20, CpuQuota: 50000 },
      });
      expect(created).toMatchObject({ status: 201 });
      await engine('POST', '/containers/updated/start');
      const update = (body: unknown) => engine('POST', '/containers/updated/update', body);
      expect(await update({ Memory: 32 << 20, PidsLimit: -1, CpuQuota: -1 })).toMatchObject({ status: 200 });
      expect(await update({ CpuShares: 512, CpusetCpus: '0', BlkioWeight: 0 })).toMatchObject({ status: 200 });
      expect(JSON.parse((await engine('POST', '/containers/updated/wait')).body)).toEqual({ StatusCode: 0 });
      await engine('DELETE', '/containers/updated');
    });

    it('an init looks after orphans', async () => {
      expect((await script('cat /proc/1/comm', { Init: true })).output).toBe('docker-init');
    });
  });
}
