import { randomBytes } from 'node:crypto';
import type { ContainerCreateRequest, ContainerCreateResponse, HostConfig, MountPoint } from '../../contract/engine-api/container.ts';
import type { EndpointSettings } from '../../contract/engine-api/network.ts';
import { InvalidParameterError, messageOf } from '../errors.ts';
import { nowTimestamp } from '../lib/timestamp.ts';
import { announce } from './container-events.ts';
import type { ContainerDependencies } from './dependencies.ts';
import { completeHostConfig } from './config/host-config.ts';
import { mergeConfig } from './config/merge-config.ts';
import { checkHealthConfig } from './health/health-check.ts';
import { checkName, generateName } from './config/names.ts';
import { parseSignal } from './config/signals.ts';

type Needs = Pick<ContainerDependencies, 'store' | 'images' | 'snapshots' | 'network' | 'volumes' | 'events' | 'host' | 'log'>;

/**
 * Makes a container: name, volumes, writable layer, record. When any of it fails nothing is left.
 * @param name as the user wrote it; empty for a generated one.
 * @throws NotFoundError for the image, a network or a bind source, ConflictError for the name, InvalidParameterError
 */
export async function createContainer(needs: Needs, name: string, request: ContainerCreateRequest): Promise<ContainerCreateResponse> {
  const { store, images, snapshots, network, volumes } = needs;
  const { HostConfig: askedHost, NetworkingConfig: networking, ...asked } = request;
  if (Object.keys(asked).length === 0) throw new InvalidParameterError('config cannot be empty in order to create a container');
  const hostConfig = completeHostConfig(withIds(needs, askedHost ?? {}), needs.host);
  const wantedName = name === '' ? '' : checkName(name);
  const image = await images.resolve(asked.Image ?? '');
  const config = mergeConfig(asked, image.config);
  if (config.StopSignal !== undefined) parseSignal(config.StopSignal);
  checkHealthConfig(config.Healthcheck);
  const id = randomBytes(32).toString('hex');
  if (config.Hostname === '') config.Hostname = defaultHostname(id, hostConfig.NetworkMode!, hostConfig.UTSMode, needs.host.hostname);

  const finalName = wantedName === '' ? generateName((candidate) => store.hasName(candidate)) : wantedName;
  store.reserveName(finalName, id);
  const undo: (() => Promise<void> | void)[] = [() => store.releaseName(finalName)];
  try {
    const endpoints = await network.describe({
      containerId: id,
      containerName: finalName,
      config,
      hostConfig,
      endpoints: askedEndpoints(networking?.EndpointsConfig ?? {}, hostConfig.NetworkMode!),
    });
    let mounts: MountPoint[] = [];
    undo.push(() => volumes.release(id, mounts, true));
    mounts = await volumes.resolve({ containerId: id, config, hostConfig });
    await snapshots.prepare(id, image.chainId);
    undo.push(() => snapshots.remove(id));
    const container = await store.add({
      formatVersion: 1,
      id,
      name: finalName,
      created: nowTimestamp(),
      config,
      hostConfig,
      image: { id: image.id, chainId: image.chainId },
      endpoints,
      mounts,
      state: { status: 'created' },
      restartCount: 0,
      manuallyStopped: false,
    });
    announce(needs.events, container, 'create');
    return { Id: id, Warnings: [] };
  } catch (error) {
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (cleanupError) {
        needs.log(`create ${finalName}: not cleaned up: ${messageOf(cleanupError)}`);
      }
    }
    throw error;
  }
}

/** Namespaces of other containers by id: names may be given to others later. */
function withIds(needs: Needs, asked: HostConfig): HostConfig {
  const resolve = (mode: string | undefined) =>
    mode?.startsWith('container:') === true ? `container:${needs.store.resolve(mode.slice('container:'.length)).id}` : mode;
  return { ...asked, NetworkMode: resolve(asked.NetworkMode), PidMode: resolve(asked.PidMode), IpcMode: resolve(asked.IpcMode) };
}

function defaultHostname(id: string, networkMode: string, utsMode: string | undefined, hostname: string): string {
  return networkMode === 'host' || utsMode === 'host' ? hostname : id.slice(0, 12);
}

/** The endpoints asked for; the network mode names one too, unless it is no network of ours. */
function askedEndpoints(asked: Record<string, EndpointSettings | null>, networkMode: string): Record<string, EndpointSettings> {
  const endpoints: Record<string, EndpointSettings> = {};
  for (const [network, settings] of Object.entries(asked)) endpoints[network === 'default' ? 'bridge' : network] = settings ?? {};
  if (!networkMode.startsWith('container:')) endpoints[networkMode] ??= {};
  return endpoints;
}
