import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { parseCommandLine } from './command-line.ts';
import { Door } from './door.ts';
import { messageOf } from './errors.ts';
import { log } from './log.ts';

/**
 * The engine's entry in the VM: answers first, and loads the rest of the engine after it. SLIPWAY_DISK_READY names a FIFO that is written to once
 * the data disk is mounted; a start without it (an engine that died) has nothing to wait for.
 */
async function main(): Promise<void> {
  const config = parseCommandLine(process.argv.slice(2));
  const door = new Door(config, log);
  const disk = process.env.SLIPWAY_DISK_READY;
  delete process.env.SLIPWAY_DISK_READY;
  if (disk !== undefined) {
    // Loading keeps this thread busy for most of a second under emulation: who is at the door comes first.
    await Promise.race([once(door.server, 'request'), delay(500)]);
    await nextTurn();
    await readFile(disk);
  }
  keepCompiledCode(config.root);
  const { runEngine } = await import('./main.ts');
  await runEngine(config, door);
}

/**
 * Compiled code of the engine from the boots before, on the data disk: 0.4 s under emulation. Node checks it against the source, and V8 against
 * itself. Written a while after the start, when the functions that a start needs have been compiled.
 */
function keepCompiledCode(root: string): void {
  enableCompileCache(join(root, '.compile-cache'));
  setTimeout(() => flushCompileCache(), 15_000).unref();
}

main().catch((error: unknown) => {
  process.stderr.write(`the engine could not start: ${messageOf(error)}\n`);
  process.exit(1);
});
