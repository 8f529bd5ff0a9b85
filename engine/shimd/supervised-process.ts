import { closeSync, readFileSync } from 'node:fs';
import { FdPoll } from '../lib/syscalls/fd-poll.ts';
import { clockRealTime, pidfdOpen, pidfdSendSignal, reap, SyscallError } from '../lib/syscalls/process.ts';
import { formatNanoseconds } from '../lib/time/timestamp.ts';
import { ProcessIo } from './process-io.ts';
import { keyOf, type ProcessExit, type ProcessStatus, type TaskState } from './protocol.ts';
import { type ProcessRecord, saveExit, saveRecord } from './record.ts';
import type { ShimSide } from './stdio.ts';

/** How long an ended process's output may stay open: what it left in the background may hold it for ever. moby waits as long. */
const drainLimit = 2_000;
/** What an exit code is when nobody was there to collect it; as moby's for a missing task. */
const unknownExitCode = 255;

/** A live process under shimd's care: its stdio and, by a pidfd, its end. */
export class SupervisedProcess {
  readonly record: ProcessRecord;
  readonly io: ProcessIo;
  readonly #directory: string;
  readonly #onExit: (exit: ProcessExit) => void;
  readonly #pidfd: number;
  readonly #pidPoll: FdPoll;
  #exit: ProcessExit | null = null;
  #announced = false;
  #drainTimer: NodeJS.Timeout | undefined;

  /**
   * @param onExit called once, when the output is drained or {@link drainLimit} has passed after the end.
   * @param awaitAttach output waits for the first attacher
   */
  constructor(directory: string, record: ProcessRecord, stdio: ShimSide | { terminal: number }, onExit: (exit: ProcessExit) => void, awaitAttach = false) {
    this.#directory = directory;
    this.record = record;
    this.#onExit = onExit;
    this.#pidfd = pidfdOpen(record.pid);
    this.#pidPoll = new FdPoll(this.#pidfd, 'readable', () => this.#collect());
    this.io = new ProcessIo(stdio, { openStdin: record.openStdin, stdinOnce: record.stdinOnce, log: record.log, awaitAttach, onOutputEnd: () => this.#drained() });
    this.#pidPoll.start();
  }

  /** Set as soon as the exit code is collected, which is before it is announced. */
  get exit(): ProcessExit | null {
    return this.#exit;
  }

  /** The announced exit, or null while the process lives or its output drains. */
  get announcedExit(): ProcessExit | null {
    return this.#announced ? this.#exit : null;
  }

  get status(): ProcessStatus {
    const { containerId, execId, pid, state } = this.record;
    return { containerId, execId, pid, state, exit: this.announcedExit };
  }

  setState(state: TaskState): void {
    this.record.state = state;
    this.#attempt(() => saveRecord(this.#directory, this.record));
  }

  /** @returns false when the process has ended. A pidfd never hits a later process with the same number. */
  kill(signal: number): boolean {
    if (this.#exit !== null) return false;
    try {
      pidfdSendSignal(this.#pidfd, signal);
      return true;
    } catch (error) {
      if (error instanceof SyscallError && error.code === 'ESRCH') return false;
      throw error;
    }
  }

  /** Lets go of everything without touching the process. */
  close(): void {
    clearTimeout(this.#drainTimer);
    this.io.close();
    if (this.#exit === null) {
      this.#pidPoll.close();
      closeSync(this.#pidfd);
    }
  }

  #collect(): void {
    const { containerId, execId, pid } = this.record;
    const exitCode = this.#exitCode(pid);
    if (exitCode === undefined) return;
    this.#pidPoll.close();
    closeSync(this.#pidfd);
    this.#exit = { containerId, execId, exitCode, exitedAt: formatNanoseconds(clockRealTime()), oomKilled: wasOomKilled(this.record.oomFile) };
    this.#attempt(() => saveExit(this.#directory, this.#exit!));
    this.io.closeInput();
    if (this.io.outputEnded) this.#drained();
    else this.#drainTimer = setTimeout(() => this.#drainLimitPassed(), drainLimit);
  }

  /** A full disk keeps neither a process from ending nor its end from being told; only the next shimd would not know of it. */
  #attempt(save: () => void): void {
    try {
      save();
    } catch (error) {
      process.stderr.write(`${keyOf(this.record)}: not saved: ${String(error)}\n`);
    }
  }

  #exitCode(pid: number): number | undefined {
    try {
      return reap(pid);
    } catch (error) {
      // ECHILD: adopted after the death of the shimd that started it, so no child of this one.
      if (!(error instanceof SyscallError) || error.code !== 'ECHILD') process.stderr.write(`${keyOf(this.record)}: ${String(error)}\n`);
      return unknownExitCode;
    }
  }

  #drained(): void {
    if (this.#exit === null) return;
    clearTimeout(this.#drainTimer);
    this.io.finish();
    this.#announce();
  }

  /** A slow attacher still gets everything; something in the background does not keep the streams open. */
  #drainLimitPassed(): void {
    this.#announce();
    if (this.io.held) this.#drainTimer = setTimeout(() => this.#drainLimitPassed(), drainLimit);
    else this.io.finish();
  }

  #announce(): void {
    if (this.#announced || this.#exit === null) return;
    this.#announced = true;
    this.#onExit(this.#exit);
  }
}

/** The exit of a process that ended while no shimd was there. */
export function lostExit(record: ProcessRecord): ProcessExit {
  process.stderr.write(`${keyOf(record)}: ended while shimd was away, its exit code is lost\n`);
  const { containerId, execId, oomFile } = record;
  return { containerId, execId, exitCode: unknownExitCode, exitedAt: formatNanoseconds(clockRealTime()), oomKilled: wasOomKilled(oomFile) };
}

/** Source: kernel `admin-guide/cgroup-v2.rst` (memory.events) and `cgroup-v1/memory.rst` (memory.oom_control); both count `oom_kill`. */
function wasOomKilled(file: string | null): boolean {
  if (file === null) return false;
  try {
    return /^oom_kill [1-9]/m.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}
