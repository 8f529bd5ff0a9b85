/** Of a TCP header. Source: RFC 9293. */
export const TcpFlag = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;

/** `refused`: reset before it was taken. `ended`: the guest sends no more, as it said itself. */
export type GuestSide = 'opening' | 'open' | 'refused' | 'ended';

export interface ForwardedConnection {
  readonly side: GuestSide;
  /** No more is heard of it. */
  forget(): void;
}

/**
 * Connections of this app into the guest through QEMU's forwards, as told by what the guest sends of them. Needed for two reasons: slirp takes a connection before
 * the guest did, and closes in order what the guest reset; and of what goes to the gateway only answers to these may pass.
 *
 * A connection is known by its port on this side, which it must have been bound to before it was opened: only then no two have the same.
 */
export class ForwardedConnections {
  readonly #byPort = new Map<number, { side: GuestSide; changed(side: GuestSide): void }>();

  /** @throws Error when the port has a connection that was not forgotten */
  watch(port: number, changed: (side: GuestSide) => void): ForwardedConnection {
    if (this.#byPort.has(port)) throw new Error(`port ${port} has a forwarded connection`);
    const connection = { side: 'opening' as GuestSide, changed };
    this.#byPort.set(port, connection);
    return {
      get side() {
        return connection.side;
      },
      forget: () => {
        if (this.#byPort.get(port) === connection) this.#byPort.delete(port);
      },
    };
  }

  /**
   * A TCP packet from the guest to a port of the gateway. @returns whether it may pass: what begins a connection never, the answer to one of ours, and whatever
   * can begin none. slirp knows the connection of the last, or resets it: so ends in the guest what a suspension cut off.
   */
  take(port: number, flags: number): boolean {
    const connection = this.#byPort.get(port);
    const begins = (flags & TcpFlag.syn) !== 0;
    if (connection === undefined) return !begins && (flags & (TcpFlag.ack | TcpFlag.rst)) !== 0;
    const next = nextSide(connection.side, flags);
    if (next !== connection.side) {
      connection.side = next;
      connection.changed(next);
    }
    return !begins || (flags & TcpFlag.ack) !== 0;
  }
}

function nextSide(side: GuestSide, flags: number): GuestSide {
  if ((flags & TcpFlag.rst) !== 0) return side === 'opening' ? 'refused' : side;
  if (side === 'opening' && (flags & TcpFlag.syn) !== 0 && (flags & TcpFlag.ack) !== 0) return 'open';
  return side === 'open' && (flags & TcpFlag.fin) !== 0 ? 'ended' : side;
}
