import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type * as Sockets from '../lib/syscalls/socket.ts';
import { pipeHandle, socketOf, type PipeHandle } from './pipe-handle.ts';

/** More than ports of the channel; who dials still more often is let go of. */
const mostWaiting = 8;

/**
 * Connections of the machine below this VM, in the place of a virtio-serial port: a listening socket as libuv's pipe, because Node knows sockets of TCP and of
 * files only. Each connection is given out once; whoever asks too early asks again (guest-port.ts does).
 */
export class VsockPort {
  readonly #path: string;
  readonly #handle: PipeHandle;
  readonly #waiting: Socket[] = [];

  /** @param fd bound; closed where this fails */
  constructor(fd: number, path: string) {
    this.#path = path;
    try {
      this.#handle = pipeHandle(fd, 'SERVER', path);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.#handle.onconnection = (status, client) => {
      if (status !== 0 || client === undefined) return;
      if (this.#waiting.length >= mostWaiting) this.#waiting.shift()?.destroy();
      this.#waiting.push(socketOf(client));
    };
    const result = this.#handle.listen(mostWaiting);
    if (result !== 0) {
      this.close();
      throw new Error(`${path}: nobody can connect (error ${result})`);
    }
  }

  /** @throws Error while nobody waits */
  accept(): Socket {
    const socket = this.#waiting.shift();
    if (socket === undefined) throw new Error(`${this.#path}: the host has not connected yet`);
    return socket;
  }

  close(): void {
    this.#handle.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
  }
}

const ports = new Map<string, VsockPort>();
let sockets: typeof Sockets | undefined;

/**
 * The next connection to `vsock:PORT`. The first call begins to listen; what that takes is loaded only now, because a VM that has virtio-serial ports does without.
 * @throws Error while nobody waits
 */
export function openVsockPort(path: string): Socket {
  const port = ports.get(path);
  if (port !== undefined) return port.accept();
  if (sockets === undefined) {
    void import('../lib/syscalls/socket.ts').then((loaded) => (sockets = loaded));
    throw new Error(`${path}: not listening yet`);
  }
  ports.set(path, new VsockPort(sockets.vsockSocket(Number(path.slice(vsockPrefix.length))), path));
  throw new Error(`${path}: the host has not connected yet`);
}

export const vsockPrefix = 'vsock:';
