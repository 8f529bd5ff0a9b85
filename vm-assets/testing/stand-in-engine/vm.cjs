// Waits as the engine's entry in the VM does, then is the stand-in.
const { readFileSync } = require('node:fs');

if (process.env.SLIPWAY_DISK_READY !== undefined) readFileSync(process.env.SLIPWAY_DISK_READY);
void import('/opt/slipway/engine/engine.mjs');
