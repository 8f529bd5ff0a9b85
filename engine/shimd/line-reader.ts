import type { Socket } from 'node:net';

const newline = 10;

/**
 * Splits what comes over a socket into lines of UTF-8.
 * @param onLine answers false to get no more lines: the rest is put back, for another reader of the socket.
 * @param onOverflow a line became longer than `limit` bytes.
 */
export function readLines(socket: Socket, limit: number, onLine: (line: string) => boolean, onOverflow: () => void): void {
  let pending: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer): void => {
    let rest = chunk;
    for (;;) {
      const end = rest.indexOf(newline);
      if (end === -1) break;
      const line = Buffer.concat([...pending, rest.subarray(0, end)]).toString();
      pending = [];
      size = 0;
      rest = rest.subarray(end + 1);
      if (!onLine(line)) {
        socket.off('data', onData);
        if (rest.length > 0) socket.unshift(rest);
        return;
      }
    }
    if (rest.length === 0) return;
    pending.push(rest);
    size += rest.length;
    if (size > limit) {
      socket.off('data', onData);
      onOverflow();
    }
  };
  socket.on('data', onData);
}
