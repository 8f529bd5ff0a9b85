import type { ContainerCreateRequest, HostConfig } from '../../../../contract/engine-api/container.ts';
import { commandWords, filledEnv, filledOptions, filledPorts, filledVolumes, volumeText, type RunDraft } from './draft.ts';
import type { Target } from './flags/flag.ts';
import { isOwnNetwork } from './flags/network-flag.ts';
import { flagOf } from './flags/run-flags.ts';
import { bindingsOf } from './port-text.ts';

/** What the engine is asked, as the docker CLI would ask it. The draft is without problems when this is sent. */
export function requestOf(draft: RunDraft): { request: ContainerCreateRequest; platform?: string } {
  const host: HostConfig = {};
  const config: ContainerCreateRequest = { Image: draft.image.trim() };
  const target: Target = { config, host, health: {}, networks: [], endpoint: {} };

  const ports = filledPorts(draft).flatMap(bindingsOf);
  if (ports.length > 0) {
    config.ExposedPorts = Object.fromEntries(ports.map(({ port }) => [port, {}]));
    host.PortBindings = {};
    for (const { port, HostIp, HostPort } of ports) (host.PortBindings[port] ??= []).push({ HostIp, HostPort });
  }
  const env = filledEnv(draft).map(({ name, value }) => `${name.trim()}=${value}`);
  if (env.length > 0) config.Env = env;
  const volumes = filledVolumes(draft);
  const binds = volumes.filter(({ source }) => source.trim() !== '').map(volumeText);
  if (binds.length > 0) host.Binds = binds;
  const unnamed = volumes.filter(({ source }) => source.trim() === '').map(({ target: path }) => [path.trim(), {}] as const);
  if (unnamed.length > 0) config.Volumes = Object.fromEntries(unnamed);
  const words = commandWords(draft);
  if (words.length > 0) config.Cmd = words;

  for (const { name, values } of filledOptions(draft)) flagOf(name).put(target, values);
  if (Object.keys(target.health).length > 0) config.Healthcheck = target.health;
  putNetworks(target);
  return { request: { ...config, HostConfig: host }, ...(target.platform === undefined ? {} : { platform: target.platform }) };
}

function putNetworks({ config, host, networks, endpoint }: Target): void {
  const first = networks[0]?.name ?? 'default';
  if (networks.length > 0) host.NetworkMode = first;
  if (host.Links != null && isOwnNetwork(first)) endpoint.Links = host.Links;
  const endpoints = networks.length === 0 ? [{ name: first, endpoint }] : networks.map((network, index) => (index === 0 ? { ...network, endpoint: { ...network.endpoint, ...endpoint } } : network));
  const told = endpoints.filter(({ endpoint: settings }, index) => index > 0 || Object.keys(settings).length > 0);
  if (told.length > 0) config.NetworkingConfig = { EndpointsConfig: Object.fromEntries(endpoints.map(({ name, endpoint: settings }) => [name, settings])) };
}
