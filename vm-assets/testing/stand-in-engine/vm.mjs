// Waits as the engine's entry in the VM does, then is the stand-in.
import { readFileSync } from 'node:fs';

if (process.env.SLIPWAY_DISK_READY !== undefined) readFileSync(process.env.SLIPWAY_DISK_READY);
await import('./engine.mjs');
