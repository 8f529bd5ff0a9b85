import type { EndpointSettings } from '../../../../contract/engine-api/network.ts';
import type { ContainerView } from '../../../format/engine/container.ts';
import type { NetworkView } from '../../../format/engine/network.ts';

/** What brings a container back into a network as it is now: the address that was asked for and its own names. */
export function endpointOf(container: ContainerView, { network }: NetworkView): EndpointSettings {
  const endpoint = container.summary.NetworkSettings.Networks[network.Name];
  // The short id is an alias that the engine gives by itself.
  const aliases = (endpoint?.Aliases ?? []).filter((alias) => !container.id.startsWith(alias));
  return {
    ...(endpoint?.IPAMConfig === undefined || endpoint.IPAMConfig === null ? {} : { IPAMConfig: endpoint.IPAMConfig }),
    ...(aliases.length === 0 ? {} : { Aliases: aliases }),
  };
}
