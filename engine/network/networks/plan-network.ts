import type { IpamConfigRequest, NetworkCreateRequest } from '../../../contract/engine-api/network.ts';
import { ForbiddenError, InvalidParameterError, NotFoundError, UnavailableError } from '../../errors.ts';
import { contains, formatAddress, formatSubnet, lastAddress, parseAddress, parseSubnet, type Family, type Subnet } from '../addressing/addresses.ts';
import { AddressPool } from '../addressing/address-pool.ts';
import { chooseSubnet } from '../addressing/default-subnets.ts';
import { checkIpam } from './check-ipam.ts';
import { collide, drivers, type NetworkDriver, type NetworkRange, type NetworkRecord } from './network-record.ts';
import { newRecord } from './network-store.ts';
import { bridgeConfig, parentConfig, readGatewayMode } from './driver-options.ts';

export interface PlanningGround {
  networks: NetworkRecord[];
  /** Ranges that the machine reaches by links that are not the engine's. */
  foreignSubnets: () => Subnet[];
  /** What makes this engine's IPv6 ranges its own. */
  owner: string;
}

/**
 * The record of the network that is asked for, with subnets and gateways chosen; nothing is made yet.
 * @throws InvalidParameterError, NotFoundError for driver and configuration network, ForbiddenError for what is taken or not allowed
 */
export function planNetwork(request: NetworkCreateRequest, ground: PlanningGround): NetworkRecord {
  const driver = request.ConfigOnly ? 'null' : driverOf(request);
  const record = newRecord({
    name: request.Name,
    driver,
    enableIPv4: request.EnableIPv4 ?? true,
    enableIPv6: request.EnableIPv6 ?? false,
    internal: request.Internal ?? false,
    attachable: request.Attachable ?? false,
    configOnly: request.ConfigOnly ?? false,
    configFrom: request.ConfigFrom?.Network ?? '',
    options: request.Options ?? {},
    labels: request.Labels ?? {},
    ipamOptions: request.IPAM?.Options ?? null,
  });
  let configs = request.IPAM?.Config ?? [];
  if (record.configOnly) {
    if (record.configFrom !== '') throw new ForbiddenError('a configuration network cannot depend on another configuration network');
    checkIpam(configs, record.enableIPv6);
    record.ranges = configs.map((config) => ({ ...rangeOf(config), gateway: config.Gateway ?? '' }));
    return record;
  }
  if (record.configFrom !== '') configs = takeOver(record, configs, ground.networks);
  if (!record.enableIPv4 && !record.enableIPv6) throw new InvalidParameterError('IPv4 or IPv6 must be enabled');
  checkIpam(configs, record.enableIPv6);
  record.ranges = planRanges(record, configs, ground);
  if (driver === 'bridge') record.bridge = bridgeConfig(record, ground.networks);
  else record.parent = parentConfig(record, ground.networks);
  return record;
}

function driverOf({ Driver, Ingress, Scope, IPAM, EnableIPv4 }: NetworkCreateRequest): NetworkDriver {
  const driver = Driver || 'bridge';
  if (Ingress) throw new ForbiddenError('Ingress network can only be global scope network');
  if (Scope === 'swarm') throw new ForbiddenError('cannot create a swarm scoped network when swarm is not active');
  if (driver === 'host' || driver === 'null') throw new ForbiddenError(`only one instance of "${driver}" network is allowed`);
  if (driver === 'overlay' || (Scope !== undefined && Scope !== '' && Scope !== 'local')) {
    throw new UnavailableError('This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.');
  }
  if (!drivers.includes(driver as NetworkDriver)) throw new NotFoundError(`plugin ${JSON.stringify(driver)} not found`);
  const ipam = IPAM?.Driver || 'default';
  // It gives out no addresses, and every driver that there is wants some. Source: moby drivers/bridge, macvlan, ipvlan.
  if (ipam === 'null') throw new InvalidParameterError(`ipv${EnableIPv4 === false ? 6 : 4} pool is empty`);
  if (ipam !== 'default') throw new NotFoundError(`plugin ${JSON.stringify(ipam)} not found`);
  return driver as NetworkDriver;
}

