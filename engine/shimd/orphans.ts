import { readFileSync } from 'node:fs';
import { reap } from '../lib/syscalls/process.ts';

/**
 * As a subreaper shimd inherits every orphan below it, e.g. those of containers that share the host's pids. The dead ones
 * among them that nobody waits for are collected here. Only by number: waiting for any child would take libuv's children
 * (the commands shimd runs) away from it.
 * @param isKnown processes whose exit code somebody else collects.
 */
export function reapOrphans(isKnown: (pid: number) => boolean): void {
  for (const pid of children()) {
    if (!isKnown(pid) && isZombie(pid)) {
      try {
        reap(pid);
      } catch {
        // Collected by libuv in between.
      }
    }
  }
}

function children(): number[] {
  try {
    const text = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
    return text.split(' ').filter((pid) => pid !== '').map(Number);
  } catch {
    // A kernel without CONFIG_PROC_CHILDREN: zombies stay until shimd ends.
    return [];
  }
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
