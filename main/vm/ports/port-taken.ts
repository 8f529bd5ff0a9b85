/** Somebody else listens there already. The engine puts `Bind for 0.0.0.0:8080 failed: ` before the message, as moby does. */
export class PortTakenError extends Error {
  override name = 'PortTakenError';

  /** @param owner `nginx (process 812)`; null when it could not be learnt. */
  constructor(owner: string | null) {
    super(`port is already allocated${owner === null ? ' by another program of this computer' : ` by ${owner}`}`);
  }
}
