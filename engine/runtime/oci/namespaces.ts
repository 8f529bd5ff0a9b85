import type { HostConfig } from '../../../contract/engine-api/container.ts';
import type { OciNamespace } from './oci-config.ts';

export interface NamespaceRequest {
  hostConfig: HostConfig;
  /** Null for the host's. */
  netns: string | null;
  cgroupVersion: 1 | 2;
  /** Process number of another container's init. @throws ConflictError when it does not run */
  pidOf: (containerId: string) => number;
}

/** Namespaces in moby's order; one that is left out is the host's. Source: moby `daemon/oci_linux.go` WithNamespaces. */
export function resolveNamespaces({ hostConfig, netns, cgroupVersion, pidOf }: NamespaceRequest): OciNamespace[] {
  const namespaces: OciNamespace[] = [{ type: 'mount' }];
  if (netns !== null) namespaces.push({ type: 'network', path: netns });
  if (hostConfig.UTSMode !== 'host') namespaces.push({ type: 'uts' });
  push(namespaces, 'pid', hostConfig.PidMode, pidOf);
  push(namespaces, 'ipc', hostConfig.IpcMode, pidOf);
  if (hasPrivateCgroup(hostConfig, cgroupVersion)) namespaces.push({ type: 'cgroup' });
  return namespaces;
}

function push(namespaces: OciNamespace[], type: 'pid' | 'ipc', mode: string | undefined, pidOf: (containerId: string) => number): void {
  if (mode === 'host') return;
  const other = sharedContainer(mode);
  namespaces.push(other === undefined ? { type } : { type, path: `/proc/${pidOf(other)}/ns/${type}` });
}

/** `container:ID` */
export function sharedContainer(mode: string | undefined): string | undefined {
  return mode?.startsWith('container:') === true ? mode.slice('container:'.length) : undefined;
}

/** moby's default: private where cgroups are v2, the host's where they are v1 (old systemd in containers needs it). */
function hasPrivateCgroup(hostConfig: HostConfig, cgroupVersion: 1 | 2): boolean {
  if (hostConfig.CgroupnsMode === 'private') return true;
  return (hostConfig.CgroupnsMode ?? '') === '' && cgroupVersion === 2 && hostConfig.Privileged !== true;
}
