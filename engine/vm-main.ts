import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
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
/** A host that keeps this machine, or has restored it, asks for certain, however busy it is; at the former it takes a channel that closes before the answer for a failure. */
const certainRequestMs = 60_000;
/** After the wake of a restored machine: until then the start and the first lists are over. */
const optimiseAfterMs = 10_000;

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
    const isKept = keyFile !== undefined && orderFile !== undefined && readStartOrder(orderFile).word === 'park';
    if (isKept) interpretOnly();
    await Promise.race([firstAnswer(door), delay(isKept ? certainRequestMs : firstRequestMs, undefined, { ref: false })]);
    if (isKept) return startLater(config, door, { diskReady, keyFile, orderFile });
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
  const [{ runEngine, startEngine }, { park }, { practise }, { replaceMathRandom, useUpKeptBytes }, { tidyMemory }] = await Promise.all([import('./main.ts'), import('./guest/park.ts'), import('./guest/practice.ts'), import('./guest/renewal.ts'), import('./lib/idle-memory.ts'), readFile(files.diskReady)]);
  replaceMathRandom();
  door.closeChannel();
  await practise(config, async (other) => {
    const practiceDoor = new Door(other, log);
    return { server: practiceDoor.server, ...(await startEngine(other, practiceDoor)) };
  }, log);
  tidyMemory();
  const { disk } = await park({ ...files, root: config.root, diskFile, goFile });
  door.openChannel(disk);
  await Promise.all([disk, Promise.race([firstAnswer(door), delay(certainRequestMs, undefined, { ref: false })])]);
  useUpKeptBytes();
  setTimeout(compileAgain, optimiseAfterMs).unref();
  await runEngine(config, door, { isPractised: true });
}

/**
 * Has V8 interpret everything from here on. In a machine that was restored all that runs is translated first: compilers, and then what they have made, cost it
 * more than they save. What is learned of objects is kept from the first call of a function on, so that practice is worth something.
 */
function interpretOnly(): void {
  for (const flag of ['--no-sparkplug', '--no-maglev', '--no-turbofan', '--no-lazy-feedback-allocation']) setFlagsFromString(flag);
}

function compileAgain(): void {
  for (const flag of ['--sparkplug', '--maglev', '--turbofan', '--lazy-feedback-allocation']) setFlagsFromString(flag);
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
