import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartRecord } from '../../contract/troubleshoot.ts';
import type { VmState } from '../../contract/vm-state.ts';
import { messageOf } from '../failure.ts';
import type { Vm } from '../vm/vm.ts';
import { scrub, scrubAll } from './scrub.ts';

/** Older ones go. */
export const keptStarts = 20;
const longestLine = 500;

/** Below SLIPWAY_HOME. */
export const startsFolder = (home: string): string => join(home, 'starts');

/**
 * The flight recorder: a file for each start of the VM, written anew at each phase, so that a start in whose middle everything ended is found as far
 * as it came. Written beside the start, which does not wait; without what looks like a secret.
 */
export class StartRecorder {
  readonly #folder: string;
  readonly #version: string;
  readonly #vm: Vm;
  readonly #log: (line: string) => void;
  readonly #stop: () => void;
  #record: StartRecord | null = null;
  /** What is to be in the file next; it outlives {@link #record}. */
  #next: StartRecord | null = null;
  #writing: Promise<void> | null = null;
  #isBroken = false;

  constructor(options: { home: string; version: string; vm: Vm; log(line: string): void }) {
    this.#folder = startsFolder(options.home);
    this.#version = options.version;
    this.#vm = options.vm;
    this.#log = options.log;
    this.#stop = options.vm.onState((state) => this.#hear(state));
  }

  /** Hears no more, and has written everything. */
  async close(): Promise<void> {
    this.#stop();
    await this.#writing;
  }

  #hear(state: VmState): void {
    const record = this.#record;
    switch (state.status) {
      case 'starting':
      case 'resuming':
        if (record?.startedAt === state.startedAt) return this.#note({ ...record, phases: state.phases });
        return this.#note({ startedAt: state.startedAt, version: this.#version, outcome: 'starting', phases: state.phases, lastLines: [] });
      case 'running': {
        const { startedAt, phases, accelerator, engineVersion } = state;
        // Later news of a VM that runs change nothing about how it came up.
        if (record === null || record.startedAt !== startedAt || record.outcome !== 'starting') return;
        return this.#note({ ...record, outcome: 'running', phases, accelerator, engineVersion, lastLines: this.#vm.consoleLines() });
      }
      case 'failed': {
        if (record === null || (record.outcome !== 'starting' && record.outcome !== 'running')) return;
        const { lastLines, ...failure } = state.failure;
        const endedAt = new Date().toISOString();
        return this.#note({ ...record, outcome: record.outcome === 'running' ? 'ended' : 'failed', endedAt, phases: state.phases, failure, lastLines });
      }
      case 'stopped':
        if (record?.outcome === 'starting') this.#note({ ...record, outcome: 'cancelled', endedAt: new Date().toISOString() });
        // Whatever comes now is another start's.
        this.#record = null;
        return;
      default:
        // On its way down: nothing about how it came up.
    }
  }

  #note(record: StartRecord): void {
    this.#record = record;
    this.#next = record;
    this.#writing ??= this.#write().finally(() => (this.#writing = null));
  }

  /** The newest is written; what came and went while the one before was being written is not. */
  async #write(): Promise<void> {
    for (let record = this.#next; record !== null; record = this.#next) {
      this.#next = null;
      try {
        await keep(this.#folder, record);
        this.#isBroken = false;
      } catch (error) {
        if (!this.#isBroken) this.#log(`the record of this start could not be kept: ${messageOf(error)}`);
        this.#isBroken = true;
      }
    }
  }
}

/** One file a start, so that two Slipways with the same home do not write over each other's. */
async function keep(folder: string, record: StartRecord): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const clean = scrubAll({ ...record, lastLines: record.lastLines.map((line) => scrub(line.slice(0, longestLine), '')) }, '');
  const path = join(folder, `${record.startedAt.replaceAll(':', '')}.json`);
  const part = `${path}.part`;
  await writeFile(part, `${JSON.stringify(clean, null, 1)}\n`, { mode: 0o600 });
  await rename(part, path);
  const names = await namesIn(folder);
  for (const name of names.slice(0, Math.max(0, names.length - keptStarts))) await rm(join(folder, name), { force: true });
}

/** Oldest first. */
async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
}

/** The last starts, newest first. A file that cannot be read as one is passed over. */
export async function readStarts(home: string, count = keptStarts): Promise<StartRecord[]> {
  const folder = startsFolder(home);
  const names = (await namesIn(folder)).reverse().slice(0, count);
  const records = await Promise.all(
    names.map(async (name) => {
      try {
        const record = JSON.parse(await readFile(join(folder, name), 'utf8')) as StartRecord;
        return typeof record.startedAt === 'string' && Array.isArray(record.phases) && Array.isArray(record.lastLines) ? [record] : [];
      } catch {
        return [];
      }
    }),
  );
  return records.flat();
}
