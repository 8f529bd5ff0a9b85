import { parentPort, workerData } from 'node:worker_threads';
import { parseTarget } from '../../contract/channel/target.ts';
import { hostCrypto } from '../vm/channel/host-crypto.ts';
import { GuestSocket } from '../vm/channel/guest-socket.ts';
import { FileLink } from './file-link.ts';
import { FileServer } from './file-server.ts';
import { Owners } from './owners.ts';
import { SavedSession } from './saved-session.ts';
import { Shares } from './shares.ts';

/** What the thread is told, and what it is begun with. */
export type ThreadOrder = { type: 'share'; entries: string[] } | { type: 'connect'; path: string; key: Uint8Array } | { type: 'disconnect' } | { type: 'close' };
export interface ThreadStart {
  withheld: string[];
  entries: string[];
  ownersFile: string;
  /** For the next app, while a VM is suspended. */
  sessionFile: string;
}

/** Serves shared folders in a thread of its own: file systems may be slow, and the window is not to wait for them. */
function serve(port: NonNullable<typeof parentPort>): void {
  const { withheld, entries, ownersFile, sessionFile } = workerData as ThreadStart;
  const log = (line: string) => port.postMessage(line);
  const shares = new Shares(withheld);
  shares.replace(entries);
  const owners = new Owners(ownersFile, log);
  const server = new FileServer({ shares, owners, send: (message) => link.send(message), log });
  const saved = new SavedSession(sessionFile);
  const link: FileLink = new FileLink({
    handle: (message) => server.handle(message),
    begin(session) {
      const known = saved.take(session);
      if (known === undefined) server.reset();
      else server.restore(known);
    },
  });
  const save = () => {
    if (link.session === '') return;
    try {
      saved.write(link.session, server.save());
    } catch (error) {
      log(`shared folders: a suspended VM will find its files closed: ${String(error)}`);
    }
  };
  let socket: GuestSocket | null = null;
  port.on('message', (order: ThreadOrder) => {
    switch (order.type) {
      case 'share':
        return shares.replace(order.entries);
      case 'connect':
        socket?.close();
        if (link.session !== '') saved.discard();
        socket = new GuestSocket({
          path: order.path,
          crypto: hostCrypto(order.key),
          onStream: (stream, target) => (parseTarget(target)?.kind === 'files' ? link.take(stream) : stream.reset('this port is for files')),
          onChange: () => undefined,
          log: () => undefined,
        });
        return;
      case 'disconnect':
        if (socket !== null) save();
        socket?.close();
        socket = null;
        return;
      case 'close':
        if (socket !== null) save();
        socket?.close();
        owners.flush();
        port.close();
    }
  });
}

if (parentPort !== null) serve(parentPort);
