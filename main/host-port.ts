import { createServer } from 'node:net';
import { findPortOwner } from './vm/ports/port-owner.ts';

/**
 * Whether a TCP port of this computer can be listened on right now, and if not, who holds it. It is tried, for tables of sockets
 * do not show other users' programs everywhere. A port that needs rights counts as free: the engine has them, or says so.
 */
export async function lookUpHostPort(port: number): Promise<{ isTaken: boolean; program?: string }> {
  if (!(await isTakenAt(port, '0.0.0.0')) && !(await isTakenAt(port, '::'))) return { isTaken: false };
  const program = await findPortOwner(port);
  return { isTaken: true, ...(program === null ? {} : { program }) };
}

function isTakenAt(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE'));
    server.listen({ port, host, exclusive: true, ipv6Only: host === '::' }, () => server.close(() => resolve(false)));
  });
}
