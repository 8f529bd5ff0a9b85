import type { Server } from 'node:http';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { toDuplex } from '../../contract/channel/duplex.ts';
import type { ChannelStream } from '../../contract/channel/stream.ts';
import { parseTarget } from '../../contract/channel/target.ts';
import type { CarriedConnections } from '../network/ports/carried-connections.ts';
import { serveDatagrams } from './serve-datagrams.ts';

/** Published ports, for connections that the host passes on. */
export interface PublishedPorts {
  lookup: LookupPort;
  carried: CarriedConnections;
}

export type LookupPort = (protocol: 'tcp' | 'udp', hostIp: string, hostPort: number) => { address: string; port: number } | null;

const guestConnections = new WeakSet<object>();

/** Whether a connection of the API server came from the host through the guest channel: only there the host may power off. */
export function isGuestConnection(connection: object): boolean {
  return guestConnections.has(connection);
}

/** Takes a stream that the host opened: into the API server, or to a container's published port. */
export function serveStream(stream: ChannelStream, target: Uint8Array, server: Server, ports: PublishedPorts): void {
  const parsed = parseTarget(target);
  if (parsed?.kind === 'api') {
    const duplex = toDuplex(stream, (handlers) => new Duplex(handlers));
    guestConnections.add(duplex);
    // The HTTP server listens for errors only as long as it holds the connection.
    duplex.on('error', () => undefined);
    stream.accept();
    server.emit('connection', duplex);
  } else if (parsed?.kind === 'port') {
    const serve = parsed.protocol === 'udp' ? serveDatagrams : servePort;
    const target = ports.lookup(parsed.protocol, parsed.hostIp, parsed.hostPort);
    if (target === null) stream.reset(`no container publishes ${parsed.hostIp}:${parsed.hostPort}/${parsed.protocol}`);
    else serve(stream, target, ports.carried);
  } else {
    stream.reset('this guest knows no such target');
  }
}

function servePort(stream: ChannelStream, target: { address: string; port: number }, carried: CarriedConnections): void {
  // Bytes that come before the container answers wait in the stream; the window bounds them.
  const duplex = toDuplex(stream, (handlers) => new Duplex(handlers));
  const socket = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true });
  const ended = carried.add(target.address, () => {
    duplex.destroy(new Error('the container was taken off its network'));
    socket.destroy();
  });
  socket.once('close', ended);
  socket.once('connect', () => {
    stream.accept();
    // Not `pipeline`: it destroys both as soon as one direction has ended in some orders of end and close.
    socket.pipe(duplex);
    duplex.pipe(socket);
  });
  socket.on('error', (error) => duplex.destroy(error));
  duplex.on('error', () => socket.resetAndDestroy());
  // Closing after an orderly end is no reason to drop what the other direction still has to deliver.
  socket.on('close', () => {
    if (!socket.readableEnded) duplex.destroy();
  });
  duplex.on('close', () => {
    if (!duplex.readableEnded) socket.destroy();
  });
}
