import { createSocket } from 'node:dgram';
import { Duplex } from 'node:stream';
import { datagramIdleMs, DatagramSplitter, encodeDatagram, mostWaiting } from '../../contract/channel/datagrams.ts';
import { toDuplex } from '../../contract/channel/duplex.ts';
import type { ChannelStream } from '../../contract/channel/stream.ts';
import type { CarriedConnections } from '../network/ports/carried-connections.ts';

/** Datagrams that wait while the socket is being made. */
const mostEarly = 64;

/** One client of a published UDP port: a socket of its own towards the container, so that answers find their way back. */
export function serveDatagrams(stream: ChannelStream, target: { address: string; port: number }, carried: CarriedConnections): void {
  const duplex = toDuplex(stream, (handlers) => new Duplex(handlers));
  const socket = createSocket(target.address.includes(':') ? 'udp6' : 'udp4');
  const splitter = new DatagramSplitter();
  let early: Uint8Array[] | null = [];
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    ended();
    clearTimeout(idle);
    socket.close();
    duplex.destroy();
  };
  const ended = carried.add(target.address, close);
  const idle = setTimeout(close, datagramIdleMs);
  // A container that does not listen answers with an error; it may listen later.
  socket.on('error', () => undefined);
  socket.on('message', (message) => {
    idle.refresh();
    if (duplex.writableLength < mostWaiting) duplex.write(encodeDatagram(message));
  });
  duplex.on('data', (chunk: Buffer) => {
    idle.refresh();
    try {
      for (const datagram of splitter.push(chunk)) {
        if (early === null) socket.send(datagram, () => undefined);
        else if (early.length < mostEarly) early.push(datagram);
      }
    } catch {
      close();
    }
  });
  duplex.on('error', close);
  duplex.on('end', () => duplex.end(close));
  duplex.on('close', close);
  stream.accept();
  socket.connect(target.port, target.address, (error?: Error) => {
    if (closed) return;
    if (error) return close();
    const waiting = early ?? [];
    early = null;
    for (const datagram of waiting) socket.send(datagram, () => undefined);
  });
}
