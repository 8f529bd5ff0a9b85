import type { ContainerSummary, PortMap, PortSummary } from '../../contract/engine-api/container.ts';
import { parseTimestamp } from '../lib/timestamp.ts';
import type { Container } from './container.ts';
import { isRunning } from './container.ts';
import type { ContainerDependencies } from './dependencies.ts';
import { imageSize, writableSize } from './inspect.ts';
import { containerFilter, showsStopped } from './listing/list-filters.ts';
import { statusText } from './listing/status-text.ts';

type ListNeeds = Pick<ContainerDependencies, 'store' | 'images' | 'snapshots'>;

export interface ListOptions {
  /** Stopped ones as well. */
  all: boolean;
  /** The newest so many; 0 for no limit. */
  limit: number;
  /** With what their files take; walks every writable layer. */
  size: boolean;
  filters: Record<string, string[]>;
}

/** `GET /containers/json`: newest first. */
export async function listContainers(needs: ListNeeds, options: ListOptions): Promise<ContainerSummary[]> {
  const accept = await containerFilter(needs, options.filters);
  const stopped = options.all || options.limit > 0 || showsStopped.some((name) => (options.filters[name]?.length ?? 0) > 0);
  const now = Date.now();
  const found: Container[] = [];
  for (const container of needs.store.list().reverse()) {
    if (!stopped && !isRunning(container.state) && container.state.status !== 'restarting') continue;
    if (!accept(container)) continue;
    found.push(container);
    if (options.limit > 0 && found.length >= options.limit) break;
  }
  const rows = found.map((container) => summary(container, now));
  if (options.size) {
    for (const [index, container] of found.entries()) {
      const bytes = await writableSize(needs, container);
      rows[index]!.SizeRw = bytes;
      rows[index]!.SizeRootFs = bytes + (await imageSize(needs, container.record.image.chainId));
    }
  }
  return rows;
}

function summary(container: Container, now: number): ContainerSummary {
  const { record, state } = container;
  const { config, hostConfig } = record;
  return {
    Id: container.id,
    Names: [`/${record.name}`],
    Image: config.Image ?? '',
    ImageID: record.image.id,
    Command: commandText([...(config.Entrypoint ?? []), ...(config.Cmd ?? [])]),
    Created: Number((parseTimestamp(record.created) ?? 0n) / 1_000_000_000n),
    Ports: ports(container.sandbox?.ports ?? {}),
    Labels: config.Labels ?? {},
    State: state.status,
    Status: statusText(state, now, record.health),
    HostConfig: { NetworkMode: hostConfig.NetworkMode ?? 'bridge', ...(hostConfig.Annotations ? { Annotations: hostConfig.Annotations } : {}) },
    NetworkSettings: { Networks: container.sandbox?.endpoints ?? record.endpoints },
    Mounts: record.mounts,
  };
}

/** Arguments with blanks in quotes, as moby prints them. */
function commandText([path = '', ...args]: string[]): string {
  return [path, ...args.map((argument) => (/\s/.test(argument) ? `'${argument}'` : argument))].join(' ');
}

function ports(map: PortMap): PortSummary[] {
  const rows: PortSummary[] = [];
  for (const [key, bindings] of Object.entries(map)) {
    const [port, type = 'tcp'] = key.split('/');
    const PrivatePort = Number(port);
    if (bindings === null || bindings.length === 0) rows.push({ PrivatePort, Type: type });
    else for (const binding of bindings) rows.push({ IP: binding.HostIp, PrivatePort, PublicPort: Number(binding.HostPort), Type: type });
  }
  return rows;
}
