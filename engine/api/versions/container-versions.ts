import type { ContainerCreateRequest, ContainerInspect, HostConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';

/**
 * Brings what an older client asks for into today's form: fields that its API did not have are ignored, and defaults are those of its
 * time. Source: moby `daemon/server/router/container/container_routes.go` postContainersCreate.
 * @param version minor API version
 * @returns the request and warnings about fields on their way out
 * @throws InvalidParameterError for what must not be ignored
 */
export function currentCreateRequest(version: number, request: ContainerCreateRequest): { request: ContainerCreateRequest; warnings: string[] } {
  const host: HostConfig = { ...request.HostConfig };
  const warnings: string[] = [];
  checkMounts(version, host);
  if (version < 25) host.AutoRemove = false;
  if (version < 40) {
    delete host.KernelMemoryTCP;
    if (!host.IpcMode) host.IpcMode = 'shareable';
  }
  // Before, terminals began without a size on Linux.
  if (version < 42) host.ConsoleSize = [0, 0];
  if (version < 43) host.Annotations = null;
  const endpoints = Object.fromEntries(Object.entries(request.NetworkingConfig?.EndpointsConfig ?? {}).map(([network, settings]) => [network, { ...settings }]));
  const names = Object.keys(endpoints);
  let { Healthcheck: healthcheck, MacAddress: macAddress } = request;
  if (version < 44) {
    if (healthcheck != null) {
      healthcheck = { ...healthcheck };
      delete healthcheck.StartInterval;
    }
    if (names.length > 1) throw new InvalidParameterError(`Container cannot be created with multiple network endpoints: ${names.join(', ')}`);
    // Where the address stands decides which of the two fields the client knows.
    if (!macAddress) for (const settings of Object.values(endpoints)) delete settings.MacAddress;
  }
  if (version < 48) for (const settings of Object.values(endpoints)) delete settings.GwPriority;
  if (macAddress) {
    migrateMacAddress(version, macAddress, host.NetworkMode || 'default', endpoints);
    if (version >= 44) {
      warnings.push('The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.');
      macAddress = undefined;
    }
  }
  if (version >= 48 && host.VolumeDriver && (host.Mounts ?? []).some((mount) => mount.Type === 'volume' && !mount.VolumeOptions?.DriverConfig?.Name)) {
    warnings.push(
      "WARNING: the container-wide volume-driver configuration is ignored for volumes specified via 'mount'. Use '--mount type=volume,volume-driver=...' instead",
    );
  }
  const networking = Object.keys(endpoints).length === 0 ? request.NetworkingConfig : { ...request.NetworkingConfig, EndpointsConfig: endpoints };
  return { request: { ...request, Healthcheck: healthcheck, MacAddress: macAddress, HostConfig: host, NetworkingConfig: networking }, warnings };
}

function checkMounts(version: number, host: HostConfig): void {
  host.Mounts = host.Mounts?.map((mount) => {
    const changed = { ...mount };
    if (version < 40 && changed.BindOptions) changed.BindOptions = { ...changed.BindOptions, NonRecursive: false };
    if (version < 42) {
      if (changed.BindOptions) changed.BindOptions = { ...changed.BindOptions, CreateMountpoint: false };
      // Combinations that make no sense, and that nobody checked then.
      if (changed.Type !== 'volume') delete changed.VolumeOptions;
      if (changed.Type !== 'tmpfs') delete changed.TmpfsOptions;
    } else {
      const misplaced = ([['VolumeOptions', 'volume'], ['BindOptions', 'bind'], ['TmpfsOptions', 'tmpfs']] as const).find(([field, type]) => changed[field] && changed.Type !== type);
      if (misplaced !== undefined) throw new InvalidParameterError(`${misplaced[0]} must not be specified on mount type ${JSON.stringify(changed.Type)}`);
    }
    // Wrongly set, these would leave something writable or show more than was meant.
    if (version < 44 && changed.BindOptions?.ReadOnlyForceRecursive) throw new InvalidParameterError('BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer');
    if (version < 45 && changed.VolumeOptions?.Subpath) throw new InvalidParameterError('VolumeOptions.Subpath needs API v1.45 or newer');
    if (version < 48 && changed.Type === 'image') throw new InvalidParameterError('Mount type "Image" needs API v1.48 or newer');
    return changed;
  });
}

/** The container's address becomes its main network's. */
function migrateMacAddress(version: number, macAddress: string, networkMode: string, endpoints: Record<string, { MacAddress?: string }>): void {
  const shared = networkMode === 'host' || networkMode === 'none' || networkMode.startsWith('container:');
  if (shared) {
    if (version < 44) throw new InvalidParameterError('conflicting options: mac-address and the network mode');
    return;
  }
  const names = Object.keys(endpoints);
  const mode = networkMode === 'default' ? 'bridge' : networkMode;
  const main = names.length === 0 ? mode : version < 44 ? names[0]! : names.find((name) => name === networkMode || name === mode);
  if (main === undefined) {
    throw new InvalidParameterError(
      'unable to migrate container-wide MAC address to a specific network: HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks',
    );
  }
  const endpoint = (endpoints[main] ??= {});
  if (version >= 44 && endpoint.MacAddress && endpoint.MacAddress !== macAddress) {
    throw new InvalidParameterError('the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty');
  }
  endpoint.MacAddress = macAddress;
}

/** What an older client expects inspect to show. Source: moby `daemon/server/router/container/inspect.go`. */
export function inspectForVersion(version: number, inspect: ContainerInspect): ContainerInspect {
  if (version >= 45) return inspect;
  const { Networks } = inspect.NetworkSettings;
  const networks = Object.entries(Networks).map(([name, endpoint]) => {
    if (['bridge', 'host', 'none'].includes(name)) return [name, endpoint];
    const aliases = [...(endpoint.Aliases ?? []), inspect.Id.slice(0, 12), inspect.Config.Hostname ?? ''].filter((alias) => alias !== '');
    return [name, { ...endpoint, Aliases: [...new Set(aliases)] }];
  });
  return { ...inspect, NetworkSettings: { ...inspect.NetworkSettings, Networks: Object.fromEntries(networks) } };
}
