import { createReadStream } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { Digest } from '../../content/digest.ts';
import { EngineError, messageOf } from '../../errors.ts';
import { applyLayer } from '../apply-layer.ts';
import type { UnpackAnswer, UnpackJob } from './unpack-job.ts';

/** Entry of a worker thread that unpacks one layer after the other; its owner is {@link LayerUnpacker}. */

/** Milliseconds between two reports of progress. */
const INTERVAL = 50;

function answer(message: UnpackAnswer): void {
  parentPort?.postMessage(message);
}

async function unpack({ blob, directory, diffId, limits }: UnpackJob): Promise<void> {
  const source = createReadStream(blob, { highWaterMark: 256 * 1024 });
  let next = 0;
  const onProgress = () => {
    const now = performance.now();
    if (now < next) return;
    next = now + INTERVAL;
    answer({ kind: 'progress', bytes: source.bytesRead });
  };
  try {
    answer({ kind: 'done', applied: await applyLayer(source, directory, { diffId: diffId as Digest, limits, onProgress }) });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    const kind = error instanceof EngineError ? error.kind : 'internal';
    answer({ kind: 'failed', error: { kind, message: messageOf(error), isDiskFull: cause?.code === 'ENOSPC' } });
  } finally {
    source.destroy();
  }
}

parentPort?.on('message', (job: UnpackJob) => void unpack(job));
