import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Digest } from '../../content/digest.ts';
import { EngineError, InternalError, messageOf } from '../../errors.ts';
import type { AppliedLayer } from '../apply-layer.ts';
import type { LayerLimits } from '../layer-rewriter.ts';
import type { UnpackAnswer, UnpackJob, UnpackMessage } from './unpack-job.ts';

export interface UnpackOptions {
  /** Digest of the uncompressed layer that the image's config promises. */
  diffId: Digest;
  /** By default what is free on the disk. */
  limits?: Partial<LayerLimits>;
  signal?: AbortSignal;
  /** @param bytes of the blob so far */
  onProgress?: (bytes: number) => void;
}

/** An uncompressed layer that comes piece by piece, from one who makes it. */
export interface IncomingLayer {
  /** Resolves when there is room for the next piece. The bytes are copied. @throws as `applyLayer` */
  write(bytes: Uint8Array): Promise<void>;
  /** After the last piece. @throws as `applyLayer` */
  end(): Promise<AppliedLayer>;
  /** Resolves once nobody writes to the folder any more; after {@link end} nothing is left to be done. */
  abort(): Promise<void>;
}

/** Bytes on their way to a thread. */
const bytesAhead = 4 * 1024 * 1024;

/** Milliseconds that a thread without work is kept: the next layer of the image may be on its way. */
const IDLE = 5000;

/**
 * Unpacks layers in threads of their own: decompressing, hashing and writing keep a processor busy for seconds, and the
 * engine has other clients. A layer that is wrong in whatever way can at worst end its thread. How many run at a time is
 * the caller's matter.
 */
export class LayerUnpacker {
  readonly #idle = new Map<Worker, NodeJS.Timeout>();

  /**
   * Unpacks a blob into an empty folder; see {@link applyLayer}. The folder holds a part of the layer when this throws, and
   * nobody writes to it any more.
   * @throws as `applyLayer`, or the reason of `signal`
   */
  async unpack(blob: string, directory: string, options: UnpackOptions): Promise<AppliedLayer> {
    const { signal, diffId, limits, onProgress } = options;
    signal?.throwIfAborted();
    const worker = this.#take();
    const job: UnpackJob = { kind: 'unpack', blob, directory, diffId, ...(limits === undefined ? {} : { limits }) };
    return this.#afterwards(worker, run(worker, job, signal, ({ bytes }) => onProgress?.(bytes)));
  }

  /** Unpacks a layer while it is being made, into an empty folder. The caller ends or aborts it. */
  receive(directory: string): IncomingLayer {
    const worker = this.#take();
    const stop = new AbortController();
    let ahead = 0;
    let room = Promise.withResolvers<void>();
    const applied = this.#afterwards(
      worker,
      run(worker, { kind: 'unpack', blob: null, directory, diffId: null }, stop.signal, ({ bytes }) => {
        ahead -= bytes;
        if (ahead <= bytesAhead) room.resolve();
      }),
    );
    applied.catch(() => undefined);
    return {
      async write(bytes) {
        const copy = new Uint8Array(bytes);
        ahead += copy.length;
        worker.postMessage({ kind: 'bytes', bytes: copy } satisfies UnpackMessage, [copy.buffer]);
        if (ahead <= bytesAhead) return;
        room = Promise.withResolvers();
        await Promise.race([room.promise, applied]);
      },
      end() {
        worker.postMessage({ kind: 'end' } satisfies UnpackMessage);
        return applied;
      },
      async abort() {
        stop.abort(new InternalError('the layer is not wanted any more'));
        await applied.catch(() => undefined);
      },
    };
  }

  async #afterwards(worker: Worker, work: Promise<AppliedLayer>): Promise<AppliedLayer> {
    try {
      const applied = await work;
      this.#keep(worker);
      return applied;
    } catch (error) {
      // Also one that failed by itself: its end is the sign that nothing writes any more.
      await worker.terminate();
      throw error;
    }
  }

  #take(): Worker {
    const [idle] = this.#idle;
    if (idle === undefined) {
      const worker = new Worker(workerFile());
      // An error while it has no work must not end the engine.
      worker.on('error', () => undefined);
      worker.once('exit', () => this.#idle.delete(worker));
      return worker;
    }
    const [worker, timer] = idle;
    clearTimeout(timer);
    this.#idle.delete(worker);
    worker.ref();
    return worker;
  }

  #keep(worker: Worker): void {
    worker.unref();
    const timer = setTimeout(() => {
      this.#idle.delete(worker);
      void worker.terminate();
    }, IDLE);
    timer.unref();
    this.#idle.set(worker, timer);
  }
}

type Report = Extract<UnpackAnswer, { bytes: number }>;

function run(worker: Worker, job: UnpackJob, signal: AbortSignal | undefined, onReport: (report: Report) => void): Promise<AppliedLayer> {
  const { promise, resolve, reject } = Promise.withResolvers<AppliedLayer>();
  const onMessage = (answer: UnpackAnswer) => {
    if (answer.kind === 'progress' || answer.kind === 'taken') onReport(answer);
    else if (answer.kind === 'done') resolve(answer.applied);
    else reject(revived(answer.error));
  };
  const onError = (error: unknown) => reject(new InternalError(`the layer cannot be unpacked: ${messageOf(error)}`, { cause: error }));
  const onExit = (code: number) => reject(new InternalError(`the layer cannot be unpacked: its thread ended with code ${code}`));
  const onAbort = () => reject(signal?.reason as Error);
  worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  signal?.addEventListener('abort', onAbort);
  worker.postMessage(job);
  return promise.finally(() => {
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    signal?.removeEventListener('abort', onAbort);
  });
}

function revived({ kind, message, isDiskFull }: Extract<UnpackAnswer, { kind: 'failed' }>['error']): EngineError {
  return new EngineError(kind, message, isDiskFull ? { cause: Object.assign(new Error(message), { code: 'ENOSPC' }) } : {});
}

/** Beside this source, or beside the bundle. */
function workerFile(): URL {
  const source = new URL('./unpack-worker.ts', import.meta.url);
  return existsSync(source) ? source : new URL('./unpack-worker.mjs', import.meta.url);
}
