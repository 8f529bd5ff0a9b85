// Runs before the engine in its process. At boot Node starts while the guest is still being set up; here it loads what the engine needs of
// Node's own modules, then waits until the guest is ready. When the engine is started again there is nothing to wait for.
// CommonJS, because importing node:http as an ES module evaluates its lazy exports, fetch among them: 0.3 s under emulation.
const ready = process.env.SLIPWAY_READY;
if (ready !== undefined) {
  delete process.env.SLIPWAY_READY;
  for (const name of ['http', 'net', 'crypto', 'zlib', 'child_process', 'stream/promises', 'fs/promises']) require(`node:${name}`);
  // Opening a FIFO for reading blocks until init opens it for writing; there is nothing else to do in this process.
  require('node:fs').readFileSync(ready);
}
