import type { ContainerSummary, PortMap, PortSummary } from '../../../contract/engine-api/container.ts';
import { parseTimestamp } from '../../lib/time/timestamp.ts';
import type { Container } from '../container.ts';
import { isRunning } from '../container.ts';
import type { ContainerStore } from '../container-store.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { imageSize, wireMount, writableSize } from '../inspect.ts';
import { containerFilter, showsStopped } from './list-filters.ts';
import { statusLasts, statusText } from './status-text.ts';

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
  if (options.limit > 0 || Object.keys(options.filters).length > 0) return joinRows((await selectContainers(needs, options)).map((container) => rowOf(needs, container, now)));
  return wholeList(needs, options, now);
}

interface KnownList {
  changes: number;
  /** Milliseconds since 1970 between which its texts hold: how long something has been up is said in words. */
  from: number;
  until: number;
  bytes: Buffer;
}

/** What lists without filters said last, by whether stopped ones are in them. */
const lists = new WeakMap<ContainerStore, Map<boolean, KnownList>>();
/** Larger ones are not kept: a list of some 6,000 containers. */
const largestKept = 8 * 1024 * 1024;

async function wholeList(needs: ListNeeds, options: ListOptions, now: number): Promise<Buffer> {
  const { store } = needs;
  let known = lists.get(store);
  if (known === undefined) lists.set(store, (known = new Map()));
  const last = known.get(options.all);
  const changes = store.changes.value;
  if (last?.changes === changes && last.from <= now && now < last.until) return last.bytes;
  const rows = (await selectContainers(needs, options)).map((container) => rowOf(needs, container, now));
  const bytes = joinRows(rows);
  const list = { changes, from: now, until: rows.reduce((until, row) => Math.min(until, row.until), Infinity), bytes };
  if (bytes.length <= largestKept) known.set(options.all, list);
  else known.delete(options.all);
  return bytes;
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
  /** Milliseconds since 1970 between which the status reads so. */
  from: number;
  until: number;
  bytes: Buffer;
  /** Where the value of `Status` stands in `bytes`. */
  statusFrom: number;
  statusTo: number;
}

const known = new WeakMap<Container, KnownRow>();

function rowOf({ store }: ListNeeds, container: Container, now: number): KnownRow {
  const { record, sandbox } = container;
  const names = store.links.namesOf(container.id);
  const row = known.get(container);
  // Records and sandboxes are never changed: new ones take their place.
  const isSame = row !== undefined && row.record === record && row.sandbox === sandbox && row.endpoints === sandbox?.endpoints && row.names === names;
  if (isSame && row.from <= now && now < row.until) return row;
  const status = statusText(record.state, now, record.health);
  const made = isSame ? (row.status === status ? row : withStatus(row, status)) : makeRow(container, now, status, names);
  made.from = now;
  made.until = now + statusLasts(record.state, now);
  known.set(container, made);
  return made;
}

function makeRow(container: Container, now: number, status: string, names: readonly string[] | undefined): KnownRow {
  const { HostConfig, NetworkSettings, Mounts, ...first }: Partial<ContainerSummary> = summary(container, now, names);
  delete first.Status;
  const before = `${JSON.stringify(first).slice(0, -1)},"Status":`;
  const value = JSON.stringify(status);
  const bytes = Buffer.from(`${before}${value},${JSON.stringify({ HostConfig, NetworkSettings, Mounts }).slice(1)}`);
  const statusFrom = Buffer.byteLength(before);
  const { record, sandbox } = container;
  return { record, sandbox, endpoints: sandbox?.endpoints, names, status, from: now, until: now, bytes, statusFrom, statusTo: statusFrom + Buffer.byteLength(value) };
}

function withStatus(row: KnownRow, status: string): KnownRow {
  const value = Buffer.from(JSON.stringify(status));
  const bytes = Buffer.concat([row.bytes.subarray(0, row.statusFrom), value, row.bytes.subarray(row.statusTo)]);
  return { ...row, status, bytes, statusTo: row.statusFrom + value.length };
}

/** A JSON array, and a newline. */
function joinRows(rows: readonly KnownRow[]): Buffer {
  const size = rows.reduce((sum, { bytes }) => sum + bytes.length + 1, 0);
  const joined = Buffer.allocUnsafe(Math.max(size + 2, 3));
  let at = joined.write('[');
  for (const { bytes } of rows) {
    at += bytes.copy(joined, at);
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
