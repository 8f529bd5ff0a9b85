import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceMapping } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { OciDevice, OciDeviceRule } from './oci-config.ts';

export interface ResolvedDevices {
  devices: OciDevice[];
  rules: OciDeviceRule[];
}

/** Below /dev, but not devices of the host: a container has its own. Source: runc `libcontainer/devices`. */
const notListed = new Set(['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev', 'console']);

/**
 * Looks up the devices that `--device` names; a folder stands for all devices in it.
 * @param rules `--device-cgroup-rule`, e.g. `c 42:* rmw`
 * @throws InvalidParameterError
 */
export function resolveDevices(mappings: readonly DeviceMapping[], rules: readonly string[]): ResolvedDevices {
  const result: ResolvedDevices = { devices: [], rules: rules.map(parseRule) };
  for (const mapping of mappings) {
    const access = mapping.CgroupPermissions === '' ? 'rwm' : mapping.CgroupPermissions;
    if (!/^[rwm]+$/.test(access)) throw new InvalidParameterError(`invalid device permissions for ${mapping.PathOnHost}: ${access}`);
    const inContainer = mapping.PathInContainer === '' ? mapping.PathOnHost : mapping.PathInContainer;
    const found = devicesAt(mapping.PathOnHost, inContainer);
    if (found.length === 0) {
      throw new InvalidParameterError(`error gathering device information while adding custom device "${mapping.PathOnHost}": not a device node`);
    }
    for (const device of found) {
      result.devices.push(device);
      result.rules.push({ allow: true, type: device.type === 'b' ? 'b' : 'c', major: device.major, minor: device.minor, access });
    }
  }
  return result;
}

/** Every device of the machine, for a privileged container. */
export function hostDevices(): OciDevice[] {
  return devicesAt('/dev', '/dev');
}

function devicesAt(path: string, inContainer: string): OciDevice[] {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    throw new InvalidParameterError(`error gathering device information while adding custom device "${path}": no such file or directory`, { cause: error });
  }
  if (!stats.isDirectory()) {
    const device = deviceOf(stats, inContainer);
    return device === undefined ? [] : [device];
  }
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !notListed.has(entry.name) && (entry.isDirectory() || entry.isCharacterDevice() || entry.isBlockDevice()))
    .flatMap((entry) => devicesAt(join(path, entry.name), join(inContainer, entry.name)));
}

function deviceOf(stats: Stats, path: string): OciDevice | undefined {
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return undefined;
  return { path, type: stats.isBlockDevice() ? 'b' : 'c', ...numbersOf(stats), fileMode: stats.mode & 0o777, uid: stats.uid, gid: stats.gid };
}

/** glibc's dev_t: 12 + 20 bits of major, 8 + 24 bits of minor, interleaved. */
function numbersOf(stats: Stats): { major: number; minor: number } {
  const rdev = BigInt(stats.rdev);
  return { major: Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n)), minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)) };
}

/** Of a device whose traffic is to be limited. @throws InvalidParameterError */
export function deviceNumber(path: string): { major: number; minor: number } {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    throw new InvalidParameterError(`cannot limit the traffic of device ${path}: stat ${path}: no such file or directory`, { cause: error });
  }
  if (!stats.isBlockDevice() && !stats.isCharacterDevice()) throw new InvalidParameterError(`cannot limit the traffic of ${path}: it is not a device`);
  return numbersOf(stats);
}

/** Source: moby `daemon/daemon_unix.go`: `^([acb]) ([0-9]+|\*):([0-9]+|\*) ([rwm]{1,3})$`. */
function parseRule(rule: string): OciDeviceRule {
  const found = /^([acb]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/.exec(rule);
  if (found === null) throw new InvalidParameterError(`invalid device cgroup rule format: '${rule}'`);
  const [, type, major, minor, access] = found;
  return {
    allow: true,
    type: type as 'a' | 'c' | 'b',
    ...(major === '*' ? {} : { major: Number(major) }),
    ...(minor === '*' ? {} : { minor: Number(minor) }),
    access: access!,
  };
}
