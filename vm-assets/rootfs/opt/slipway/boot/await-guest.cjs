// Runs before the engine in its process. At boot Node starts while the guest is still being set up; here it loads what the engine needs of
// Node's own modules, then waits until the guest is ready. When the engine is started again there is nothing to wait for.
// CommonJS, because importing node:http as an ES module evaluates its lazy exports, fetch among them: 0.3 s under emulation.
const { readFileSync } = require('node:fs');
const nodeModule = require('node:module');

const ready = process.env.SLIPWAY_READY;
if (ready !== undefined) {
  delete process.env.SLIPWAY_READY;
  for (const name of ['http', 'net', 'crypto', 'zlib', 'child_process', 'stream/promises', 'fs/promises']) require(`node:${name}`);
  // Opening a FIFO for reading blocks until init opens it for writing; there is nothing else to do in this process.
  readFileSync(ready);
}

// Compiled code of the engine from the boots before, on the data disk: 0.4 s under emulation. Node checks it against the source, and V8 against itself.
// Written a while after the start, when the functions that a start needs have been compiled.
nodeModule.enableCompileCache('/var/lib/slipway/.compile-cache');
setTimeout(() => nodeModule.flushCompileCache(), 15_000).unref();
