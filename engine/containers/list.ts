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
  const rows = found.map((container) => summary(container, now, needs.store.links.namesOf(container.id)));
  if (options.size) {
    for (const [index, container] of found.entries()) {
      const bytes = await writableSize(needs, container);
      rows[index]!.SizeRw = bytes;
      rows[index]!.SizeRootFs = bytes + (await imageSize(needs, container.record.image.chainId));
    }
  }
  return rows;
}

/** {@link listContainers} as the bytes of its JSON, with a newline. Of containers that have not changed since the last time only the status is written anew. */
export async function listContainersJson(needs: ListNeeds, options: ListOptions): Promise<Buffer> {
  if (options.size) return Buffer.from(`${JSON.stringify(await listContainers(needs, options))}\n`);
  const now = Date.now();
  return joinRows((await selectContainers(needs, options)).map((container) => rowBytes(container, now, needs.store.links.namesOf(container.id))));
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
  names: readonly string[] | undefined;
  status: string;
  bytes: Buffer;
  /** Where the value of `Status` stands in `bytes`. */
  statusFrom: number;
  statusTo: number;
}

const known = new WeakMap<Container, KnownRow>();

function rowBytes(container: Container, now: number, names: readonly string[] | undefined): Buffer {
  const { record, sandbox } = container;
  const status = statusText(container.state, now, record.health);
  const row = known.get(container);
  // Records and sandboxes are never changed: new ones take their place.
  const isSame = row !== undefined && row.record === record && row.sandbox === sandbox && row.endpoints === sandbox?.endpoints && row.names === names;
  if (isSame && row.status === status) return row.bytes;
  const made = isSame ? withStatus(row, status) : makeRow(container, now, status, names);
  known.set(container, made);
  return made.bytes;
}

function makeRow(container: Container, now: number, status: string, names: readonly string[] | undefined): KnownRow {
  const { HostConfig, NetworkSettings, Mounts, ...first }: Partial<ContainerSummary> = summary(container, now, names);
  delete first.Status;
  const before = `${JSON.stringify(first).slice(0, -1)},"Status":`;
  const value = JSON.stringify(status);
  const bytes = Buffer.from(`${before}${value},${JSON.stringify({ HostConfig, NetworkSettings, Mounts }).slice(1)}`);
  const statusFrom = Buffer.byteLength(before);
  const { record, sandbox } = container;
  return { record, sandbox, endpoints: sandbox?.endpoints, names, status, bytes, statusFrom, statusTo: statusFrom + Buffer.byteLength(value) };
}

function withStatus(row: KnownRow, status: string): KnownRow {
  const value = Buffer.from(JSON.stringify(status));
  const bytes = Buffer.concat([row.bytes.subarray(0, row.statusFrom), value, row.bytes.subarray(row.statusTo)]);
  return { ...row, status, bytes, statusTo: row.statusFrom + value.length };
}

/** A JSON array of values that are JSON already, and a newline. */
function joinRows(rows: readonly Buffer[]): Buffer {
  const size = rows.reduce((sum, { length }) => sum + length + 1, 0);
  const joined = Buffer.allocUnsafe(Math.max(size + 2, 3));
  let at = joined.write('[');
  for (const row of rows) {
    at += row.copy(joined, at);
    joined[at++] = comma;
  }
  if (rows.length > 0) at -= 1;
  joined.write(']\n', at);
  return joined;
}

const comma = 0x2c;

/** @param names by which others link it */
function summary(container: Container, now: number, names: readonly string[] = []): ContainerSummary {
  const { record, state } = container;
  const { config, hostConfig } = record;
  return {
    Id: container.id,
    Names: names.length === 0 ? [`/${record.name}`] : [`/${record.name}`, ...names].sort(),
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
