import type { ContainerConfig, HostConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';

const containerPrefix = 'container:';

/**
 * Checks which namespaces are shared with whom, and that nothing is asked for that belongs to the other side of a shared one.
 * Source: moby `runconfig/hostconfig_unix.go` validateNetMode and the `Valid` methods of `api/types/container/hostconfig.go`.
 * @param config as asked for, before defaults
 * @throws InvalidParameterError
 */
export function checkNamespaceModes(config: ContainerConfig, host: HostConfig): void {
  checkNetwork(config, host);
  if (!isMode(host.IpcMode, ['', 'private', 'shareable', 'none', 'host'])) refuse(`invalid IPC mode: ${host.IpcMode}`);
  if (!isMode(host.PidMode, ['', 'host'])) refuse(`invalid PID mode: ${host.PidMode}`);
  if (!['', 'host'].includes(host.UTSMode ?? '')) refuse(`invalid UTS mode: ${host.UTSMode}`);
  if (!['', 'private', 'host'].includes(host.CgroupnsMode ?? '')) refuse(`invalid cgroup namespace mode: ${host.CgroupnsMode}`);
  if (!['', 'host'].includes(host.UsernsMode ?? '')) refuse(`invalid user namespace mode: ${host.UsernsMode}`);
  if (!['', 'default'].includes((host.Isolation ?? '').toLowerCase())) refuse(`invalid isolation (${host.Isolation}): linux only supports 'default'`);
}

function checkNetwork(config: ContainerConfig, host: HostConfig): void {
  const mode = host.NetworkMode ?? '';
  const hasName = (config.Hostname ?? '') !== '';
  const hasLinks = (host.Links?.length ?? 0) > 0;
  if (mode.startsWith(containerPrefix)) {
    if (mode === containerPrefix) refuse('invalid network mode: invalid container format container:<name|id>');
    if (hasName) refuse('conflicting options: hostname and the network mode');
    if (hasLinks) refuse("conflicting options: container type network can't be used with links. This would result in undefined behavior");
    if ((host.Dns?.length ?? 0) > 0) refuse('conflicting options: dns and the network mode');
    if ((host.ExtraHosts?.length ?? 0) > 0) refuse('conflicting options: custom host-to-IP mapping and the network mode');
    if (Object.keys(host.PortBindings ?? {}).length > 0 || host.PublishAllPorts === true) {
      refuse('conflicting options: port publishing and the container type network mode');
    }
    if (Object.keys(config.ExposedPorts ?? {}).length > 0) refuse('conflicting options: port exposing and the container type network mode');
  }
  if (host.UTSMode === 'host' && hasName) refuse('conflicting options: hostname and the UTS mode');
  if (mode === 'host' && hasLinks) refuse("conflicting options: host type networking can't be used with links. This would result in undefined behavior");
}

function isMode(mode: string | undefined, words: string[]): boolean {
  if (words.includes(mode ?? '')) return true;
  return mode!.startsWith(containerPrefix) && mode !== containerPrefix;
}

function refuse(message: string): never {
  throw new InvalidParameterError(message);
}
