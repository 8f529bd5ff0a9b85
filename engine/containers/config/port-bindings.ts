import type { PortMap } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';

const largestPort = 65535;

/**
 * Bindings with every field there, as inspect shows them. What a port can be published as is the network's business: here only what
 * is no port at all is refused. Source: moby `daemon/container.go` validatePortBindings.
 * @throws InvalidParameterError
 */
export function completePortBindings(asked: PortMap | null | undefined): PortMap | null {
  if (asked == null) return null;
  return Object.fromEntries(
    Object.entries(asked).map(([key, bindings]) => {
      const [port = ''] = key.split('/', 1);
      if (!isPort(port)) throw new InvalidParameterError(`invalid port specification: "${port}"`);
      const complete = bindings?.map(({ HostIp = '', HostPort = '' }) => {
        if (HostPort !== '' && !HostPort.split('-').every(isPort)) throw new InvalidParameterError(`invalid port specification: "${HostPort}"`);
        return { HostIp: HostIp ?? '', HostPort: HostPort ?? '' };
      });
      return [key, complete ?? null];
    }),
  );
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= largestPort;
}
