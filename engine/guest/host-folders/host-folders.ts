import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnavailableError } from '../../errors.ts';
import type { HostFolders } from '../../volumes/collaborators.ts';

export interface HostFoldersOptions {
  /** `<execRoot>/host-folders` */
  directory: string;
  /** The virtio-serial port for files. */
  port: string;
  keyFile: string;
  /** See `HostClient.findFolder`. */
  find(path: string, create: boolean): Promise<string>;
}

const nodeOptions = ['--max-semi-space-size=1', '--max-old-space-size=256'];

/**
 * The user's folders in the VM: the host says which may be mounted, and a process beside the engine has them all mounted in one place, from the first container
 * that wants one until the VM ends.
 */
export function sharedHostFolders(options: HostFoldersOptions): HostFolders {
  const { directory, find } = options;
  let starting: Promise<void> | null = null;
  const ready = async () => {
    if (await isServed(directory)) return;
    starting ??= start(options).finally(() => (starting = null));
    await starting;
  };
  return {
    check: async (path, create) => void (await find(path, create)),
    async open(path, create) {
      const [place] = await Promise.all([find(path, create), ready()]);
      return place === '/' ? join(directory, 'mount') : join(directory, 'mount') + place;
    },
  };
}

function isServed(directory: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(join(directory, 'ready.sock'));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** In a session of its own, so that what ends the engine does not reach it. @throws UnavailableError */
async function start({ directory, port, keyFile }: HostFoldersOptions): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const log = openSync(join(directory, 'log'), 'a', 0o600);
  try {
    const child = spawn(process.execPath, [...nodeOptions, program(), '--port', port, '--key', keyFile, '--directory', directory], { detached: true, cwd: '/', stdio: ['ignore', 'pipe', log], env: { PATH: process.env.PATH } });
    const outcome = await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}; its words are in ${join(directory, 'log')}`));
      child.stdout!.once('data', () => resolve(''));
    });
    child.removeAllListeners('exit');
    child.stdout!.destroy();
    child.unref();
    if (outcome !== '') throw new UnavailableError(`the host's folders cannot be mounted: ${outcome}`);
  } finally {
    closeSync(log);
  }
}

function program(): string {
  const source = fileURLToPath(new URL('./main.ts', import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL('./host-folders.mjs', import.meta.url));
}
