import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RefusedByGuestError } from '../../driver.ts';
import type { ForwardedConnection, ForwardedConnections } from '../../network-guard/forwarded-connections.ts';

const loopback = '127.0.0.1';
/** slirp has surely taken a connection by then, whatever the guest does with it. */
const knockMs = 250;
/** A guest that drops the first packet gets it again from slirp after some seconds. */
const answerMs = 10_000;

/** One connection into the guest. */
class ForwardedSocket extends Socket {
  guest: ForwardedConnection | undefined;

  /** slirp closes in order whatever became of the guest's end. An end that the guest did not send is none. */
  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk !== null || this.guest?.side === 'ended') return super.push(chunk, encoding);
    this.destroy(Object.assign(new Error('the connection in the VM was reset'), { code: 'ECONNRESET' }));
    return false;
  }
}

/**
 * Connects to a listener of QEMU's; resolves once the guest took the connection. `knocked` is called once, when the listener has room for another.
 * @throws RefusedByGuestError, or Error when QEMU or the guest does not answer
 */
export function openForwarded(port: number, connections: ForwardedConnections, knocked: () => void): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const socket = new ForwardedSocket({ allowHalfOpen: true });
  let knocks = true;
  const hasKnocked = (): void => {
    if (!knocks) return;
    knocks = false;
    clearTimeout(knocking);
    knocked();
  };
  const knocking = setTimeout(hasKnocked, knockMs);
  const answering = setTimeout(() => socket.destroy(new Error('the guest does not answer')), answerMs);
  const settled = (): void => {
    clearTimeout(answering);
    hasKnocked();
  };
  // Bound by then, and not yet on its way.
  socket.once('connectionAttempt', () => {
    try {
      socket.guest = connections.watch(socket.localPort ?? 0, (side) => {
        if (side === 'refused') socket.destroy(new RefusedByGuestError());
        else if (side === 'open') {
          settled();
          resolve(socket);
        }
      });
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  // Stays for good, so that one without a listener of its own ends nothing but itself.
  socket.on('error', reject);
  socket.once('close', () => {
    settled();
    socket.guest?.forget();
    reject(new Error('QEMU closed the connection'));
  });
  socket.setNoDelay();
  socket.connect({ host: loopback, port, localAddress: loopback });
  return promise;
}
