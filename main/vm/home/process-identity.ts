import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * A process that is still the one that was meant: its number, and when it started, since numbers are given again.
 * `started` is opaque; empty where it cannot be learnt, then the number alone decides.
 */
export interface ProcessIdentity {
  pid: number;
  started: string;
}

/** Null when no such process lives. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform === 'linux') {
    const started = await readFile(`/proc/${pid}/stat`, 'utf8').then(startTimeOfStat, () => null);
    return started === null ? null : { pid, started };
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and is another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  if (process.platform !== 'darwin') return { pid, started: '' };
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return { pid, started: stdout.trim() };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const found = await identifyProcess(identity.pid);
  return found !== null && (identity.started === '' || found.started === identity.started);
}

/**
 * Field 22 of `/proc/<pid>/stat` (proc(5)); null for a zombie, which is dead and only waits to be collected. The name in
 * field 2 may hold spaces and parentheses, so counting starts after the last one.
 */
export function startTimeOfStat(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}
