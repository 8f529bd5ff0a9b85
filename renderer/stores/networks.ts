import { create } from 'zustand';
import type { EndpointSettings, Network } from '../../contract/engine-api/network.ts';
import { asFailure, callEngine, type IpcFailure } from '../api.ts';
import { sentences } from '../format/sentence.ts';
import { t } from '../i18n/i18n.ts';
import { coalesce } from './coalesce.ts';
import { actOnEngine } from './window/engine-action.ts';
import { showToast } from './window/toasts.ts';

export interface NetworksState {
  status: 'unread' | 'ready';
  networks: Network[];
  failure: IpcFailure | undefined;
}

export const useNetworks = create<NetworksState>(() => ({ status: 'unread', networks: [], failure: undefined }));

export const refreshNetworks = coalesce(async () => {
  try {
    useNetworks.setState({ networks: await callEngine('networks.list', {}), status: 'ready', failure: undefined });
  } catch (error) {
    useNetworks.setState({ failure: asFailure(error) });
  }
}, 100);

/** What the form of a new network asks for; empty texts are the engine's choice. */
export interface NewNetwork {
  name: string;
  driver: 'bridge' | 'macvlan' | 'ipvlan';
  subnet: string;
  gateway: string;
  range: string;
  /** Of macvlan and ipvlan: the interface of the machine that they share. */
  parent: string;
  subnet6: string;
  isInternal: boolean;
  hasIpv6: boolean;
}

export function createCommand(form: NewNetwork): string[] {
  const flag = (name: string, value: string): string[] => (value.trim() === '' ? [] : [`--${name}`, value.trim()]);
  return [
    'docker', 'network', 'create',
    ...(form.driver === 'bridge' ? [] : ['--driver', form.driver]),
    ...flag('subnet', form.subnet),
    ...flag('gateway', form.gateway),
    ...flag('ip-range', form.range),
    ...(form.hasIpv6 ? ['--ipv6', ...flag('subnet', form.subnet6)] : []),
    ...(form.isInternal ? ['--internal'] : []),
    ...(form.driver === 'bridge' || form.parent.trim() === '' ? [] : ['--opt', `parent=${form.parent.trim()}`]),
    form.name.trim() === '' ? 'NAME' : form.name.trim(),
  ];
}

/** @throws {IpcFailure} for the form to show beside its fields. */
export async function createNetwork(form: NewNetwork): Promise<void> {
  const text = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim());
  const config = [
    ...(text(form.subnet) === undefined ? [] : [{ Subnet: text(form.subnet), Gateway: text(form.gateway), IPRange: text(form.range) }]),
    ...(form.hasIpv6 && text(form.subnet6) !== undefined ? [{ Subnet: text(form.subnet6) }] : []),
  ];
  const body = {
    Name: form.name.trim(),
    Driver: form.driver,
    Internal: form.isInternal,
    EnableIPv6: form.hasIpv6,
    ...(config.length === 0 ? {} : { IPAM: { Config: config } }),
    ...(form.driver === 'bridge' || text(form.parent) === undefined ? {} : { Options: { parent: form.parent.trim() } }),
  };
  await actOnEngine({ command: createCommand(form), operation: 'networks.create', params: { body } });
  await refreshNetworks();
}

export function connectCommand(network: string, container: string, endpoint: EndpointSettings): string[] {
  return [
    'docker', 'network', 'connect',
    ...(endpoint.IPAMConfig?.IPv4Address === undefined ? [] : ['--ip', endpoint.IPAMConfig.IPv4Address]),
    ...(endpoint.Aliases ?? []).flatMap((alias) => ['--alias', alias]),
    network, container,
  ];
}

/** @throws {IpcFailure} */
export async function connect(network: { id: string; name: string }, container: string, endpoint: EndpointSettings): Promise<void> {
  await actOnEngine({
    command: connectCommand(network.name, container, endpoint),
    operation: 'networks.connect',
    params: { id: network.id, body: { Container: container, EndpointConfig: endpoint } },
  });
}

/** Takes a container out of a network, and offers to put it back as it was: same address, same names. */
export async function disconnect(network: { id: string; name: string }, container: { id: string; name: string }, before: EndpointSettings): Promise<void> {
  try {
    await actOnEngine({ command: ['docker', 'network', 'disconnect', network.name, container.name], operation: 'networks.disconnect', params: { id: network.id, body: { Container: container.id } } });
    showToast({
      kind: 'good',
      title: t('networks:disconnected', { container: container.name, network: network.name }),
      step: { label: t('networks:undo'), take: () => void connect(network, container.id, before).catch(tell(container.name, network.name)) },
    });
  } catch (error) {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: t('networks:notDisconnected', { container: container.name, network: network.name }), detail: sentences(failure.message, failure.hint) });
  }
}

const tell =
  (container: string, network: string) =>
  (error: unknown): void => {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: t('networks:notConnected', { container, network }), detail: sentences(failure.message, failure.hint) });
  };

export async function removeNetwork(network: { id: string; name: string }): Promise<boolean> {
  try {
    await actOnEngine({ command: ['docker', 'network', 'rm', network.name], operation: 'networks.remove', params: { id: network.id } });
    return true;
  } catch (error) {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: t('networks:notRemoved', { name: network.name }), detail: sentences(failure.message, failure.hint) });
    return false;
  } finally {
    await refreshNetworks();
  }
}

/** One after the other; what could not be removed is told for each. */
export async function removeNetworks(networks: readonly { id: string; name: string }[]): Promise<void> {
  for (const network of networks) await removeNetwork(network);
}

export async function pruneNetworks(): Promise<void> {
  try {
    const report = await actOnEngine({ command: ['docker', 'network', 'prune', '--force'], operation: 'networks.prune', params: {} });
    showToast({ kind: 'good', title: t('networks:pruned', { count: report.NetworksDeleted?.length ?? 0 }) });
  } catch (error) {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: t('networks:notPruned'), detail: sentences(failure.message, failure.hint) });
  }
  await refreshNetworks();
}
