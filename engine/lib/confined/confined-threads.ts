import { closeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { isMarkedAsUntransferable } from 'node:worker_threads';
import { duplicate } from '../syscalls/process.ts';
import type { ConnectionOutput, ExtractAnswer, Job, Question, RootView } from './protocol.ts';
import { RunningJob } from './running-job.ts';

export { ConfinedError, endIdleThreads } from './running-job.ts';

/** Chunks on their way to a reader, and bytes on their way to a writer. */
const chunksAhead = 4;
const bytesAhead = 4 * 1024 * 1024;
const batchSize = 512 * 1024;

/** A job that answers once. @throws ConfinedError */
export async function askInView<T>(view: RootView, job: Question): Promise<T> {
  return (await new RunningJob(view, job).done.promise) as T;
}

/** Bytes that a thread stands ready to read out of its view. Either `stream` or `writeTo` is to be called, once. */
export interface OpenedReading<T> {
  head: T;
  /** Resolves once the thread has left the view, however that came. */
  over: Promise<void>;
  /** Ends the reading early when it is destroyed, and is closed once the thread has left the view. */
  stream(): Readable;
  /**
   * The thread itself writes a tar into a connection, as chunks of HTTP/1.1 without the last.
   * @param connection non-blocking, duplicated; nobody else may write there meanwhile
   * @throws ConfinedError; the connection has a part of the tar then
   */
  writeTo(connection: number, signal: AbortSignal): Promise<void>;
}

/** Begins a job that answers bytes. @throws ConfinedError for what fails before the first byte */
export async function openReading<T>(view: RootView, job: Extract<Job, { kind: 'archive' | 'tree' | 'content' }>): Promise<OpenedReading<T>> {
  const running = new RunningJob(view, job);
  const head = (await running.head.promise) as T;
  return {
    head,
    over: running.done.promise.then(
      () => undefined,
      () => undefined,
    ),
    stream: () => streamOf(running),
    writeTo: (connection, signal) => writeInto(running, connection, signal),
  };
}

/**
 * A job that answers a stream, which ends early when it is destroyed. The thread has left the view once the stream is closed.
 * @throws ConfinedError for what fails before the first byte
 */
export async function readInView<T>(view: RootView, job: Extract<Job, { kind: 'archive' | 'tree' | 'content' }>): Promise<{ head: T; stream: Readable }> {
  const { head, stream } = await openReading<T>(view, job);
  return { head, stream: stream() };
}

function streamOf(running: RunningJob): Readable {
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
  return stream;
}

async function writeInto(running: RunningJob, connection: number, signal: AbortSignal): Promise<void> {
  try {
    signal.throwIfAborted();
    using held = heldConnection(connection, signal);
    const { fd, cancelled } = held;
    running.post({ kind: 'send', connection: { fd, cancelled } });
    await running.done.promise;
  } finally {
    running.post({ kind: 'cancel' });
  }
}

/** A descriptor of its own: the engine may close the connection while a thread works on it, and the number gets another meaning. */
function heldConnection(connection: number, signal: AbortSignal): ConnectionOutput & Disposable {
  const fd = duplicate(connection);
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const cancel = () => Atomics.store(cancelled, 0, 1);
  signal.addEventListener('abort', cancel);
  const release = () => {
    signal.removeEventListener('abort', cancel);
    closeSync(fd);
  };
  return { fd, cancelled, [Symbol.dispose]: release };
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
  const held = heldConnection(body.fd, signal);
  const { fd, cancelled } = held;
  const running = new RunningJob(view, { ...job, body: { fd, head: new Uint8Array(body.head), length: body.length, cancelled } });
  const over = running.done.promise.finally(() => held[Symbol.dispose]());
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
