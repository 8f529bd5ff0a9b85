import { create } from 'zustand';
import { isRunning, isUp, type ContainerView } from '../../format/engine/container.ts';
import { needsAttention } from '../../format/engine/attention.ts';
import type { Evidence } from './evidence.ts';

export type ListTab = 'all' | 'running' | 'attention' | 'stopped';
export type SortKey = 'state' | 'name' | 'image' | 'ports' | 'cpu' | 'memory' | 'age';

/** How the list of containers is looked at; kept while other pages are open. */
export interface ContainerListState {
  tab: ListTab;
  filter: string;
  sort: { key: SortKey; descending: boolean };
  isGrouped: boolean;
  /** Keys of the headings. */
  folded: ReadonlySet<string>;
  /** IDs. */
  selected: ReadonlySet<string>;
}

export const useContainerList = create<ContainerListState>(() => ({
  tab: 'all',
  filter: '',
  sort: { key: 'name', descending: false },
  isGrouped: true,
  folded: new Set(),
  selected: new Set(),
}));

export const setTab = (tab: ListTab): void => useContainerList.setState({ tab });
export const setFilter = (filter: string): void => useContainerList.setState({ filter });
export const setGrouped = (isGrouped: boolean): void => useContainerList.setState({ isGrouped });
export const setSort = (key: SortKey, descending: boolean): void => useContainerList.setState({ sort: { key, descending } });
export const select = (selected: ReadonlySet<string>): void => useContainerList.setState({ selected });
export const clearSelection = (): void => select(new Set());

export function setFolded(group: string, isFolded: boolean): void {
  useContainerList.setState(({ folded }) => {
    const next = new Set(folded);
    if (isFolded) next.add(group);
    else next.delete(group);
    return { folded: next };
  });
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

/** The containers that the tab and the filter leave. */
export function shownOf(containers: readonly ContainerView[], list: Pick<ContainerListState, 'tab' | 'filter'>, evidence: Record<string, Evidence>, now: number): ContainerView[] {
  return containers.filter((container) => isInTab(container, list.tab, evidence[container.id], now) && matchesFilter(container, list.filter));
}

export interface ProjectTotals {
  composeFile: string | undefined;
  /** Of all members, also those that the filter hides. */
  running: number;
  total: number;
}

/** Each compose project, and under `undefined` the rest. */
export function projectTotals(containers: readonly ContainerView[]): Map<string | undefined, ProjectTotals> {
  const projects = new Map<string | undefined, ProjectTotals>();
  for (const { project, composeFile, condition } of containers) {
    const totals = projects.get(project) ?? { composeFile: undefined, running: 0, total: 0 };
    projects.set(project, totals);
    if (project !== undefined) totals.composeFile ??= composeFile;
    totals.total += 1;
    if (isRunning(condition)) totals.running += 1;
  }
  return projects;
}

const rank: Record<ContainerView['condition'], number> = {
  unhealthy: 0, restarting: 1, dead: 2, failed: 3, starting: 4, running: 5, healthy: 5, paused: 6, removing: 7, exited: 8, created: 9,
};

/** What stands first is what may need a person. */
export const stateRank = ({ condition }: ContainerView): number => rank[condition];

/** The lowest port of this computer first, then what is not published, then what has none. */
export function portRank({ ports }: ContainerView): number {
  const published = ports.flatMap(({ publicPort }) => (publicPort === undefined ? [] : [publicPort]));
  if (published.length > 0) return Math.min(...published);
  return ports.length === 0 ? Number.MAX_SAFE_INTEGER : 65_536 + Math.min(...ports.map(({ privatePort }) => privatePort));
}
