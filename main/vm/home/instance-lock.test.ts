import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acquireInstanceLock } from './instance-lock.ts';
import { identifyProcess, isAlive, startTimeOfStat } from './process-identity.ts';

vi.setConfig({ testTimeout: 30_000 });

let folder: string;
let path: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
  path = join(folder, 'lock');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function process_(): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['1000']);
  await once(child, 'spawn');
  children.push(child);
  return child as ChildProcess & { pid: number };
}
async function end(child: ChildProcess) {
  child.kill('SIGKILL');
  await once(child, 'exit');
}
const noOrphan = () => Promise.reject(new Error('there was no orphan to end'));

describe('the lock of an instance', () => {
  it('is had by one at a time', async () => {
    const lock = await acquireInstanceLock(path, noOrphan);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(acquireInstanceLock(path, noOrphan)).rejects.toMatchObject({ failure: { code: 'already-running', message: expect.stringContaining(`process ${process.pid}`) } });
    await lock.release();
    await (await acquireInstanceLock(path, noOrphan)).release();
  });

  it('is refused while another process lives, and taken over once it is dead, its VM ended first', async () => {
    const [owner, vm] = [await process_(), await process_()];
    await writeFile(path, JSON.stringify({ owner: await identifyProcess(owner.pid), vm: await identifyProcess(vm.pid) }));
    await expect(acquireInstanceLock(path, noOrphan)).rejects.toMatchObject({ failure: { message: expect.stringContaining(`process ${owner.pid}`) } });
    await end(owner);
    const ended: number[] = [];
    const lock = await acquireInstanceLock(path, async (pid) => {
      ended.push(pid);
      await end(vm);
    });
    expect(ended).toEqual([vm.pid]);
    await lock.release();
  });

  it('does not mistake a new process with an old number for its owner', async () => {
    const stranger = await process_();
    await writeFile(path, JSON.stringify({ owner: { pid: stranger.pid, started: 'long ago' }, vm: { pid: stranger.pid, started: 'long ago' } }));
    await (await acquireInstanceLock(path, noOrphan)).release();
  });

  it.each(['', '{"owner":', '{"owner":{"pid":"1"}}', '[]'])('that was cut off (%j) keeps nobody out', async (content) => {
    await writeFile(path, content);
    await (await acquireInstanceLock(path, noOrphan)).release();
  });

  it('goes to exactly one of many that find a dead owner', async () => {
    await writeFile(path, JSON.stringify({ owner: { pid: 999_999_999, started: '' }, vm: null }));
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => acquireInstanceLock(path, noOrphan)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('remembers which VM to end', async () => {
    const vm = await process_();
    const lock = await acquireInstanceLock(path, noOrphan);
    await lock.recordVm(vm.pid);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ owner: await identifyProcess(process.pid), vm: await identifyProcess(vm.pid) });
  });
});

describe('the identity of a process', () => {
  it('is its number and its start', async () => {
    const child = await process_();
    const identity = await identifyProcess(child.pid);
    expect(identity?.pid).toBe(child.pid);
    expect(await isAlive(identity ?? { pid: 0, started: '' })).toBe(true);
    await end(child);
    expect(await isAlive(identity ?? { pid: 0, started: '' })).toBe(false);
    expect(await identifyProcess(0)).toBeNull();
  });

  it('is read past a name with spaces and parentheses, and a zombie has none', () => {
    const stat = (state: string) => `42 (tmux: (server) x) ${state} 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1000 1`;
    expect(startTimeOfStat(stat('S'))).toBe('987654');
    expect(startTimeOfStat(stat('Z'))).toBeNull();
  });
});
