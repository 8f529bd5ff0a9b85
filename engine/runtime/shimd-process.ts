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
 * small spaces do. Measured: see ADR 0003.
 */
const nodeOptions = ['--max-semi-space-size=1', '--max-old-space-size=256', '--v8-pool-size=0', '--single-threaded'];
const startLimit = 15_000;
const retryInterval = 20;

/** Connects to shimd's socket, and starts shimd first when it does not answer. @throws UnavailableError */
export async function reachShimd(options: ShimdOptions): Promise<Socket> {
  const path = join(options.directory, 'shimd.sock');
  const socket = await tryConnect(path);
  if (socket !== undefined) return socket;
  const deadline = performance.now() + startLimit;
  let reason = await startShimd(options);
  for (;;) {
    const started = await tryConnect(path);
    if (started !== undefined) return started;
    if (reason === undefined && performance.now() > deadline) reason = 'it does not answer';
    if (reason !== undefined) throw new UnavailableError(`cannot reach shimd at ${path}: ${reason}. Its words are in ${join(options.directory, 'shimd.log')}`);
    // Another engine is just starting one: its socket will be there in a moment.
    await delay(retryInterval);
  }
}

function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(new UnavailableError(`cannot reach shimd at ${path}: ${error.message}`, { cause: error }));
    });
  });
}

/** In a session of its own, so that neither a signal to the engine's group nor its terminal reaches it. @returns why it failed */
async function startShimd({ directory, entry, idleSeconds }: ShimdOptions): Promise<string | undefined> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const log = openSync(join(directory, 'shimd.log'), 'a', 0o600);
  try {
    const args = [...nodeOptions, entry ?? defaultEntry(), '--directory', directory, ...(idleSeconds === undefined ? [] : ['--idle-seconds', String(idleSeconds)])];
    const child = spawn(process.execPath, args, { detached: true, cwd: '/', stdio: ['ignore', 'pipe', log], env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '1' } });
    return await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
      child.stdout!.once('data', (line: Buffer) => {
        child.removeAllListeners('exit');
        child.stdout!.destroy();
        child.unref();
        // `ready: false`: another one holds the lock, and is to be connected to.
        resolve(line.length > 0 ? undefined : 'it said nothing');
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
