import { randomBytes } from 'node:crypto';
import type { ContainerConfig, ContainerCreateRequest, ContainerCreateResponse, HostConfig } from '../../../contract/engine-api/container.ts';
import type { EndpointSettings } from '../../../contract/engine-api/network.ts';
import { InvalidParameterError, messageOf, NotFoundError } from '../../errors.ts';
import { nowTimestamp } from '../../lib/time/timestamp.ts';
import type { StoredMount } from '../collaborators.ts';
import { announce } from '../container-events.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { completeHostConfig, withoutNulls } from '../config/host-config.ts';
import { checkConfig, mergeConfig } from '../config/merge-config.ts';
import { checkHealthConfig } from '../health/health-check.ts';
import { askedLinks } from '../links/ask-links.ts';
import { checkName, generateName } from '../config/names.ts';
import { checkPlatform } from '../config/platform.ts';

const containerPrefix = 'container:';

type Needs = Pick<ContainerDependencies, 'store' | 'images' | 'snapshots' | 'network' | 'volumes' | 'events' | 'host' | 'log'>;

export interface CreateOptions {
  /** As the user wrote it; empty for a generated one. */
  name: string;
  /** `linux/arm64`; empty when any will do. */
  platform: string;
}

/**
 * Makes a container: name, volumes, writable layer, record. When any of it fails nothing is left.
 * @throws NotFoundError for the image, ConflictError for the name, InvalidParameterError for all else
 */
export async function createContainer(needs: Needs, options: CreateOptions, request: ContainerCreateRequest): Promise<ContainerCreateResponse> {
  const { store, images, snapshots, network, volumes } = needs;
  const { HostConfig: askedHost, NetworkingConfig: networking, ...whole } = request;
  const asked: ContainerConfig = withoutNulls(whole);
  if (Object.keys(asked).length === 0) throw new InvalidParameterError('config cannot be empty in order to create a container');
  checkConfig(asked);
  const completed = completeHostConfig(askedHost ?? {}, asked, needs.host);
  const links = askedLinks(needs.store, completed.hostConfig);
  const hostConfig = withIds(needs, completed.hostConfig);
  const wantedName = options.name === '' ? '' : checkName(options.name);
  const reference = asked.Image ?? '';
  if (reference === '' && !asked.Cmd?.length && !asked.Entrypoint?.length) throw new InvalidParameterError('no command specified');
  const image = await images.resolve(reference);
  const warnings = [...completed.warnings, ...checkPlatform(reference, image, options.platform)];
  const config = mergeConfig(asked, image.config);
  checkHealthConfig(config.Healthcheck);
  const id = randomBytes(32).toString('hex');
  if (config.Hostname === '') Object.assign(config, hostNames(needs, id, hostConfig, config));

  const finalName = wantedName === '' ? generateName((candidate) => store.hasName(candidate)) : wantedName;
  store.reserveName(finalName, id);
  const undo: (() => Promise<void> | void)[] = [() => store.releaseName(finalName)];
  try {
    const endpoints = await network.describe({
      containerId: id,
      containerName: finalName,
      config,
      hostConfig,
      endpoints: config.NetworkDisabled === true ? {} : askedEndpoints(networking?.EndpointsConfig ?? {}, hostConfig.NetworkMode!),
    });
    let mounts: StoredMount[] = [];
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
      ...(links.length === 0 ? {} : { links }),
      state: { status: 'created' },
      restartCount: 0,
      manuallyStopped: false,
    });
    announce(needs.events, container, 'create');
    return { Id: id, Warnings: warnings };
  } catch (error) {
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (cleanupError) {
        needs.log(`create ${finalName}: not cleaned up: ${messageOf(cleanupError)}`);
      }
    }
    if (error instanceof NotFoundError) throw mistake(error);
    throw error;
  }
}

/** A 404 of create tells clients that the image is missing, and they would pull it: what else is missing is a 400. */
function mistake(error: unknown): InvalidParameterError {
  return new InvalidParameterError(messageOf(error), { cause: error });
}

/** Namespaces of other containers by id: names may be given to others later. */
function withIds(needs: Needs, asked: HostConfig): HostConfig {
  const resolve = (mode: string | undefined) => {
    if (mode?.startsWith(containerPrefix) !== true) return mode;
    try {
      return `${containerPrefix}${needs.store.resolve(mode.slice(containerPrefix.length)).id}`;
    } catch (error) {
      throw mistake(error);
    }
  };
  // Links are kept apart: containers change their names.
  return { ...asked, Links: null, NetworkMode: resolve(asked.NetworkMode), PidMode: resolve(asked.PidMode), IpcMode: resolve(asked.IpcMode) };
}

/** Of a container that was given no host name. Who shares a network shares its name, as it is in the other's /etc/hosts. */
function hostNames(needs: Needs, id: string, { NetworkMode: mode = '' }: HostConfig, { Domainname = '' }: ContainerConfig): Pick<ContainerConfig, 'Hostname' | 'Domainname'> {
  if (mode.startsWith(containerPrefix)) {
    const { config } = needs.store.resolve(mode.slice(containerPrefix.length)).record;
    return { Hostname: config.Hostname ?? '', Domainname: config.Domainname ?? '' };
  }
  return { Hostname: mode === 'host' ? needs.host.hostname : id.slice(0, 12), Domainname };
}

/** The endpoints asked for; the network mode names one too, unless it is no network of ours. */
function askedEndpoints(asked: Record<string, EndpointSettings | null>, networkMode: string): Record<string, EndpointSettings> {
  const endpoints: Record<string, EndpointSettings> = {};
  for (const [network, settings] of Object.entries(asked)) endpoints[network === 'default' ? 'bridge' : network] = settings ?? {};
  if (!networkMode.startsWith(containerPrefix)) endpoints[networkMode] ??= {};
  return endpoints;
}
