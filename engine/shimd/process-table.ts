import { closeSync, constants, mkdirSync, openSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isFrozen } from './freezer.ts';
import { closeLaunched, launch, LaunchError, pidFileName } from './launch.ts';
import { type FailureCode, keyOf, type LaunchRequest, type ProcessExit, type ProcessKey, type ProcessStatus, type TaskState } from './protocol.ts';
import { containerDirectory, makeProcessDirectory, processDirectory, type ProcessRecord, readExit, readRecord, saveExit, saveRecord, startTimeOf } from './record.ts';
import { endedPipes, reopenPipes } from './stdio.ts';
import { lostExit, SupervisedProcess } from './supervised-process.ts';

/** Ended execs of a container whose exit codes can still be asked for. */
const keptExecs = 64;
const releaseByte = Buffer.alloc(1);

export class TableError extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** One that ended before this shimd came; all others are live or were. */
interface EndedProcess {
  record: ProcessRecord;
  exit: ProcessExit;
}

type Entry = SupervisedProcess | EndedProcess;

/** All processes under care, by container and exec. Mirrors `<root>/tasks`, from which a new shimd takes over. */
export class ProcessTable {
  readonly #root: string;
  readonly #onExit: (exit: ProcessExit) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, ((exit: ProcessExit) => void)[]>();
  readonly #launching = new Set<string>();

  constructor(root: string, onExit: (exit: ProcessExit) => void) {
    this.#root = root;
    this.#onExit = onExit;
  }

