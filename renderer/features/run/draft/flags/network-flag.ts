import type { EndpointSettings } from '../../../../../contract/engine-api/network.ts';
import { readFields, readPair } from './values.ts';

/** `frontend`, or `name=frontend,alias=web,ip=172.20.0.9`: what `--network` takes, once for each network. */
export function readNetwork(text: string): { name: string; endpoint: EndpointSettings } {
  if (!/^[a-z0-9-]+=/.test(text)) return { name: text.trim(), endpoint: {} };
  const endpoint: EndpointSettings = {};
  const addresses: NonNullable<EndpointSettings['IPAMConfig']> = {};
  let name = '';
  for (const [field, value] of readFields(text)) {
    switch (field) {
      case 'name':
        name = value;
        break;
      case 'alias':
        endpoint.Aliases = [...(endpoint.Aliases ?? []), value];
        break;
      case 'ip':
        addresses.IPv4Address = value;
        break;
      case 'ip6':
        addresses.IPv6Address = value;
        break;
      case 'link-local-ip':
        addresses.LinkLocalIPs = [...(addresses.LinkLocalIPs ?? []), value];
        break;
      case 'mac-address':
        endpoint.MacAddress = value;
        break;
      case 'driver-opt':
        endpoint.DriverOpts = { ...endpoint.DriverOpts, ...Object.fromEntries([readPair(value)]) };
        break;
      case 'gw-priority':
        endpoint.GwPriority = Number(value);
        break;
    }
  }
  if (Object.keys(addresses).length > 0) endpoint.IPAMConfig = addresses;
  return { name, endpoint };
}

/** Aliases, addresses and links are for networks that a person made; `bridge`, `host`, `none` and `container:…` have none of their own. */
export function isOwnNetwork(name: string): boolean {
  return !/^(?:default|bridge|host|none|container:.*)$/.test(name);
}
