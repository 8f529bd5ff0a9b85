import { parentPort } from 'node:worker_threads';
import type { LogAnswer, LogJob } from './log-job.ts';
import { countLevels, findMatches } from './run-job.ts';

/** The thread's side of `log-threads.ts`: one job after the other. */
const port = parentPort!;
const progressEvery = 500;

port.on('message', (job: LogJob) => {
  let last = performance.now();
  const onProgress = () => {
    if (performance.now() - last < progressEvery) return;
    last = performance.now();
    port.postMessage({ kind: 'progress' } satisfies LogAnswer);
  };
  try {
    if (job.kind === 'search') answer({ kind: 'matches', ...findMatches(job, onProgress) });
    else answer({ kind: 'levels', counts: countLevels(job.stretch, onProgress) });
  } catch (error) {
    answer({ kind: 'failed', message: (error as Error).message });
  }
});

function answer(message: LogAnswer): void {
  port.postMessage(message);
}
