import { closeSync, constants, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import { pipeHandle, socketOf } from './pipe-handle.ts';

/**
 * A virtio-serial port as a stream that waits in epoll.
 *
 * Node's public ways read a character device in libuv's thread pool: a thread for each port, and 4 KiB for each hop there
 * and back. Through the pipe handle the same port carries four times as much in half the latency (ADR 0005: 122 against
 * 26 MB/s under TCG), and no pool thread is blocked.
 *
 * The stream ends while no host is connected. It must be destroyed, never `end()`ed: the device knows no half-close.
 * @throws Error with the path when the device is missing, or open already (EBUSY: a port has one reader).
 */
export function openPortDevice(path: string): Socket {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    return socketOf(pipeHandle(fd, 'SOCKET', path));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
