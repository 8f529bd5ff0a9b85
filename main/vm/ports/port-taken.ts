import type { HostPort } from '../vm.ts';

/** Somebody else listens there already. The engine puts the message behind Docker's own words. */
export class PortTakenError extends Error {
  override name = 'PortTakenError';

  constructor(port: HostPort, owner: string | null) {
    super(`Bind for ${port.hostIp || '0.0.0.0'}:${port.hostPort} failed: port is already allocated${owner === null ? '' : ` by ${owner}`}`);
  }
}
