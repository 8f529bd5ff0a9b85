// Runs before the engine in its process. At boot Node starts while the guest is still being set up; here it loads what the engine's first part
// needs of Node's own modules, then waits for the way to the host. When the engine is started again there is nothing to wait for.
// CommonJS, because importing node:http as an ES module evaluates its lazy exports, fetch among them: 0.3 s under emulation.
const { readFileSync } = require('node:fs');

const ready = process.env.SLIPWAY_CHANNELS_READY;
if (ready !== undefined) {
  delete process.env.SLIPWAY_CHANNELS_READY;
  for (const name of ['http', 'net', 'crypto']) require(`node:${name}`);
  // Opening a FIFO for reading blocks until init opens it for writing; there is nothing else to do in this process.
  readFileSync(ready);
}
