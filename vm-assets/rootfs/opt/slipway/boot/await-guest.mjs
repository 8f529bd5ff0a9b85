// Runs before the engine in its process. At boot Node starts while the guest is still being set up; here it waits until that is done, and
// uses the time to load what the engine will need. When the engine is started again there is nothing to wait for.
import { readFile } from 'node:fs/promises';

const ready = process.env.SLIPWAY_READY;
if (ready !== undefined) {
  delete process.env.SLIPWAY_READY;
  // Opening a FIFO for reading blocks (in libuv's pool, not here) until init opens it for writing.
  const opened = readFile(ready);
  await Promise.all(['node:http', 'node:crypto', 'node:zlib', 'node:child_process', 'node:stream/promises', 'node:worker_threads'].map((name) => import(name)));
  await opened;
}
