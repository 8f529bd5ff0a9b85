import type { ChannelPort } from '../../contract/channel/host-requests.ts';

/** A port of the machine on which the user works: this one, or in the VM the host. `hostPort` is never 0. */
export type HostPort = ChannelPort;

/** Where a published port leads: a container's address in the engine's network. */
export interface PortTarget {
  address: string;
  port: number;
}

/**
 * Reserves ports on the user's machine and carries connections that arrive there to containers.
 *
 * Natively (`native-host-ports.ts`) the engine itself holds the listening socket; in the VM the guest channel asks the
 * host, which connects back through {@link PortTable.lookupPort}. A reservation lasts until it is released or the engine
 * ends.
 */
export interface HostPorts {
  /**
   * Resolves once connections to the port reach `target`, which may change in place: what comes from then on goes there. Asked again for a port that is
   * reserved, with another lane: connections through the old one end.
   * @throws ConflictError when the port is taken; the message says by whom where that can be known.
   */
  reserve(port: HostPort, target: PortTarget): Promise<void>;
  /** Idempotent. Connections that are open stay open. */
  release(port: HostPort): Promise<void>;
}