/** What a configuration network says is all there is. @returns its ranges. */
function takeOver(record: NetworkRecord, configs: IpamConfigRequest[], networks: NetworkRecord[]): IpamConfigRequest[] {
  const config = networks.find(({ name, configOnly }) => configOnly && name === record.configFrom);
  if (config === undefined) throw new NotFoundError(`configuration network ${JSON.stringify(record.configFrom)} does not exist`);
  if (configs.length > 0 || Object.keys(record.options).length > 0 || Object.keys(record.labels).length > 0 || record.ipamOptions !== null || record.enableIPv6) {
    throw new ForbiddenError('user specified configurations are not supported if the network depends on a configuration network');
  }
  Object.assign(record, { options: config.options, labels: config.labels, ipamOptions: config.ipamOptions, enableIPv6: config.enableIPv6, enableIPv4: config.enableIPv4 });
  return config.ranges.map(({ subnet, ipRange, gateway, auxiliary }) => ({ Subnet: subnet, Gateway: gateway, AuxiliaryAddresses: auxiliary, ...(ipRange === undefined ? {} : { IPRange: ipRange }) }));
}

function planRanges(record: NetworkRecord, configs: IpamConfigRequest[], ground: PlanningGround): NetworkRange[] {
  const ranges: NetworkRange[] = [];
  for (const family of [4, 6] as const) {
    if (!(family === 4 ? record.enableIPv4 : record.enableIPv6)) continue;
    const asked = configs.filter((config) => familyOf(config) === family);
    const hasGateway = record.driver !== 'bridge' || readGatewayMode(record, family) !== 'isolated';
    for (const config of asked.length > 0 ? asked : [{}]) ranges.push(planRange(family, config, ranges, ground, hasGateway));
    if (record.driver === 'bridge' && asked.length > 1) throw new ForbiddenError("bridge driver doesn't support multiple subnets");
  }
  return ranges;
}

/** @param hasGateway this machine has an address on the network */
function planRange(family: Family, config: IpamConfigRequest, before: NetworkRange[], ground: PlanningGround, hasGateway: boolean): NetworkRange {
  const own = before.map((range) => parseSubnet(range.subnet)!);
  const isTaken = (subnet: Subnet) => ground.networks.some((network) => collide(network, subnet)) || own.some((other) => other.family === subnet.family && (contains(other, { family, value: subnet.base }) || contains(subnet, { family, value: other.base })));
  let subnet: Subnet;
  if (config.Subnet) {
    subnet = parseSubnet(config.Subnet)!;
    if (isTaken(subnet)) throw new ForbiddenError('Pool overlaps with other one on this address space');
  } else {
    const taken = ground.networks.flatMap((network) => (network.configOnly ? [] : network.ranges.map((range) => parseSubnet(range.subnet)!)));
    subnet = chooseSubnet(family, [...taken, ...own, ...ground.foreignSubnets()], ground.owner);
  }
  const range = { ...rangeOf(config), subnet: formatSubnet(subnet) };
  if (config.Gateway) return { ...range, gateway: formatAddress(parseAddress(config.Gateway)!) };
  return { ...range, gateway: hasGateway ? chooseGateway(subnet, range) : '' };
}

function rangeOf(config: IpamConfigRequest): Omit<NetworkRange, 'gateway'> {
  return {
    subnet: config.Subnet ? formatSubnet(parseSubnet(config.Subnet)!) : '',
    ...(config.IPRange ? { ipRange: formatSubnet(parseSubnet(config.IPRange)!) } : {}),
    auxiliary: config.AuxiliaryAddresses ?? {},
    configured: Boolean(config.Subnet),
  };
}

/** The first address that may be given out, as moby. */
function chooseGateway(subnet: Subnet, { ipRange, auxiliary }: Omit<NetworkRange, 'gateway'>): string {
  const pool = new AddressPool(subnet, { reserved: Object.values(auxiliary), ...(ipRange === undefined ? {} : { range: parseSubnet(ipRange)! }) });
  const gateway = pool.allocate();
  // A gateway alone is of no use: there must be room for a container.
  if (gateway === undefined || (subnet.prefix >= 31 && subnet.family === 4 && lastAddress(subnet) - subnet.base < 2n)) {
    throw new InvalidParameterError(`failed to allocate gateway (): No available addresses on this pool: ${formatSubnet(subnet)} has no room for a gateway and a container`);
  }
  return gateway;
}

function familyOf(config: IpamConfigRequest): Family {
  return parseSubnet(config.Subnet ?? '')?.family ?? 4;
}
