import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Digest } from '../../content/digest.ts';
import { EngineError, InternalError, messageOf } from '../../errors.ts';
import type { AppliedLayer } from '../apply-layer.ts';
import type { LayerLimits } from '../layer-rewriter.ts';
import type { UnpackAnswer, UnpackJob } from './unpack-job.ts';

export interface UnpackOptions {
  /** Digest of the uncompressed layer that the image's config promises. */
  diffId: Digest;
  /** By default what is free on the disk. */
  limits?: Partial<LayerLimits>;
  signal?: AbortSignal;
  /** @param bytes of the blob so far */
  onProgress?: (bytes: number) => void;
}

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
    try {
      const applied = await run(worker, { blob, directory, diffId, ...(limits === undefined ? {} : { limits }) }, signal, onProgress);
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

function run(worker: Worker, job: UnpackJob, signal: AbortSignal | undefined, onProgress: ((bytes: number) => void) | undefined): Promise<AppliedLayer> {
  const { promise, resolve, reject } = Promise.withResolvers<AppliedLayer>();
  const onMessage = (answer: UnpackAnswer) => {
    if (answer.kind === 'progress') onProgress?.(answer.bytes);
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
