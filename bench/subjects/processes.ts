import { readdirSync, readFileSync } from 'node:fs';
import { namespaceOf } from './namespaces.ts';

/** All processes that share the mount and network namespaces of one: an engine with its helpers and shims, its containers left out. */
export function processesBeside(pid: number): number[] {
  const mounts = namespaceOf(pid, 'mnt');
  const network = namespaceOf(pid, 'net');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => namespaceOf(other, 'net') === network && namespaceOf(other, 'mnt') === mounts);
}

/** Proportional set size of processes in MB: their own memory, and their share of what they share. Source: proc_pid_smaps(5). */
export function memoryOf(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0));
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/** Seconds of processor time that processes have used so far, all their threads together. Source: proc_pid_stat(5), in ticks of 10 ms. */
export function processorSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const text = read(`/proc/${pid}/stat`);
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / 100;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has just ended.
    return '';
  }
}
