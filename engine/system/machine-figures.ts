import { readFileSync, statfsSync } from 'node:fs';
import type { MachineFigures } from './give-back.ts';

/** Sources: proc_stat(5), proc_meminfo(5). @param dataRoot where the data disk is mounted */
export function readMachineFigures(dataRoot: string): MachineFigures {
  const disk = statfsSync(dataRoot);
  return { time: processorTime(readFileSync('/proc/stat', 'latin1')), cached: cachedBytes(readFileSync('/proc/meminfo', 'latin1')), free: disk.bfree * disk.bsize };
}

/** Of all processors together. Waiting for a disk is idle, too, and guests of this machine are counted as its users already. */
export function processorTime(stat: string): MachineFigures['time'] {
  const times = stat.slice(0, stat.indexOf('\n')).trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: times.reduce((sum, time) => sum + time, 0), idle: (times[3] ?? 0) + (times[4] ?? 0) };
}

/** `Cached` counts what lies in tmpfs, and what programs have mapped: neither can be forgotten. */
export function cachedBytes(meminfo: string): number {
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0);
  return Math.max(0, field('Cached') + field('Buffers') - field('Shmem') - field('Mapped')) * 1024;
}
