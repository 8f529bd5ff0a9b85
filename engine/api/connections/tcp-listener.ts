import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:net';
import type { Server as NetServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { InvalidParameterError, messageOf } from '../../errors.ts';

export interface TcpAddress {
  host: string;
  port: number;
  /** Files in PEM; without them the listener speaks plainly. */
  tls?: { cert: string; key: string; ca?: string; verify: boolean };
}

/**
 * Lets the API answer on TCP as well, on plain connections or TLS.
 * @throws InvalidParameterError for a certificate that cannot be read; the system's error for an address that is taken
 */
export async function listenTcp(api: Server, address: TcpAddress): Promise<NetServer> {
  const hand = (socket: unknown) => api.emit('connection', socket);
  const listener = address.tls === undefined ? createServer({ allowHalfOpen: true }, hand) : createTlsServer(tlsOptions(address.tls), hand);
  // A peer that speaks no TLS is its own problem.
  listener.on('tlsClientError', () => undefined);
  listener.listen(address.port, address.host);
  await once(listener, 'listening');
  return listener;
}

function tlsOptions({ cert, key, ca, verify }: NonNullable<TcpAddress['tls']>) {
  const read = (path: string) => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new InvalidParameterError(`cannot read ${path}: ${messageOf(error)}`, { cause: error });
    }
  };
  return {
    cert: read(cert),
    key: read(key),
    ...(ca === undefined ? {} : { ca: read(ca) }),
    requestCert: verify,
    rejectUnauthorized: verify,
    minVersion: 'TLSv1.2' as const,
    allowHalfOpen: true,
  };
}
