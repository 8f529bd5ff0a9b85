import type { EndpointSettings } from '../../../contract/engine-api/network.ts';
import { InvalidParameterError } from '../../errors.ts';
import { contains, parseAddress, type Address } from '../addressing/addresses.ts';
import { isMac } from '../addressing/mac-address.ts';
import { listFaults } from '../networks/check-ipam.ts';
import { endpointSysctls, sysctlsOption } from './endpoint-sysctls.ts';
import { rangesOf, subnetsOf, type NetworkRecord } from '../networks/network-record.ts';

/**
 * Checks what is asked of one endpoint, all faults at once. Source: moby daemon/container_operations.go validateEndpointSettings.
 * @throws InvalidParameterError `invalid config for network …: invalid endpoint settings:\n…`
 */
export function checkEndpointSettings(network: NetworkRecord, asked: EndpointSettings): void {
  const { IPv4Address: ipv4 = '', IPv6Address: ipv6 = '' } = asked.IPAMConfig ?? {};
  const faults: string[] = [];
  const isPredefined = ['bridge', 'host', 'none'].includes(network.name);
  if (isPredefined && (ipv4 !== '' || ipv6 !== '')) faults.push('user-specified IP address is supported on user-defined networks only');
  if (isPredefined && (asked.Aliases ?? []).length > 0) faults.push('network-scoped aliases are only supported for user-defined networks');
  for (const [family, text] of [[4, ipv4], [6, ipv6]] as const) {
    if (text === '') continue;
    const address = parseAddress(text);
    if (address === null || address.family !== family || address.value === 0n) faults.push(`invalid IPv${family} address: ${text}`);
    else if (!isPredefined) faults.push(...rangeFaults(network, address, text));
  }
  for (const text of asked.IPAMConfig?.LinkLocalIPs ?? []) if (parseAddress(text) === null) faults.push(`invalid link-local IP address: ${text}`);
  const sysctls = asked.DriverOpts?.[sysctlsOption];
  if (sysctls !== undefined) endpointSysctls(sysctls, 'eth0');
  if (asked.MacAddress && !isMac(asked.MacAddress)) faults.push(`invalid MAC address: ${asked.MacAddress}`);
  if (faults.length > 0) throw new InvalidParameterError(`invalid config for network ${network.name}: invalid endpoint settings:\n${listFaults(faults)}`);
}

function rangeFaults(network: NetworkRecord, address: Address, text: string): string[] {
  if (!rangesOf(network, address.family).some((range) => range.configured)) {
    return ['user specified IP address is supported only when connecting to networks with user configured subnets'];
  }
  return subnetsOf(network).some((subnet) => contains(subnet, address)) ? [] : [`no configured subnet or ip-range contain the IP address ${text}`];
}
