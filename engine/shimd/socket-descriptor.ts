import type { Socket } from 'node:net';

/**
 * The descriptor under a connected socket, which stays the socket's: duplicate it to keep it. Node shows it nowhere else;
 * the handle's `fd` has been there since before Node 1.
 */
export function descriptorOf(socket: Socket): number {
  return (socket as unknown as { _handle: { fd: number } })._handle.fd;
}
