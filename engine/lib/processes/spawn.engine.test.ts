import { closeSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPipe, spawnProcess } from './spawn.ts';
import { closeInherited, pidfdOpen, poll, PollEvent, reap } from '../syscalls/process.ts';

/** @returns exit code and output of a command that says little */
function run(command: string[], stdin: number | null = null): [number | undefined, string] {
  const { read, write } = openPipe();
  const pid = spawnProcess({ command, stdin, stdout: write, stderr: write, env: { PATH: '/usr/bin:/bin', COLOR: 'red', NONE: undefined } });
  closeSync(write);
  const pidfd = pidfdOpen(pid);
  poll(pidfd, PollEvent.in, 10_000);
  closeSync(pidfd);
  const output = readFileSync(read, 'utf8');
  closeSync(read);
  return [reap(pid), output];
}

describe('spawnProcess', () => {
  it('passes arguments, environment and descriptors', () => {
    expect(run(['sh', '-c', 'echo "$1 $COLOR ${NONE-none}"; cat; echo err >&2; exit 7', 'sh', 'a b'])).toEqual([7, 'a b red none\nerr\n']);
    const input = openPipe();
    closeSync(input.write);
    expect(run(['sh', '-c', 'readlink /proc/$$/fd/0 | cut -c1-4'], input.read)).toEqual([0, 'pipe\n']);
    closeSync(input.read);
  });

  it('leaves no other descriptor open and no signal ignored or blocked', () => {
    closeInherited();
    // The fourth is the folder that ls reads.
    expect(run(['ls', '/proc/self/fd'])[1]).toBe('0\n1\n2\n3\n');
    expect(run(['grep', '-E', 'Sig(Blk|Ign)', '/proc/self/status'])[1]).toMatch(/^SigBlk:\t0+\nSigIgn:\t0+\n$/);
  });

  it('says what could not be started', () => {
    expect(() => run(['/no/such/program'])).toThrow(expect.objectContaining({ code: 'ENOENT', syscall: 'posix_spawn', path: '/no/such/program' }) as Error);
  });
});
