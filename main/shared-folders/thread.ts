import { parentPort, workerData } from 'node:worker_threads';
import { parseTarget } from '../../contract/channel/target.ts';
import { hostCrypto } from '../vm/channel/host-crypto.ts';
import { GuestSocket } from '../vm/channel/guest-socket.ts';
import { FileLink } from './file-link.ts';
import { FileServer } from './file-server.ts';
import { Owners } from './owners.ts';
import { Shares } from './shares.ts';

/** What the thread is told, and what it is begun with. */
export type ThreadOrder = { type: 'share'; entries: string[] } | { type: 'connect'; path: string; key: Uint8Array } | { type: 'disconnect' } | { type: 'close' };
export interface ThreadStart {
  withheld: string[];
  entries: string[];
  ownersFile: string;
}

/** Serves shared folders in a thread of its own: file systems may be slow, and the window is not to wait for them. */
function serve(port: NonNullable<typeof parentPort>): void {
  const { withheld, entries, ownersFile } = workerData as ThreadStart;
  const log = (line: string) => port.postMessage(line);
  const shares = new Shares(withheld);
  shares.replace(entries);
  const owners = new Owners(ownersFile, log);
  const server = new FileServer({ shares, owners, send: (message) => link.send(message), log });
  const link = new FileLink(server);
  let socket: GuestSocket | null = null;
  port.on('message', (order: ThreadOrder) => {
    switch (order.type) {
      case 'share':
        return shares.replace(order.entries);
      case 'connect':
        socket?.close();
        socket = new GuestSocket({
          path: order.path,
          crypto: hostCrypto(order.key),
          onStream: (stream, target) => (parseTarget(target)?.kind === 'files' ? link.take(stream) : stream.reset('this port is for files')),
          onChange: () => undefined,
          log: () => undefined,
        });
        return;
      case 'disconnect':
        socket?.close();
        socket = null;
        return;
      case 'close':
        socket?.close();
        owners.flush();
        port.close();
    }
  });
}

if (parentPort !== null) serve(parentPort);
