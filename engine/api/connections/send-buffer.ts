import { enlargeSendBuffer } from '../../lib/syscalls/socket.ts';

const room = 2 * 1024 * 1024;

/** What node:net keeps of a connection; `fd` is not in its types. A pipe has no `getpeername`. */
interface Connection {
  _handle?: { fd?: number; getpeername?: unknown } | null;
}

/**
 * Gives a connection over a unix socket room for a whole large answer. By itself it holds 212,992 bytes with all that the kernel adds, so that engine
 * and client take turns at each fifth of a megabyte, and each turn waits for the machine to run the other. It costs nothing until a client
 * lets its answers lie. TCP finds its size itself.
 */
export function makeRoomForAnswers(connection: object): void {
  const { _handle: handle } = connection as Connection;
  if (handle?.fd === undefined || handle.fd < 0 || handle.getpeername !== undefined) return;
  enlargeSendBuffer(handle.fd, room);
}
