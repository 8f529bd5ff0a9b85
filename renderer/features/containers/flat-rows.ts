import type { ContainerView } from '../../format/engine/container.ts';
import type { ContainerGroup } from '../../stores/containers/container-list.ts';

/** The list as it is drawn: one array for arrows, for virtual rows and for range selection. */
export type FlatRow =
  | { kind: 'group'; key: string; group: ContainerGroup; isFolded: boolean }
  | { kind: 'container'; key: string; view: ContainerView; group: string; isLast: boolean };

export const groupKey = (project: string | undefined): string => `group:${project ?? ''}`;

/** Without any project there are no group rows: a heading over everything says nothing. */
export function flatten(groups: readonly ContainerGroup[], folded: Readonly<Record<string, true>>): FlatRow[] {
  const isPlain = groups.every(({ project }) => project === undefined);
  return groups.flatMap((group) => {
    const key = groupKey(group.project);
    const isFolded = folded[key] === true && !isPlain;
    const rows: FlatRow[] = isFolded
      ? []
      : group.members.map((view, index) => ({ kind: 'container', key: view.id, view, group: key, isLast: index === group.members.length - 1 }));
    return isPlain ? rows : [{ kind: 'group', key, group, isFolded }, ...rows];
  });
}

export function containerIds(rows: readonly FlatRow[]): string[] {
  return rows.flatMap((row) => (row.kind === 'container' ? [row.key] : []));
}
