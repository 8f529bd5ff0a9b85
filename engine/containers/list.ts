import type { ContainerSummary, PortMap, PortSummary } from '../../contract/engine-api/container.ts';
import { parseTimestamp } from '../lib/timestamp.ts';
import type { Container } from './container.ts';
import { isRunning } from './container.ts';
import type { ContainerDependencies } from './dependencies.ts';
import { imageSize, wireMount, writableSize } from './inspect.ts';
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
  const found = await selectContainers(needs, options);
  const now = Date.now();
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

/** {@link listContainers} as JSON text. Of containers that have not changed since the last time only the status is written anew. */
export async function listContainersJson(needs: ListNeeds, options: ListOptions): Promise<string> {
  if (options.size) return JSON.stringify(await listContainers(needs, options));
  const now = Date.now();
  return `[${(await selectContainers(needs, options)).map((container) => rowText(container, now)).join(',')}]`;
}

/** What `options` ask for, newest first. */
async function selectContainers(needs: ListNeeds, options: ListOptions): Promise<Container[]> {
  const accept = await containerFilter(needs, options.filters);
  const stopped = options.all || options.limit > 0 || showsStopped.some((name) => (options.filters[name]?.length ?? 0) > 0);
  const found: Container[] = [];
  for (const container of needs.store.list().reverse()) {
    if (!stopped && !isRunning(container.state) && container.state.status !== 'restarting') continue;
    if (!accept(container)) continue;
    found.push(container);
    if (options.limit > 0 && found.length >= options.limit) break;
  }
  return found;
}

interface KnownRow {
  record: Container['record'];
  sandbox: Container['sandbox'];
  endpoints: unknown;
  /** The row's text before and after the value of `Status`. */
  before: string;
  after: string;
}

const known = new WeakMap<Container, KnownRow>();

function rowText(container: Container, now: number): string {
  const { record, sandbox } = container;
  let row = known.get(container);
  // Records and sandboxes are never changed: new ones take their place.
  if (row?.record !== record || row.sandbox !== sandbox || row.endpoints !== sandbox?.endpoints) {
    const { HostConfig, NetworkSettings, Mounts, ...first }: Partial<ContainerSummary> = summary(container, now);
    delete first.Status;
    const before = `${JSON.stringify(first).slice(0, -1)},"Status":`;
    row = { record, sandbox, endpoints: sandbox?.endpoints, before, after: `,${JSON.stringify({ HostConfig, NetworkSettings, Mounts }).slice(1)}` };
    known.set(container, row);
  }
  return row.before + JSON.stringify(statusText(container.state, now, record.health)) + row.after;
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
    Mounts: record.mounts.map(wireMount),
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
