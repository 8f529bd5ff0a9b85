import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UnavailableError } from '../errors.ts';

export interface ShimdOptions {
  /** `<execRoot>/shimd` */
  directory: string;
  /** shimd's program; beside the engine's unless said otherwise. */
  entry?: string;
  /** Seconds without anything to do after which shimd ends; 0: never. */
  idleSeconds?: number;
}

/**
 * V8 as small as it gets for a process that moves bytes: its heap holds some kilobytes per container, so one thread and
 * small spaces do. Measured: see ADR 0003. No flag that V8 hashes into its code cache (`--single-threaded` is one): Node's own
 * modules would be compiled anew at each start, half as long again, for no memory saved.
 */
const nodeOptions = ['--max-semi-space-size=1', '--max-old-space-size=256', '--v8-pool-size=0'];
const startLimit = 15_000;
const retryInterval = 20;

/** Connects to shimd's socket, and starts shimd first when it does not answer. @throws UnavailableError */
export async function reachShimd(options: ShimdOptions): Promise<Socket> {
  const path = join(options.directory, 'shimd.sock');
  const deadline = performance.now() + startLimit;
  for (;;) {
    const socket = await tryConnect(path);
    if (socket !== undefined) return socket;
    const outcome = await startShimd(options);
    if (outcome === 'started') continue;
    if (outcome !== 'busy') throw unreachable(options, outcome);
    if (performance.now() > deadline) throw unreachable(options, 'one is there, but it does not answer');
    // Either another engine is just starting one, or one is just ending: both take a moment.
    await delay(retryInterval);
  }
}

function unreachable({ directory }: ShimdOptions, reason: string): UnavailableError {
  return new UnavailableError(`cannot reach shimd in ${directory}: ${reason}. Its words are in ${join(directory, 'shimd.log')}`);
}

/** What a connection to a socket says when nobody listens, or no longer. */
const nobodyThere = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (nobodyThere.has(error.code ?? '')) resolve(undefined);
      else reject(new UnavailableError(`cannot reach shimd at ${path}: ${error.message}`, { cause: error }));
    });
  });
}

/**
 * Starts it in a session of its own, so that neither a signal to the engine's group nor its terminal reaches it.
 * @returns `busy` when another one holds the folder; anything but `started` else is why it failed
 */
async function startShimd({ directory, entry, idleSeconds }: ShimdOptions): Promise<string> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const log = openSync(join(directory, 'shimd.log'), 'a', 0o600);
  try {
    const args = [...nodeOptions, entry ?? defaultEntry(), '--directory', directory, ...(idleSeconds === undefined ? [] : ['--idle-seconds', String(idleSeconds)])];
    const child = spawn(process.execPath, args, { detached: true, cwd: '/', stdio: ['ignore', 'pipe', log], env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '1' } });
    return await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
      child.stdout!.once('data', (line: Buffer) => {
        child.removeAllListeners('exit');
        child.stdout!.destroy();
        child.unref();
        resolve(line.includes('"ready":true') ? 'started' : 'busy');
      });
    });
  } finally {
    closeSync(log);
  }
}

function defaultEntry(): string {
  const source = fileURLToPath(new URL('../shimd/main.ts', import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL('./shimd.mjs', import.meta.url));
}
