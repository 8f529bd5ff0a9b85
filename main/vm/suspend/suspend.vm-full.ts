import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostAddress } from '../../host-socket/host-address.ts';
import { identifyProcess } from '../home/process-identity.ts';
import { freePort } from '../testing/free-port.ts';
import { bootServedVm, type ServedVm } from '../testing/served-vm.ts';

/**
 * One VM from its boot on: what it gives back to this computer, then its suspensions, seen by the docker CLI on the host socket.
 */
const MB = 1e6;
let served: ServedVm;
const docker = (...args: string[]) => served.docker(...args);

const page = (port: number) => fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then(({ status }) => status);
const phases = () => (served.vm.state.status === 'running' ? served.vm.state.phases.map(({ id }) => id) : []);
const resumed = ['requirements', 'disk', 'hypervisor', 'resume', 'engine'];

beforeAll(async () => {
  served = await bootServedVm();
}, 600_000);
afterAll(() => served.dispose());

describe.runIf(process.platform === 'linux')('a VM gives back', () => {
  const load = 192 * 1024 * 1024;

  it.each([
    ['what a process had', 'dd if=/dev/zero of=/dev/shm/a bs=1M count=192 2> /dev/null; echo full; read line', ['--shm-size', '200m']],
    ['what was kept of files', 'dd if=/dev/zero of=/data/a bs=1M count=192 2> /dev/null; echo full; read line', ['-v', 'files:/data']],
  ])('at least nine tenths of the memory soon after a load’s end: %s', async (_what, command, options) => {
    // What the engine reads and compiles for its first container of that kind stays, and is none of the load's.
    await docker('run', '--rm', ...options, 'slipway/hello', 'true');
    const calm = served.resident();
    await docker('run', '-d', '-i', '--name', 'eater', ...options, 'slipway/hello', 'sh', '-c', command);
    await expect.poll(() => docker('logs', 'eater'), { timeout: 120_000, interval: 200 }).toContain('full');
    const full = served.resident();
    await docker('rm', '-f', 'eater');
    const endedAt = performance.now();
    // Against what it had before: some of a file's pages may be back before all of it is written. Ten seconds on a quiet machine; where the guest hardly gets to run its figures say that it is busy.
    await expect.poll(() => served.resident() - calm, { timeout: 60_000, interval: 100 }).toBeLessThan(0.1 * load);
    console.log(`memory: ${Math.round(calm / MB)} MB, ${Math.round(full / MB)} MB with ${Math.round(load / MB)} MB in use, ${Math.round(served.resident() / MB)} MB ${Math.round(performance.now() - endedAt)} ms after the end`);
  });

  it('at least 95 % of the disk within a minute of removing images and volumes', async () => {
    const before = await served.allocated();
    // An image of a large file and of many small ones, and another volume.
    const many = 'mkdir /many; cd /many; dd if=/dev/urandom bs=1M count=4 2> /dev/null | split -b 8k; dd if=/dev/urandom of=/large bs=1M count=30 2> /dev/null; sync';
    await docker('run', '--name', 'maker', 'slipway/hello', 'sh', '-c', many);
    await docker('commit', 'maker', 'made');
    await docker('run', '--rm', '-v', 'more:/data', 'slipway/hello', 'sh', '-c', 'dd if=/dev/urandom of=/data/a bs=1M count=60 2> /dev/null; sync');
    const full = await served.allocated();
    expect(full - before).toBeGreaterThan(120 * MB);
    await docker('rm', 'maker');
    await docker('rmi', 'made');
    await docker('volume', 'rm', 'more', 'files');
    const removedAt = performance.now();
    const freed = full - before;
    await expect.poll(async () => full - (await served.allocated()), { timeout: 60_000, interval: 250 }).toBeGreaterThan(0.95 * freed);
    console.log(`disk: ${Math.round(full / MB)} MB, ${Math.round((await served.allocated()) / MB)} MB ${Math.round(performance.now() - removedAt)} ms after ${Math.round(freed / MB)} MB were removed`);
  });
});

