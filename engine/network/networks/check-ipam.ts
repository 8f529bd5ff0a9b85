import type { IpamConfigRequest } from '../../../contract/engine-api/network.ts';
import { InvalidParameterError } from '../../errors.ts';
import { contains, formatSubnet, parseAddress, parseSubnet, type Subnet } from '../addressing/addresses.ts';

/**
 * Checks addresses before anything is planned, all faults at once. IPv6 subnets of a network without IPv6 are left alone,
 * as in moby. Source: moby `api/types/network/ipam.go` ValidateIPAM.
 * @throws InvalidParameterError `invalid network config:\n…`
 */
export function checkIpam(configs: IpamConfigRequest[], ipv6: boolean): void {
  const faults = configs.flatMap((config) => faultsOf(config, ipv6));
  if (faults.length > 0) throw new InvalidParameterError(`invalid network config:\n${listFaults(faults)}`);
}

/** One fault stands alone, several are a list: moby's `multierror`. */
export function listFaults(faults: string[]): string {
  return faults.length === 1 ? faults[0]! : faults.map((fault) => `* ${fault.replaceAll('\n', '\n\t')}`).join('\n');
}

function faultsOf({ Subnet = '', IPRange, Gateway, AuxiliaryAddresses }: IpamConfigRequest, ipv6: boolean): string[] {
  const subnet = parseSubnet(Subnet);
  if (subnet === null) return [`invalid subnet ${Subnet}: invalid CIDR block notation`];
  if (subnet.family === 6 && !ipv6) return [];
  const faults: string[] = [];
  if (hasHostBits(Subnet)) faults.push(`invalid subnet ${Subnet}: it should be ${formatSubnet(subnet)}`);
  if (IPRange) faults.push(...rangeFaults(IPRange, subnet));
  if (Gateway) faults.push(...addressFaults(`invalid gateway ${Gateway}`, Gateway, subnet));
  for (const [name, address] of Object.entries(AuxiliaryAddresses ?? {})) faults.push(...addressFaults(`invalid auxiliary address ${name}`, address, subnet));
  return faults;
}

function rangeFaults(text: string, subnet: Subnet): string[] {
  const range = parseSubnet(text);
  if (range === null) return [`invalid ip-range ${text}: invalid CIDR block notation`];
  if (range.family !== subnet.family) return [`invalid ip-range ${text}: parent subnet is an IPv${subnet.family} block`];
  const faults: string[] = [];
  if (range.prefix < subnet.prefix) faults.push(`invalid ip-range ${text}: CIDR block is bigger than its parent subnet ${formatSubnet(subnet)}`);
  if (hasHostBits(text)) faults.push(`invalid ip-range ${text}: it should be ${formatSubnet(range)}`);
  if (range.prefix >= subnet.prefix && !contains(subnet, { family: range.family, value: range.base })) faults.push(`invalid ip-range ${text}: parent subnet ${formatSubnet(subnet)} doesn't contain ip-range`);
  return faults;
}

function addressFaults(words: string, text: string, subnet: Subnet): string[] {
  const address = parseAddress(text);
  if (address === null) return [`${words}: invalid address`];
  if (address.family !== subnet.family) return [`${words}: parent subnet is an IPv${subnet.family} block`];
  return contains(subnet, address) ? [] : [`${words}: parent subnet ${formatSubnet(subnet)} doesn't contain this address`];
}

function hasHostBits(text: string): boolean {
  return parseAddress(text.split('/')[0]!)!.value !== parseSubnet(text)!.base;
}
