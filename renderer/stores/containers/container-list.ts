import { create } from 'zustand';
import { isRunning, isUp, type ContainerView } from '../../format/engine/container.ts';
import { compareNames } from '../../i18n/intl.ts';
import { needsAttention } from '../../format/engine/attention.ts';
import type { Evidence } from './evidence.ts';

export type ListTab = 'all' | 'running' | 'attention' | 'stopped';
export type SortKey = 'state' | 'name' | 'image' | 'age';

/** How the list of containers is looked at; kept while other pages are open. */
export interface ContainerListState {
  tab: ListTab;
  filter: string;
  sort: { key: SortKey; descending: boolean };
  isGrouped: boolean;
  folded: Record<string, true>;
  selected: Record<string, true>;
  /** Where a range selection began. */
  anchor: string | undefined;
}

export const useContainerList = create<ContainerListState>(() => ({
  tab: 'all',
  filter: '',
  sort: { key: 'name', descending: false },
  isGrouped: true,
  folded: {},
  selected: {},
  anchor: undefined,
}));

export const setTab = (tab: ListTab): void => useContainerList.setState({ tab });
export const setFilter = (filter: string): void => useContainerList.setState({ filter });
export const setGrouped = (isGrouped: boolean): void => useContainerList.setState({ isGrouped });

export function toggleSort(key: SortKey): void {
  useContainerList.setState(({ sort }) => ({ sort: { key, descending: sort.key === key ? !sort.descending : false } }));
}

export function setFolded(group: string, isFolded: boolean): void {
  useContainerList.setState(({ folded }) => ({ folded: { ...without(folded, group), ...(isFolded ? { [group]: true as const } : {}) } }));
}

export function toggleSelected(id: string): void {
  useContainerList.setState(({ selected }) => ({
    selected: selected[id] === true ? without(selected, id) : { ...selected, [id]: true },
    anchor: id,
  }));
}

function without(marks: Record<string, true>, key: string): Record<string, true> {
  return Object.fromEntries(Object.entries(marks).filter(([other]) => other !== key));
}

export function selectOnly(ids: readonly string[]): void {
  useContainerList.setState({ selected: Object.fromEntries(ids.map((id) => [id, true])) as Record<string, true> });
}

/** Everything from the anchor to here, in the order shown. */
export function selectRange(shown: readonly string[], to: string): void {
  const { anchor } = useContainerList.getState();
  const from = Math.max(0, shown.indexOf(anchor ?? to));
  const end = shown.indexOf(to);
  selectOnly(shown.slice(Math.min(from, end), Math.max(from, end) + 1));
}

export const clearSelection = (): void => useContainerList.setState({ selected: {}, anchor: undefined });

export interface ContainerGroup {
  /** The compose project; undefined for the rest. */
  project: string | undefined;
  composeFile: string | undefined;
  members: ContainerView[];
  /** Of all members, also those that the filter hides. */
  running: number;
  total: number;
}

export interface ListCounts {
  all: number;
  running: number;
  attention: number;
  stopped: number;
}

export function countContainers(containers: readonly ContainerView[], evidence: Record<string, Evidence>, now: number): ListCounts {
  let running = 0;
  let stopped = 0;
  let attention = 0;
  for (const container of containers) {
    if (isRunning(container.condition)) running += 1;
    if (!isUp(container.condition)) stopped += 1;
    if (needsAttention(container, evidence[container.id], now)) attention += 1;
  }
  return { all: containers.length, running, attention, stopped };
}

function isInTab(container: ContainerView, tab: ListTab, evidence: Evidence | undefined, now: number): boolean {
  switch (tab) {
    case 'all':
      return true;
    case 'running':
      return isRunning(container.condition);
    case 'stopped':
      return !isUp(container.condition);
    case 'attention':
      return needsAttention(container, evidence, now);
  }
}

/** Every word must stand in the name, image, project, ID or a port. */
export function matchesFilter(container: ContainerView, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return true;
  const ports = container.ports.map(({ publicPort, privatePort }) => `:${publicPort ?? ''} ${publicPort ?? ''} ${privatePort}`).join(' ');
  const text = `${container.name} ${container.image} ${container.project ?? ''} ${ports}`.toLowerCase();
  return words.every((word) => text.includes(word) || (word.length >= 4 && container.id.startsWith(word)));
}

const rank: Record<ContainerView['condition'], number> = {
  unhealthy: 0, restarting: 1, dead: 2, failed: 3, starting: 4, running: 5, healthy: 5, paused: 6, removing: 7, exited: 8, created: 9,
};

function compare(a: ContainerView, b: ContainerView, key: SortKey): number {
  switch (key) {
    case 'name':
      return 0;
    case 'state':
      return rank[a.condition] - rank[b.condition];
    case 'image':
      return compareNames(a.image, b.image);
    case 'age':
      return (b.since?.at ?? 0) - (a.since?.at ?? 0);
  }
}

/** The rows as shown: filtered, sorted, in groups with the projects by name and the rest last. */
export function arrange(containers: readonly ContainerView[], list: Pick<ContainerListState, 'tab' | 'filter' | 'sort' | 'isGrouped'>, evidence: Record<string, Evidence>, now: number): ContainerGroup[] {
  const groups = new Map<string | undefined, ContainerGroup>();
  for (const container of containers) {
    const project = list.isGrouped ? container.project : undefined;
    const group = groups.get(project) ?? { project, composeFile: undefined, members: [], running: 0, total: 0 };
    groups.set(project, group);
    if (project !== undefined) group.composeFile ??= container.composeFile;
    group.total += 1;
    if (isRunning(container.condition)) group.running += 1;
    if (isInTab(container, list.tab, evidence[container.id], now) && matchesFilter(container, list.filter)) group.members.push(container);
  }
  const direction = list.sort.descending ? -1 : 1;
  const shown = [...groups.values()].filter(({ members }) => members.length > 0);
  for (const group of shown) {
    group.members.sort((a, b) => direction * (compare(a, b, list.sort.key) || compareNames(a.name, b.name)));
  }
  return shown.sort((a, b) => Number(a.project === undefined) - Number(b.project === undefined) || compareNames(a.project ?? '', b.project ?? ''));
}