describe.runIf(process.platform === 'linux')('a VM that is suspended', () => {
  let port: number;

  it('goes to the disk with what runs in it, has no process, and closes its ports', async () => {
    port = await freePort();
    await docker('run', '-d', '--name', 'web', '-p', `${port}:80`, 'slipway/hello');
    await docker('run', '-d', '--name', 'counter', 'slipway/hello', 'sh', '-c', 'i=0; while true; do i=$((i+1)); echo $i; sleep 0.2; done');
    await expect.poll(() => page(port).catch(() => 0), { timeout: 30_000 }).toBe(200);
    const pid = served.qemuPid();
    const startedAt = performance.now();
    await served.suspend();
    console.log(`suspended in ${Math.round(performance.now() - startedAt)} ms: ${Math.round((await stat(join(served.home, 'suspended/state'))).size / MB)} MB`);
    expect(served.vm.state).toMatchObject({ status: 'suspended', containers: 2 });
    expect(await identifyProcess(pid)).toBeNull();
    await expect(page(port)).rejects.toThrow();
    for (const [path, mode] of [['suspended', 0o700], ['suspended/state', 0o600]] as const) expect((await stat(join(served.home, path))).mode & 0o777).toBe(mode);
  });

  it('is resumed by the docker CLI, which only waits; containers go on where they were, with the right time and their ports', async () => {
    const startedAt = performance.now();
    expect(await docker('ps', '--format', '{{.Names}}')).toBe('counter\nweb');
    console.log(`docker ps answered after ${Math.round(performance.now() - startedAt)} ms: ${served.vm.state.status === 'running' ? served.vm.state.phases.map(({ id, tookMs }) => `${id} ${tookMs} ms`).join(', ') : served.vm.state.status}`);
    expect(phases()).toEqual(resumed);
    const asked = Date.now() / 1000;
    const clock = Number(await docker('exec', 'counter', 'date', '+%s'));
    expect(clock).toBeGreaterThan(asked - 2);
    expect(clock).toBeLessThan(Date.now() / 1000 + 2);
    await expect.poll(() => page(port).catch(() => 0), { timeout: 30_000 }).toBe(200);
    // Its shell never noticed: each number once, in order.
    const counted = (await docker('logs', 'counter')).split('\n').map(Number);
    expect(counted).toEqual(counted.map((_number, index) => index + 1));
    expect(existsSync(join(served.home, 'suspended'))).toBe(false);
  });

  it('is so again, and its data disk is whole: what was written before and after is there', async () => {
    for (const round of [1, 2]) {
      await docker('run', '--rm', '-v', 'kept:/kept', 'slipway/hello', 'sh', '-c', `echo ${round} >> /kept/log`);
      await served.suspend();
      expect(await docker('run', '--rm', '-v', 'kept:/kept', 'slipway/hello', 'cat', '/kept/log')).toBe(Array.from({ length: round }, (_, index) => index + 1).join('\n'));
      expect(phases()).toEqual(resumed);
    }
  });

  it('gives memory back after its resume as before', async () => {
    const load = 192 * 1024 * 1024;
    const before = served.resident();
    await served.suspend();
    await docker('ps', '-q');
    const calm = served.resident();
    await docker('run', '-d', '-i', '--name', 'eater', '--shm-size', '200m', 'slipway/hello', 'sh', '-c', 'dd if=/dev/zero of=/dev/shm/a bs=1M count=192 2> /dev/null; echo full; read line');
    await expect.poll(() => docker('logs', 'eater'), { timeout: 120_000, interval: 200 }).toContain('full');
    const full = served.resident();
    await docker('rm', '-f', 'eater');
    const endedAt = performance.now();
    await expect.poll(() => served.resident() - calm, { timeout: 60_000, interval: 100 }).toBeLessThan(0.1 * load);
    console.log(`memory: ${Math.round(before / MB)} MB before the suspension, ${Math.round(calm / MB)} MB after the resume, ${Math.round(full / MB)} MB with ${Math.round(load / MB)} MB in use, ${Math.round(served.resident() / MB)} MB ${Math.round(performance.now() - endedAt)} ms after the end`);
  });

  it('runs on at once when a command comes while it is being written', async () => {
    const pid = served.qemuPid();
    const suspended = served.suspend().then(
      () => 'suspended',
      (error: Error) => error.message,
    );
    // A client that is there at once: a program may take longer to begin than a suspension to end.
    await expect.poll(() => served.vm.state.status, { interval: 1, timeout: 30_000 }).toBe('suspending');
    const client = connect(hostAddress(served.home).path);
    expect(await suspended).toBe('The VM was needed, and runs on.');
    client.destroy();
    expect([await docker('ps', '--format', '{{.Names}}'), served.qemuPid()]).toEqual(['counter\nweb', pid]);
    expect(await page(port)).toBe(200);
  });

  it('has no state that can be resumed twice: one that is killed after its resume boots cold, with its data', async () => {
    await served.suspend();
    await docker('ps', '-q');
    process.kill(served.qemuPid(), 'SIGKILL');
    await expect.poll(() => served.vm.state.status, { timeout: 60_000 }).toBe('failed');
    await served.vm.start();
    expect(phases()).toContain('kernel');
    expect(await docker('run', '--rm', '-v', 'kept:/kept', 'slipway/hello', 'cat', '/kept/log')).toBe('1\n2');
    expect(served.lines.filter((line) => /cannot go on|damaged/.test(line))).toEqual([]);
  });
});
