import type { IncomingMessage } from 'node:http';
import { isIP, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { ForbiddenError } from '../../errors.ts';

/**
 * A page in a browser can reach TCP ports of this machine: by its own script (then it says its `Origin`), or by a name that it makes
 * lead here (DNS rebinding: then `Host` is that name). It cannot reach a unix socket or the guest channel, which pass.
 * @throws ForbiddenError
 */
export function refuseBrowsers(request: IncomingMessage): void {
  const { socket, headers } = request;
  if (!(socket instanceof Socket) || socket.remoteAddress === undefined) return;
  if (headers.origin !== undefined) throw new ForbiddenError(`requests from a browser (Origin ${headers.origin}) are refused`);
  if (headers['sec-fetch-site'] !== undefined) throw new ForbiddenError('requests from a browser are refused');
  // A client that has shown a certificate may call this machine by any name: the certificate of the server holds it.
  if (socket instanceof TLSSocket && socket.authorized) return;
  if (!isLocalHost(headers.host ?? '')) {
    throw new ForbiddenError(`requests for the host ${headers.host} are refused: call this engine localhost or by its address`);
  }
}

/** `localhost:2375`, `x.localhost`, `127.0.0.1`, `[::1]:2375`. Addresses cannot be rebound; names of others can. */
export function isLocalHost(host: string): boolean {
  const name = (/^\[(.*)\](?::\d*)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, '')).toLowerCase();
  return name === '' || name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0;
}
