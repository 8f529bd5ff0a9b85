import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { InternalError, InvalidParameterError } from '../../../errors.ts';
import type { LogAnswer, LogJob } from './log-job.ts';

/** More do not read faster; a search must leave the containers something. */
export const searchThreads = Math.min(4, availableParallelism());
/** A thread takes 30 ms to start and some megabytes to keep. */
const idleLimit = 15_000;
/** A block is read in a millisecond. One that takes so long has a pattern that goes through every way of matching nothing. */
const stuckLimit = 5_000;

/** Searches that someone waits for, and who waits for their end. */
let searches = 0;
let quiet = Promise.withResolvers<void>();

/** Resolves when no search is under way: what runs in the background lets those go first that a person waits for. */
export async function noSearches(): Promise<void> {
  while (searches > 0) await quiet.promise;
}

const idle: Worker[] = [];
let idleTimer: NodeJS.Timeout | undefined;

/**
 * Runs a job in a thread of its own. A job that is aborted, or whose pattern would never end, ends with its thread.
 * @throws the signal's reason; InvalidParameterError for a pattern that takes too long; InternalError
 */
export async function runLogJob(job: LogJob, signal?: AbortSignal): Promise<Exclude<LogAnswer, { kind: 'progress' | 'failed' }>> {
  signal?.throwIfAborted();
  const worker = idle.pop() ?? startThread();
  const { promise, resolve, reject } = Promise.withResolvers<Exclude<LogAnswer, { kind: 'progress' | 'failed' }>>();
  let watchdog = setTimeout(stuck, stuckLimit);
  let isWhole = false;
  function stuck() {
    reject(new InvalidParameterError('the pattern takes too long on this log: it can match the same text in too many ways; write it without nested repetitions'));
  }
  const onMessage = (answer: LogAnswer) => {
    if (answer.kind === 'progress') {
      clearTimeout(watchdog);
      watchdog = setTimeout(stuck, stuckLimit);
      return;
    }
    isWhole = true;
    if (answer.kind === 'failed') reject(new InternalError(`log: ${answer.message}`));
    else resolve(answer);
  };
  const onError = (error: Error) => reject(error);
  const onExit = () => reject(new InternalError('the thread that reads the log has ended'));
  const onAbort = () => reject(signal!.reason as Error);
  worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (job.kind === 'search') searches += 1;
  worker.postMessage(job);
  try {
    return await promise;
  } finally {
    if (job.kind === 'search' && (searches -= 1) === 0) {
      quiet.resolve();
      quiet = Promise.withResolvers();
    }
    clearTimeout(watchdog);
    signal?.removeEventListener('abort', onAbort);
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    if (isWhole) giveBack(worker);
    // It reads a descriptor that its caller may close now.
    else await worker.terminate();
  }
}

function startThread(): Worker {
  const worker = new Worker(workerFile(), { resourceLimits: { maxOldGenerationSizeMb: 256 }, trackUnmanagedFds: false });
  worker.on('error', () => undefined);
  worker.once('exit', () => {
    const at = idle.indexOf(worker);
    if (at !== -1) idle.splice(at, 1);
  });
  worker.unref();
  return worker;
}

function giveBack(worker: Worker): void {
  idle.push(worker);
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => {
    for (const unused of idle.splice(0)) void unused.terminate();
  }, idleLimit);
  idleTimer.unref();
}

function workerFile(): string {
  const source = fileURLToPath(new URL('./log-worker.ts', import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL('./log-worker.mjs', import.meta.url));
}
