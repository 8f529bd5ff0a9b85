import { isIP } from 'node:net';
import { ConflictError, ForbiddenError, InvalidParameterError } from '../../errors.ts';
import type { Family } from '../addressing/addresses.ts';
import { defaultMtu, gatewayModes, type BridgeConfig, type GatewayMode, type NetworkRecord, type ParentConfig } from './network-record.ts';

/** Of a link: IFNAMSIZ without the NUL. */
const longestLinkName = 15;
const macvlanModes = ['bridge', 'private', 'vepa', 'passthru'];
const ipvlanModes = ['l2', 'l3', 'l3s'];

/**
 * What the options of a bridge network mean. Options that nobody knows are kept and mean nothing, as in moby.
 * @throws InvalidParameterError for values that cannot be, ConflictError for a bridge of another network
 */
export function bridgeConfig(record: Pick<NetworkRecord, 'id' | 'options' | 'internal'>, networks: NetworkRecord[]): BridgeConfig {
  const { options } = record;
  const name = options['com.docker.network.bridge.name'] || `br-${record.id.slice(0, 12)}`;
  checkLinkName(name);
  const holder = networks.find(({ bridge }) => bridge?.name === name);
  if (holder !== undefined) throw new ConflictError(`conflicts with network ${holder.id} (${holder.name}): networks have same bridge name`);
  const hostBinding = options['com.docker.network.bridge.host_binding_ipv4'] ?? '';
  if (hostBinding !== '' && isIP(hostBinding) !== 4) throw new InvalidParameterError(`failed to parse com.docker.network.bridge.host_binding_ipv4 value: ${hostBinding} (it is no IPv4 address)`);
  return {
    name,
    gatewayMode4: readGatewayMode(record, 4),
    gatewayMode6: readGatewayMode(record, 6),
    mtu: readMtu(options['com.docker.network.driver.mtu']),
    masquerade: readBoolean(options, 'com.docker.network.bridge.enable_ip_masquerade'),
    icc: readBoolean(options, 'com.docker.network.bridge.enable_icc'),
    hostBinding: hostBinding === '0.0.0.0' ? '' : hostBinding,
    interfacePrefix: readPrefix(options['com.docker.network.container_iface_prefix'] || options['com.docker.network.container_interface_prefix']),
  };
}

/** @throws InvalidParameterError for values that cannot be, ForbiddenError for a parent that another network has for itself */
export function parentConfig(record: NetworkRecord, networks: NetworkRecord[]): ParentConfig {
  const { driver, options, internal } = record;
  const modes = driver === 'macvlan' ? macvlanModes : ipvlanModes;
  const mode = options[`${driver}_mode`] || modes[0]!;
  if (!modes.includes(mode)) throw new InvalidParameterError(`requested ${driver} mode '${mode}' is not valid, '${modes[0]}' mode is the ${driver} driver default`);
  const mtu = readMtu(options['com.docker.network.driver.mtu']);
  const parent = options.parent ?? '';
  if (parent === 'lo') throw new InvalidParameterError(`loopback interface is not a valid ${driver} parent link`);
  const vlan = /^(.+)\.(\d{1,4})$/.exec(parent);
  const config: ParentConfig =
    parent === '' || internal
      ? { link: `dm-${record.id.slice(0, 12)}`, mode, mtu, made: { kind: 'dummy' } }
      : vlan === null
        ? { link: parent, mode, mtu }
        : { link: parent, mode, mtu, made: { kind: 'vlan', of: vlan[1]!, id: Number(vlan[2]) } };
  checkLinkName(config.link);
  const holder = networks.find((other) => other.parent?.link === config.link);
  // Links of both kinds cannot stand on one parent, and passthru wants it alone. Source: moby drivers/macvlan.
  if (holder !== undefined && (holder.driver !== driver || mode === 'passthru' || holder.parent!.mode === 'passthru')) {
    throw new ForbiddenError(`network ${holder.name} is already using parent interface ${config.link}`);
  }
  return config;
}

/** Source: moby drivers/bridge, whose words these are. @throws InvalidParameterError */
export function readGatewayMode({ options, internal }: Pick<NetworkRecord, 'options' | 'internal'>, family: Family): GatewayMode {
  const name = `com.docker.network.bridge.gateway_mode_ipv${family}`;
  const text = options[name] || 'nat';
  const mode = gatewayModes.find((known) => known === text);
  if (mode === undefined) throw new InvalidParameterError(`failed to parse ${name} value: ${text} (unknown gateway mode ${text})`);
  if (mode === 'isolated' && !internal) throw new InvalidParameterError("gateway mode 'isolated' can only be used for an internal network");
  return mode;
}

function checkLinkName(name: string): void {
  if (Buffer.byteLength(name) > longestLinkName || name === '.' || name === '..' || /[\s/:%]/.test(name)) {
    throw new InvalidParameterError(`invalid interface name "${name}": at most ${longestLinkName} characters, without blanks, / and :`);
  }
}

function readPrefix(text: string | undefined): string {
  const prefix = text || 'eth';
  if (!/^[A-Za-z_][A-Za-z0-9_-]{0,11}$/.test(prefix) || prefix === 'lo') throw new InvalidParameterError(`invalid interface prefix "${prefix}"`);
  return prefix;
}

function readMtu(text: string | undefined): number {
  if (text === undefined || text === '' || text === '0') return defaultMtu;
  if (!/^\d+$/.test(text)) throw new InvalidParameterError(`failed to parse com.docker.network.driver.mtu value: ${text} (strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax)`);
  const mtu = Number(text);
  if (mtu < 68 || mtu > 65535) throw new InvalidParameterError(`invalid MTU "${text}": a number from 68 to 65535`);
  return mtu;
}

/** True when it is not there. Source: Go's strconv.ParseBool. */
function readBoolean(options: Record<string, string>, name: string): boolean {
  const text = options[name] ?? 'true';
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw new InvalidParameterError(`failed to parse ${name} value: ${text} (strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax)`);
}
