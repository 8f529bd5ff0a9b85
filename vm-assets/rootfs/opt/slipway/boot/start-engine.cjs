// Becomes the engine: Node's main module in the guest. At boot Node starts while the guest is still being set up; here it loads what the engine's first
// part needs, then waits for the way to the host. When the engine is started again there is nothing to wait for.
// CommonJS, because importing node:http as an ES module evaluates its lazy exports, fetch among them: 0.3 s under emulation.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { constants, Script } = require('node:vm');

const program = '/opt/slipway/engine/vm.cjs';
const ready = process.env.SLIPWAY_CHANNELS_READY;
if (ready !== undefined) for (const name of ['http', 'net', 'crypto']) require(`node:${name}`);

// As Node's loader does, but with the compiled code that the image brings (vm-assets/build/image/code-cache.mjs): under emulation a parser and a compiler that
// do not run need not be translated either. V8 refuses what another V8 made.
const script = new Script(Module.wrap(readFileSync(program, 'utf8')), { filename: program, cachedData: codeCache(), importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
const main = new Module(program, null);
main.filename = program;
// What is loaded later asks for this module by its name.
require.cache[program] = main;
const run = script.runInThisContext();
const requireBeside = Module.createRequire(program);

if (ready !== undefined) {
  delete process.env.SLIPWAY_CHANNELS_READY;
  // Opening a FIFO for reading blocks until init opens it for writing; there is nothing else to do in this process.
  readFileSync(ready);
}
run.call(main.exports, main.exports, requireBeside, main, program, '/opt/slipway/engine');

function codeCache() {
  try {
    return readFileSync(`${program}.cache`);
  } catch {
    return undefined;
  }
}
