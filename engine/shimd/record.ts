import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogTarget, ProcessExit, ProcessKey, TaskState } from './protocol.ts';

/** What a later shimd needs to take a process over. Lies beside the process's pipes. */
export interface ProcessRecord extends ProcessKey {
  pid: number;
  /** Clock ticks since boot (field 22 of /proc/pid/stat): tells the process from a later one with its number. */
  startTime: string;
  tty: boolean;
  openStdin: boolean;
  stdinOnce: boolean;
  state: TaskState;
  log: LogTarget | null;
  oomFile: string | null;
}

/** Directory of one process: `tasks/<container>/init` or `tasks/<container>/exec-<id>`. */
export function processDirectory(root: string, key: ProcessKey): string {
  return join(containerDirectory(root, key.containerId), key.execId === null ? 'init' : `exec-${key.execId}`);
}

export function containerDirectory(root: string, containerId: string): string {
  return join(root, 'tasks', containerId);
}

export function saveRecord(directory: string, record: ProcessRecord): void {
  replaceFile(join(directory, 'record.json'), record);
}

export function saveExit(directory: string, exit: ProcessExit): void {
  replaceFile(join(directory, 'exit.json'), exit);
}

/** @returns undefined when there is none, or none that can be read. */
export function readRecord(directory: string): ProcessRecord | undefined {
  return readJson(join(directory, 'record.json')) as ProcessRecord | undefined;
}

export function readExit(directory: string): ProcessExit | undefined {
  return readJson(join(directory, 'exit.json')) as ProcessExit | undefined;
}

/** Survives the death of shimd, not that of the machine: no process survives that either, so nothing is synced. */
function replaceFile(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value));
  renameSync(`${path}.new`, path);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @returns undefined when no such process lives. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

export function makeProcessDirectory(root: string, key: ProcessKey): string {
  const directory = processDirectory(root, key);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}
