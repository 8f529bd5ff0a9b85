import { createReadStream } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { Digest } from '../../content/digest.ts';
import { EngineError, messageOf } from '../../errors.ts';
import type { AppliedLayer } from '../apply-layer.ts';
import { applyChunks, applyLayer } from '../apply-layer.ts';
import { BlobChunks } from './blob-chunks.ts';
import { Arrivals } from './arrivals.ts';
import type { UnpackAnswer, UnpackJob, UnpackMessage } from './unpack-job.ts';

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
  const options = { ...(diffId === null ? {} : { diffId: diffId as Digest }), limits, onProgress };
  const apply = async (path: string): Promise<AppliedLayer> => {
    using chunks = BlobChunks.open(path);
    if (chunks !== null) {
      read = () => chunks.bytesRead;
      return await applyChunks(() => Promise.resolve({ compression: chunks.compression, chunks }), directory, options);
    }
    const source = createReadStream(path, { highWaterMark: 256 * 1024 });
    read = () => source.bytesRead;
    return applyLayer(source, directory, options);
  };
  const receive = (): Promise<AppliedLayer> => {
    const chunks = (arrivals = new Arrivals((bytes) => answer({ kind: 'taken', bytes })));
    return applyChunks(() => Promise.resolve({ compression: 'none', chunks }), directory, { ...options, onProgress: undefined });
  };
  try {
    answer({ kind: 'done', applied: await (blob === null ? receive() : apply(blob)) });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    const kind = error instanceof EngineError ? error.kind : 'internal';
    answer({ kind: 'failed', error: { kind, message: messageOf(error), isDiskFull: cause?.code === 'ENOSPC' } });
  }
}

/** Of the layer that comes by messages. */
let arrivals: Arrivals | undefined;

parentPort?.on('message', (message: UnpackMessage) => {
  if (message.kind === 'unpack') void unpack(message);
  else if (message.kind === 'bytes') arrivals?.push(Buffer.from(message.bytes.buffer));
  else arrivals?.end();
});
