import type { ContainerInspect, ContainerState as WireState, MountPoint, NetworkSettings } from '../../contract/engine-api/container.ts';
import { zeroTime } from '../lib/time/timestamp.ts';
import type { StoredMount } from './collaborators.ts';
import type { Container } from './container.ts';
import { isRunning } from './container.ts';
import type { ContainerDependencies } from './dependencies.ts';
import { shownLinks } from './links/linked-containers.ts';

type InspectNeeds = Pick<ContainerDependencies, 'store' | 'snapshots'>;

/** `GET /containers/{id}/json`. @param size adds what its files take; walks the writable layer. */
export async function inspectContainer(needs: InspectNeeds, reference: string, size: boolean): Promise<ContainerInspect> {
  const container = needs.store.resolve(reference);
  const { record, id } = container;
  const { config } = record;
  const [path, ...args] = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  const inspect: ContainerInspect = {
    Id: id,
    Created: record.created,
    Path: path ?? '',
    Args: args,
    State: wireState(container),
    Image: record.image.id,
    ...(hasBegun(container) ? filesOf(needs.store, container) : { ResolvConfPath: '', HostnamePath: '', HostsPath: '', LogPath: '' }),
    Name: `/${record.name}`,
    RestartCount: record.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: container.execIds.size === 0 ? null : [...container.execIds],
    HostConfig: record.links === undefined ? record.hostConfig : { ...record.hostConfig, Links: shownLinks(needs.store, record) },
    GraphDriver: { Name: 'overlay2', Data: await overlayData(needs, container) },
    Mounts: record.mounts.map(wireMount),
    Config: config,
    NetworkSettings: networkSettings(container),
  };
  if (size) {
    inspect.SizeRw = await writableSize(needs, container);
    inspect.SizeRootFs = inspect.SizeRw + (await imageSize(needs, record.image.chainId));
  }
  return inspect;
}

/** The files below are written when a container first starts. */
function hasBegun({ state }: Container): boolean {
  return state.status !== 'created' || state.failure !== undefined;
}

function filesOf(store: InspectNeeds['store'], { id, record }: Container): Pick<ContainerInspect, 'ResolvConfPath' | 'HostnamePath' | 'HostsPath' | 'LogPath'> {
  const directory = store.directoryOf(id);
  return {
    ResolvConfPath: `${directory}/resolv.conf`,
    HostnamePath: `${directory}/hostname`,
    HostsPath: `${directory}/hosts`,
    LogPath: ['none', 'local'].includes(record.hostConfig.LogConfig?.Type ?? '') ? '' : store.logPathOf(id),
  };
}

function wireState(container: Container): WireState {
  const { state } = container;
  const failure = state.status === 'created' ? state.failure : undefined;
  return {
    Status: state.status,
    // moby counts a container that waits for its restart as running.
    Running: isRunning(state) || state.status === 'restarting',
    Paused: state.status === 'paused',
    Restarting: state.status === 'restarting',
    OOMKilled: 'oomKilled' in state && state.oomKilled,
    Dead: state.status === 'dead',
    Pid: isRunning(state) ? state.pid : 0,
    ExitCode: failure?.exitCode ?? ('exitCode' in state ? state.exitCode : 0),
    Error: failure?.message ?? ('error' in state ? state.error : ''),
    StartedAt: ('startedAt' in state && state.startedAt) || zeroTime,
    FinishedAt: ('finishedAt' in state && state.finishedAt) || zeroTime,
    ...(container.record.health === undefined ? {} : { Health: container.record.health }),
  };
}

function networkSettings(container: Container): NetworkSettings {
  const { sandbox, record } = container;
  const networks = sandbox?.endpoints ?? record.endpoints;
  const bridge = networks.bridge;
  return {
    Bridge: '',
    SandboxID: sandbox?.sandboxId ?? '',
    SandboxKey: sandbox?.sandboxKey ?? '',
    Ports: sandbox?.ports ?? {},
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: bridge?.EndpointID ?? '',
    Gateway: bridge?.Gateway ?? '',
    GlobalIPv6Address: bridge?.GlobalIPv6Address ?? '',
    GlobalIPv6PrefixLen: bridge?.GlobalIPv6PrefixLen ?? 0,
    IPAddress: bridge?.IPAddress ?? '',
    IPPrefixLen: bridge?.IPPrefixLen ?? 0,
    IPv6Gateway: bridge?.IPv6Gateway ?? '',
    MacAddress: bridge?.MacAddress ?? '',
    Networks: networks,
  };
}

async function overlayData(needs: InspectNeeds, container: Container): Promise<Record<string, string>> {
  const data: Record<string, string> = { ID: container.id, MergedDir: needs.store.rootfsOf(container.id) };
  if (container.state.status === 'removing' || container.state.status === 'dead') return data;
  for (const mount of await needs.snapshots.mounts(container.id)) {
    for (const option of mount.options) {
      const [name, value] = option.split('=', 2);
      if (name === 'lowerdir') data.LowerDir = value ?? '';
      if (name === 'upperdir') data.UpperDir = value ?? '';
      if (name === 'workdir') data.WorkDir = value ?? '';
    }
  }
  return data;
}

/** Bytes of the container's own files. */
export async function writableSize(needs: Pick<ContainerDependencies, 'snapshots'>, container: Container): Promise<number> {
  return (await needs.snapshots.usage(container.id)).bytes;
}

/** Bytes of all layers of an image. */
export async function imageSize(needs: Pick<ContainerDependencies, 'snapshots'>, chainId: string | null): Promise<number> {
  let bytes = 0;
  for (let name = chainId; name !== null; ) {
    bytes += (await needs.snapshots.usage(name)).bytes;
    name = (await needs.snapshots.stat(name)).parent;
  }
  return bytes;
}

/** A mount without what only the engine knows of it. */
export function wireMount(stored: StoredMount): MountPoint {
  const mount = { ...stored };
  delete mount.spec;
  return mount;
}
