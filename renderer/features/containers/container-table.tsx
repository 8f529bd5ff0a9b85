import { useEffect, useMemo, useState } from 'react';
import { DataTable } from '../../components/table/data-table.tsx';
import type { Grouping } from '../../components/table/table-types.ts';
import { needsAttention } from '../../format/engine/attention.ts';
import { shortenHome, type ContainerView } from '../../format/engine/container.ts';
import { projectTotals, select, setFolded, setSort, useContainerList, type ProjectTotals, type SortKey } from '../../stores/containers/container-list.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { useEvidence } from '../../stores/containers/evidence.ts';
import { useUsage } from '../../stores/containers/usage.ts';
import { useClock } from '../../stores/window/clock.ts';
import { AttentionLine } from './attention-line.tsx';
import { containerColumns } from './container-columns.tsx';
import { ContainerMenu, containerMenuItems } from './container-menu.tsx';
import { ProjectActions } from './project-actions.tsx';
import { openDetails } from './row-actions.ts';
import { doVerb } from './row-keys.ts';
import { GroupUsage, useLiveUsage } from './usage-cells.tsx';
import type { MenuAnchor } from '../../components/overlay/menu.tsx';
import { t } from '../../i18n/i18n.ts';

/** The list as a tree grid: projects with their containers, sorted within each. @param shown by name */
export function ContainerTable({ shown, isStale }: { shown: readonly ContainerView[]; isStale: boolean }) {
  useLiveUsage();
  const all = useContainers((state) => state.containers);
  const pending = useContainers((state) => state.pending);
  const failures = useContainers((state) => state.failures);
  const evidence = useEvidence((state) => state.byId);
  const minute = useClock(({ now }) => Math.floor(now / 60_000));
  const { sort, isGrouped, folded, selected } = useContainerList();
  const [menu, setMenu] = useState<{ view: ContainerView; anchor: MenuAnchor }>();
  const columns = useMemo(() => containerColumns((view, anchor) => setMenu({ view, anchor })), []);
  const followed = useFollowedFigures(sort.key === 'cpu' || sort.key === 'memory');
  // Another array sorts anew; the figures are no part of a row.
  const rows = useMemo(() => (followed === undefined ? shown : [...shown]), [shown, followed]);
  const tableSort = useMemo(() => ({ id: sort.key, isDescending: sort.descending }), [sort]);
  const selection = useMemo(() => ({ keys: selected, onChange: select }), [selected]);
  const grouping = useMemo((): Grouping<ContainerView> => {
    const totals = projectTotals(all);
    return {
      keyOf: ({ project }) => project,
      head: (project, members, { tabIndex }) => <ProjectHead project={project} members={members} totals={totals.get(project)} tabIndex={tabIndex} />,
      folded,
      onFold: setFolded,
    };
  }, [all, folded]);

  return (
    <>
      <DataTable
        label={t('containers:list')}
        rows={rows}
        keyOf={idOf}
        nameOf={({ name }) => name}
        columns={columns}
        sort={tableSort}
        onSort={({ id, isDescending }) => setSort(id as SortKey, isDescending)}
        selection={selection}
        {...(isGrouped ? { grouping } : {})}
        onOpen={openDetails}
        menuOf={containerMenuItems}
        onRowKey={doVerb}
        below={(view, tabIndex) => (failures[view.id] === undefined && !needsAttention(view, evidence[view.id], minute * 60_000) ? null : <AttentionLine view={view} tabIndex={tabIndex} />)}
        isBusy={({ id }) => pending[id] !== undefined}
        isStale={isStale}
        isTallWhenNarrow
      />
      {menu !== undefined && <ContainerMenu view={menu.view} anchor={menu.anchor} onClose={() => setMenu(undefined)} />}
    </>
  );
}

const idOf = ({ id }: ContainerView): string => id;

/**
 * Changes whenever the order may follow the figures: with each sample, but not while a pointer or the keyboard is on a row, which would slip
 * away under it.
 */
function useFollowedFigures(isWanted: boolean): number | undefined {
  const [followed, setFollowed] = useState<number>();
  useEffect(() => {
    if (!isWanted) return;
    return useUsage.subscribe(({ at }) => {
      if (document.querySelector('.data-table__row:is(:hover, :focus-visible, :focus-within)') === null) setFollowed(at);
    });
  }, [isWanted]);
  return isWanted ? followed : undefined;
}

function ProjectHead({ project, members, totals, tabIndex }: { project: string | undefined; members: readonly ContainerView[]; totals: ProjectTotals | undefined; tabIndex: 0 | -1 }) {
  return (
    <>
      <strong className="isolated">{project ?? t('containers:noProject')}</strong>
      {totals?.composeFile !== undefined && (
        <code className="project__file cut isolated" data-tip={totals.composeFile}>
          {shortenHome(totals.composeFile)}
        </code>
      )}
      {project !== undefined && <ProjectActions project={project} tabIndex={tabIndex} />}
      <small className="project__totals numbers">
        {t('containers:groupRunning', { running: totals?.running ?? 0, total: totals?.total ?? 0 })}
        <GroupUsage ids={members.map(idOf)} />
      </small>
    </>
  );
}
