import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { parseCommandLine } from './command-line.ts';
import type { EngineConfig } from './config.ts';
import { Door } from './door.ts';
import { messageOf } from './errors.ts';
import { readStartOrder } from './guest/start-order.ts';
import { log } from './log.ts';

/** Made by the guest's init and its set-up scripts (vm-assets/rootfs). */
const diskFile = '/run/slipway/data-disk';
const goFile = '/run/slipway/go';
/** While loading keeps the only thread busy nobody is answered, so who is at the door comes first; but nobody may be there. */
const firstRequestMs = 1000;

/**
 * The engine's entry in the VM: answers first, and loads the rest of the engine after it. SLIPWAY_DISK_READY names a FIFO that is written to once
 * the data disk is mounted; a start without it (an engine that died) has nothing to wait for.
 */
async function main(): Promise<void> {
  const config = parseCommandLine(process.argv.slice(2));
  const door = new Door(config, log);
  const diskReady = process.env.SLIPWAY_DISK_READY;
  delete process.env.SLIPWAY_DISK_READY;
  const { guestKeyFile: keyFile, guestOrderFile: orderFile } = config;
  if (diskReady !== undefined) {
    await Promise.race([firstAnswer(door), delay(firstRequestMs)]);
    if (keyFile !== undefined && orderFile !== undefined && readStartOrder(orderFile).word === 'park') return startLater(config, door, { diskReady, keyFile, orderFile });
    await readFile(diskReady);
  }
  keepCompiledCode(config.root);
  const { runEngine } = await import('./main.ts');
  await runEngine(config, door);
}

/** Resolves once somebody has been answered and has gone. */
async function firstAnswer(door: Door): Promise<void> {
  const [, response] = (await once(door.server, 'request')) as [unknown, ServerResponse];
  if (!response.closed) await once(response, 'close');
  // What is left to send goes out.
  await nextTurn();
}

/** Everything that can be done without the data disk, then a stop until the host goes on with this machine, or with copies of it. */
async function startLater(config: EngineConfig, door: Door, files: { diskReady: string; keyFile: string; orderFile: string }): Promise<void> {
  const [{ runEngine }, { park }, { replaceMathRandom, useUpKeptBytes }] = await Promise.all([import('./main.ts'), import('./guest/park.ts'), import('./guest/renewal.ts'), readFile(files.diskReady)]);
  replaceMathRandom();
  door.closeChannel();
  const { disk } = await park({ ...files, root: config.root, diskFile, goFile });
  door.openChannel(disk);
  await Promise.all([disk, Promise.race([firstAnswer(door), delay(firstRequestMs)])]);
  useUpKeptBytes();
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
