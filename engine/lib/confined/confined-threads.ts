import { closeSync, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { isMarkedAsUntransferable, Worker } from 'node:worker_threads';
import { duplicate } from '../syscalls/process.ts';
import type { ExtractAnswer, FromThread, Job, Question, RootView, ThreadFailure, ToThread } from './protocol.ts';

/** What a confined thread could not do. `code` is the system's (`ENOENT` …), or `refused` for an archive that asks too much. */
export class ConfinedError extends Error {
  readonly code: string | null;

  constructor({ message, code }: ThreadFailure) {
    super(message);
    this.name = 'ConfinedError';
    this.code = code;
  }
}

/** Chunks on their way to a reader, and bytes on their way to a writer. */
const chunksAhead = 4;
const bytesAhead = 4 * 1024 * 1024;
const batchSize = 512 * 1024;

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
class RunningJob {
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

/** A job that answers once. @throws ConfinedError */
export async function askInView<T>(view: RootView, job: Question): Promise<T> {
  return (await new RunningJob(view, job).done.promise) as T;
}

/**
 * A job that answers a stream, which ends early when it is destroyed. The thread has left the view once the stream is closed.
 * @throws ConfinedError for what fails before the first byte
 */
export async function readInView<T>(view: RootView, job: Extract<Job, { kind: 'archive' | 'tree' | 'content' }>): Promise<{ head: T; stream: Readable }> {
  const running = new RunningJob(view, job);
  const head = (await running.head.promise) as T;
  let credit = 0;
  const stream = new Readable({
    highWaterMark: chunksAhead * batchSize,
    read() {
      if (credit > 0) return;
      credit += chunksAhead;
      running.post({ kind: 'credit', chunks: chunksAhead });
    },
    destroy(error, callback) {
      running.post({ kind: 'cancel' });
      void running.done.promise.catch(() => undefined).then(() => callback(error));
    },
  });
  running.onChunk = (bytes) => {
    credit -= 1;
    stream.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  };
  running.done.promise.then(
    () => stream.push(null),
    (error: Error) => stream.destroy(error),
  );
  return { head, stream };
}

/**
 * A job that takes a stream: resolves once the thread is in its view, with what feeds it. That reads the source only as fast
 * as it is written down, and must be called.
 * @throws ConfinedError for what fails before the first byte; later both, and the source's own error
 */
export async function writeInView(view: RootView, job: Extract<Job, { kind: 'extract' }>): Promise<(open: () => Promise<Readable>) => Promise<void>> {
  const running = new RunningJob(view, job);
  await running.head.promise;
  return (open) => feed(running, open);
}

/** A request's body that nobody has read yet. */
export interface UnreadBody {
  /** Of the connection, non-blocking; it is duplicated. */
  readonly fd: number;
  readonly head: Uint8Array;
  readonly length: number | null;
}

/**
 * As {@link writeInView}, for a body that the thread itself reads from its connection; that begins at once.
 * @returns what waits for the end: null, or what was read of a compressed archive, of which nothing is extracted
 */
export async function writeBodyInView(view: RootView, job: Extract<Job, { kind: 'extract' }>, body: UnreadBody, signal: AbortSignal): Promise<() => Promise<Uint8Array | null>> {
  // A descriptor of its own: the engine may close the connection while the thread reads, and the number gets another meaning.
  const fd = duplicate(body.fd);
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const cancel = () => Atomics.store(cancelled, 0, 1);
  signal.addEventListener('abort', cancel);
  const running = new RunningJob(view, { ...job, body: { fd, head: new Uint8Array(body.head), length: body.length, cancelled } });
  const over = running.done.promise.finally(() => {
    signal.removeEventListener('abort', cancel);
    closeSync(fd);
  });
  over.catch(() => undefined);
  await running.head.promise;
  return async () => ((await over) as ExtractAnswer).compressed;
}

async function feed(running: RunningJob, open: () => Promise<Readable>): Promise<void> {
  let source: Readable | undefined;
  try {
    source = await open();
    await send(running, source);
  } catch (error) {
    running.post({ kind: 'cancel' });
    await running.done.promise.catch(() => undefined);
    throw error;
  }
  try {
    await running.done.promise;
  } catch (error) {
    // Who sends gets to hear of it: the rest is read and dropped, and not cut off.
    source.resume();
    throw error;
  }
}

/** Until the source ends or the job fails. The chunks' memory goes to the thread where it can: nothing is copied on the way. */
function send(running: RunningJob, source: Readable): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let ahead = 0;
  let batch: Uint8Array<ArrayBuffer>[] = [];
  let batched = 0;
  const sent: number[] = [];
  const post = () => {
    sent.push(batched);
    running.post({ kind: 'data', pieces: batch }, batch.map(({ buffer }) => buffer));
    batch = [];
    batched = 0;
  };
  const onData = (chunk: Buffer) => {
    batch.push(ownMemory(chunk));
    batched += chunk.length;
    ahead += chunk.length;
    if (batched >= batchSize) post();
    if (ahead > bytesAhead) source.pause();
  };
  running.onTaken = () => {
    ahead -= sent.shift() ?? 0;
    if (ahead <= bytesAhead && source.isPaused()) source.resume();
  };
  const onEnd = () => {
    if (batched > 0) post();
    running.post({ kind: 'end' });
    resolve();
  };
  const onClose = () => reject(source.errored ?? new Error('the stream was closed before its end'));
  source.on('data', onData).on('end', onEnd).on('error', reject).on('close', onClose);
  if (source.destroyed) onClose();
  running.done.promise.catch(() => resolve());
  return promise.finally(() => source.off('data', onData).off('end', onEnd).off('close', onClose));
}

/** A chunk that is all of its memory is given away; of one that shares it (a pool, a slice) a copy is. */
function ownMemory(chunk: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = chunk;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !isMarkedAsUntransferable(buffer) ? new Uint8Array(buffer) : new Uint8Array(chunk);
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