  /** Live processes and running launches. */
  get activity(): number {
    let count = this.#launching.size;
    for (const entry of this.#entries.values()) if (entry instanceof SupervisedProcess && entry.announcedExit === null) count++;
    return count;
  }

  get launching(): boolean {
    return this.#launching.size > 0;
  }

  isKnown(pid: number): boolean {
    for (const entry of this.#entries.values()) if (entry.record.pid === pid && entry.exit === null) return true;
    return false;
  }

  /** Takes over what an earlier shimd left: live processes by their pipes, ended ones by their exit files. */
  restore(): void {
    const tasks = join(this.#root, 'tasks');
    const bootFile = join(this.#root, 'boot-id');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    if (readText(bootFile) !== boot) rmSync(tasks, { recursive: true, force: true });
    mkdirSync(tasks, { recursive: true, mode: 0o700 });
    writeFileSync(bootFile, boot);
    for (const container of readdirSync(tasks)) {
      for (const name of readdirSync(join(tasks, container))) this.#restoreOne(join(tasks, container, name));
      if (readdirSync(join(tasks, container)).length === 0) rmSync(join(tasks, container), { recursive: true });
    }
  }

  #restoreOne(directory: string): void {
    const record = readRecord(directory);
    if (record === undefined) {
      // A launch that was cut off: the engine deletes such containers. Its command may still be making one.
      killCommandsWith(join(directory, pidFileName));
      rmSync(directory, { recursive: true, force: true });
      return;
    }
    const exit = readExit(directory);
    if (exit !== undefined) {
      this.#entries.set(keyOf(record), { record, exit });
    } else if (startTimeOf(record.pid) === record.startTime) {
      // The shimd before may have died between a pause and its note of it.
      const frozen = record.oomFile === null || record.state === 'created' ? undefined : isFrozen(record.oomFile);
      if (frozen !== undefined) record.state = frozen ? 'paused' : 'running';
      // The pty master went with the shimd that held it; who survives that hang-up lives on without stdio.
      const stdio = record.tty ? endedPipes(directory) : reopenPipes(directory);
      this.#entries.set(keyOf(record), new SupervisedProcess(directory, record, stdio, (ended) => this.#ended(ended)));
    } else {
      const lost = lostExit(record);
      saveExit(directory, lost);
      this.#entries.set(keyOf(record), { record, exit: lost });
    }
  }

  async launch(request: LaunchRequest): Promise<{ pid: number }> {
    if (!isId(request.containerId) || (request.execId !== null && !isId(request.execId))) throw new TableError('bad-request', 'ids are file names: letters, digits, - and _');
    const key = keyOf(request);
    if (this.#entries.has(key) || this.#launching.has(key)) throw new TableError('exists', `${key} exists already`);
    this.#launching.add(key);
    const directory = makeProcessDirectory(this.#root, request);
    try {
      const launched = await launch(request, directory, this.#root);
      const { containerId, execId, tty, openStdin, stdinOnce, log, oomFile } = request;
      const startTime = startTimeOf(launched.pid) ?? '';
      const record: ProcessRecord = { containerId, execId, pid: launched.pid, startTime, tty, openStdin, stdinOnce, log, oomFile, state: execId === null ? 'created' : 'running' };
      if (request.oomScoreAdj !== undefined) setOomScore(launched.pid, request.oomScoreAdj);
      try {
        saveRecord(directory, record);
        this.#entries.set(key, new SupervisedProcess(directory, record, launched.stdio, (exit) => this.#ended(exit), request.awaitAttach));
      } catch (error) {
        closeLaunched(launched);
        throw error;
      }
      return { pid: launched.pid };
    } catch (error) {
      rmSync(request.execId === null ? containerDirectory(this.#root, request.containerId) : directory, { recursive: true, force: true });
      if (error instanceof LaunchError) throw new TableError('launch-failed', error.message);
      throw error;
    } finally {
      this.#launching.delete(key);
    }
  }

  list(containerId?: string): ProcessStatus[] {
    const entries = [...this.#entries.values()];
    return (containerId === undefined ? entries : entries.filter(({ record }) => record.containerId === containerId)).map(statusOf);
  }

  /** @throws TableError `unknown-process` or `ended`. */
  live(key: ProcessKey): SupervisedProcess {
    const entry = this.#entry(key);
    if (!(entry instanceof SupervisedProcess) || entry.exit !== null) throw new TableError('ended', `${keyOf(key)} is not running`);
    return entry;
  }

  /** For attaching: also while the output of an ended process drains; null when there is nothing to join any more. */
  joinable(key: ProcessKey): SupervisedProcess | null {
    const entry = this.#entry(key);
    return entry instanceof SupervisedProcess ? entry : null;
  }

  setState(containerId: string, state: TaskState): void {
    const entry = this.#entries.get(containerId);
    if (entry instanceof SupervisedProcess) entry.setState(state);
  }

  /** @returns false when nobody waits at the pipe */
  release(containerId: string, fifo: string): boolean {
    const init = this.live({ containerId, execId: null });
    let fd: number;
    try {
      fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      return false;
    }
    try {
      unlinkSync(fifo);
      writeSync(fd, releaseByte);
    } finally {
      closeSync(fd);
    }
    init.setState('running');
    return true;
  }

  wait(key: ProcessKey): Promise<ProcessExit> {
    const entry = this.#entry(key);
    const exit = entry instanceof SupervisedProcess ? entry.announcedExit : entry.exit;
    if (exit !== null) return Promise.resolve(exit);
    return new Promise((resolve) => {
      const name = keyOf(key);
      this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
    });
  }

  /** @throws TableError `exists` while one of the container's processes lives. */
  forget(containerId: string): void {
    if (!isId(containerId)) throw new TableError('bad-request', 'not an id');
    const entries = [...this.#entries].filter(([, entry]) => entry.record.containerId === containerId);
    const alive = entries.find(([, entry]) => entry.exit === null);
    if (alive !== undefined) throw new TableError('exists', `${alive[0]} is still running`);
    for (const [key, entry] of entries) this.#drop(key, entry);
    rmSync(containerDirectory(this.#root, containerId), { recursive: true, force: true });
  }

  forgetExec(key: ProcessKey): void {
    const entry = this.#entries.get(keyOf(key));
    if (entry === undefined) return;
    if (entry.exit === null) throw new TableError('exists', `${keyOf(key)} is still running`);
    this.#drop(keyOf(key), entry);
    rmSync(processDirectory(this.#root, key), { recursive: true, force: true });
  }

  /** Lets go of all processes; they run on. */
  close(): void {
    for (const entry of this.#entries.values()) if (entry instanceof SupervisedProcess) entry.close();
    this.#entries.clear();
  }

  #drop(key: string, entry: Entry): void {
    // Who waits for a forgotten process gets its exit all the same.
    if (entry.exit !== null) this.#resolve(key, entry.exit);
    if (entry instanceof SupervisedProcess) entry.close();
    this.#entries.delete(key);
  }

  #entry(key: ProcessKey): Entry {
    const entry = this.#entries.get(keyOf(key));
    if (entry === undefined) throw new TableError('unknown-process', `no process ${keyOf(key)}`);
    return entry;
  }

  #ended(exit: ProcessExit): void {
    this.#onExit(exit);
    this.#resolve(keyOf(exit), exit);
    if (exit.execId !== null) this.#limitExecs(exit.containerId);
  }

  /** A health check is an exec, every few seconds, for as long as its container lives. */
  #limitExecs(containerId: string): void {
    const isEnded = (entry: Entry) => entry.record.containerId === containerId && entry.record.execId !== null && statusOf(entry).exit !== null;
    const ended = [...this.#entries.values()].filter(isEnded);
    // The map keeps the order in which they were launched.
    for (const { record } of ended.slice(0, -keptExecs)) this.forgetExec(record);
  }

  #resolve(key: string, exit: ProcessExit): void {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    waiting?.forEach((resolve) => resolve(exit));
  }
}

/** Processes of a command that was given this path, whoever started it. */
function killCommandsWith(path: string): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || readText(`/proc/${name}/cmdline`)?.split('\0').includes(path) !== true) continue;
    try {
      process.kill(Number(name), 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}

/** Ids become folders, so nothing else passes. */
function isId(id: unknown): boolean {
  return typeof id === 'string' && /^[\w-]+$/.test(id);
}

function setOomScore(pid: number, score: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(score));
  } catch {
    // It has ended, or this machine does not let anybody lower a score.
  }
}

function statusOf(entry: Entry): ProcessStatus {
  if (entry instanceof SupervisedProcess) return entry.status;
  const { containerId, execId, pid, state } = entry.record;
  return { containerId, execId, pid, state, exit: entry.exit };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
