import { createReadStream } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { Digest } from '../../content/digest.ts';
import { EngineError, messageOf } from '../../errors.ts';
import type { AppliedLayer } from '../apply-layer.ts';
import { applyChunks, applyLayer } from '../apply-layer.ts';
import { BlobChunks } from './blob-chunks.ts';
import type { UnpackAnswer, UnpackJob } from './unpack-job.ts';

/** Entry of a worker thread that unpacks one layer after the other; its owner is {@link LayerUnpacker}. */

/** Milliseconds between two reports of progress. */
const INTERVAL = 50;

function answer(message: UnpackAnswer): void {
  parentPort?.postMessage(message);
}

async function unpack({ blob, directory, diffId, limits }: UnpackJob): Promise<void> {
  let read: () => number = () => 0;
  let next = 0;
  const onProgress = () => {
    const now = performance.now();
    if (now < next) return;
    next = now + INTERVAL;
    answer({ kind: 'progress', bytes: read() });
  };
  const options = { diffId: diffId as Digest, limits, onProgress };
  try {
    using chunks = BlobChunks.open(blob);
    let applied: AppliedLayer;
    if (chunks !== null) {
      read = () => chunks.bytesRead;
      applied = await applyChunks(() => Promise.resolve({ compression: chunks.compression, chunks }), directory, options);
    } else {
      const source = createReadStream(blob, { highWaterMark: 256 * 1024 });
      read = () => source.bytesRead;
      applied = await applyLayer(source, directory, options);
    }
    answer({ kind: 'done', applied });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    const kind = error instanceof EngineError ? error.kind : 'internal';
    answer({ kind: 'failed', error: { kind, message: messageOf(error), isDiskFull: cause?.code === 'ENOSPC' } });
  }
}

parentPort?.on('message', (job: UnpackJob) => void unpack(job));
