import { closeSync } from 'node:fs';
import { FdPoll } from '../lib/syscalls/fd-poll.ts';
import { openPipe, type SpawnOptions, spawnProcess } from '../lib/processes/spawn.ts';
import { pidfdOpen, reap, runFirst, setNonBlocking } from '../lib/syscalls/process.ts';
import { FdReader } from './fd-stream.ts';
import type { RunResult } from './protocol.ts';

/** Commands that run now, so that they are not taken for orphans. */
const running = new Set<number>();

export function isCommand(pid: number): boolean {
  return running.has(pid);
}

/** Runs a program to its end. @param urgent it goes before all ordinary processes, but for those that it forks. @returns its exit code. @throws SyscallError when it cannot be started */
export function runCommand({ urgent = false, ...options }: Omit<SpawnOptions, 'env'> & { urgent?: boolean }): Promise<number> {
  const pid = spawnProcess({ ...options, env: process.env });
  if (urgent) runFirst(pid);
  running.add(pid);
  const pidfd = pidfdOpen(pid);
  return new Promise((resolve, reject) => {
    const poll = new FdPoll(pidfd, 'readable', () => {
      try {
        const exitCode = reap(pid);
        if (exitCode === undefined) return;
        resolve(exitCode);
      } catch (error) {
        reject(error as Error);
      }
      running.delete(pid);
      poll.close();
      closeSync(pidfd);
    });
    poll.start();
  });
}

const outputLimit = 64 * 1024;
const notStarted = 127;

/** Runs a short command to its end, and gives what it says. */
export async function run(command: string[]): Promise<RunResult> {
  const stdout = new Capture();
  const stderr = new Capture();
  try {
    const exitCode = await runCommand({ command, stdin: null, stdout: stdout.writeEnd, stderr: stderr.writeEnd });
    return { exitCode, stdout: await stdout.text(), stderr: await stderr.text() };
  } catch (error) {
    return { exitCode: notStarted, stdout: '', stderr: `${command[0]} cannot be started: ${(error as Error).message}` };
  } finally {
    stdout.close();
    stderr.close();
  }
}

/** A pipe whose text is gathered while somebody writes into it. */
class Capture {
  readonly writeEnd: number;
  readonly #reader: FdReader;
  readonly #ended: Promise<void>;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #writeOpen = true;

  constructor() {
    const { read, write } = openPipe();
    this.writeEnd = write;
    setNonBlocking(read, true);
    let onEnd: () => void = () => undefined;
    this.#ended = new Promise((resolve) => (onEnd = resolve));
    this.#reader = new FdReader(read, (chunk) => this.#keep(chunk), () => onEnd());
    this.#reader.resume();
  }

  /** To be asked for when the writer has ended. */
  async text(): Promise<string> {
    this.#closeWriteEnd();
    await this.#ended;
    return Buffer.concat(this.#chunks).toString();
  }

  close(): void {
    this.#closeWriteEnd();
    this.#reader.close();
  }

  #keep(chunk: Buffer): void {
    if (this.#size < outputLimit) this.#chunks.push(Buffer.from(chunk));
    this.#size += chunk.length;
  }

  #closeWriteEnd(): void {
    if (this.#writeOpen) closeSync(this.writeEnd);
    this.#writeOpen = false;
  }
}
