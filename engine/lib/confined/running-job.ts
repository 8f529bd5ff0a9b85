import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromThread, Job, RootView, ThreadFailure, ToThread } from './protocol.ts';

/** What a confined thread could not do. `code` is the system's (`ENOENT` …), or `refused` for an archive that asks too much. */
export class ConfinedError extends Error {
  readonly code: string | null;

  constructor({ message, code }: ThreadFailure) {
    super(message);
    this.name = 'ConfinedError';
    this.code = code;
  }
}

/** A thread takes 40 ms to start and some megabytes to keep. */
const idleLimit = 20_000;

/**
 * Threads that see nothing but one tree of files while they work in it (`root-view.ts`). Each is a real thread with a mount
 * namespace of its own: the engine's other threads, and all descriptors, are as before.
 */
class ConfinedThread {
  readonly #worker: Worker;
  #listener: (message: FromThread) => void = () => undefined;
  #died: (error: Error) => void = () => undefined;
  isAlive = true;

  constructor() {
    this.#worker = new Worker(workerFile(), { resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 }, trackUnmanagedFds: false });
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => this.#listener(message));
    const died = (error: Error) => {
      this.isAlive = false;
      this.#died(error);
    };
    this.#worker.on('error', died);
    this.#worker.on('exit', (code) => died(new Error(`the thread for files ended with code ${code}`)));
  }

  listen(listener: (message: FromThread) => void, died: (error: Error) => void): void {
    this.#listener = listener;
    this.#died = died;
  }

  post(message: ToThread, transferred: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transferred);
  }

  async end(): Promise<void> {
    this.isAlive = false;
    await this.#worker.terminate();
  }
}

const idle: ConfinedThread[] = [];
let idleTimer: NodeJS.Timeout | undefined;

function take(): ConfinedThread {
  for (let thread = idle.pop(); thread !== undefined; thread = idle.pop()) if (thread.isAlive) return thread;
  return new ConfinedThread();
}

function giveBack(thread: ConfinedThread): void {
  thread.listen(() => undefined, () => undefined);
  if (!thread.isAlive) return;
  idle.push(thread);
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => {
    for (const unused of idle.splice(0)) void unused.end();
  }, idleLimit);
  idleTimer.unref();
}

/** One job from its start to its last word. */
export class RunningJob {
  readonly #thread = take();
  readonly head = Promise.withResolvers<unknown>();
  readonly done = Promise.withResolvers<unknown>();
  onChunk: (bytes: Uint8Array<ArrayBuffer>) => void = () => undefined;
  onTaken: () => void = () => undefined;
  #ended = false;

  constructor(view: RootView, job: Job) {
    this.head.promise.catch(() => undefined);
    this.done.promise.catch(() => undefined);
    this.#thread.listen((message) => this.#hear(message), (error) => this.#end(() => this.#fail(error)));
    this.#thread.post({ kind: 'start', view, job });
  }

  post(message: ToThread, transferred?: ArrayBuffer[]): void {
    if (!this.#ended) this.#thread.post(message, transferred);
  }

  #hear(message: FromThread): void {
    if (message.kind === 'head') this.head.resolve(message.value);
    else if (message.kind === 'chunk') this.onChunk(message.bytes);
    else if (message.kind === 'taken') this.onTaken();
    else if (message.kind === 'done') this.#end(() => this.done.resolve(message.value));
    else this.#end(() => this.#fail(new ConfinedError(message.error)));
  }

  #fail(error: Error): void {
    this.head.reject(error);
    this.done.reject(error);
  }

  #end(settle: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    giveBack(this.#thread);
    settle();
  }
}

/** Ends threads that wait for work. */
export async function endIdleThreads(): Promise<void> {
  clearTimeout(idleTimer);
  await Promise.all(idle.splice(0).map((thread) => thread.end()));
}

function workerFile(): string {
  const source = fileURLToPath(new URL('./worker.ts', import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL('./confined.mjs', import.meta.url));
}
