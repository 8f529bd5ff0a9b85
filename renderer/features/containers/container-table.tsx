import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type MouseEvent } from 'react';
import { RowList, type RowListHandle } from '../../components/layout/row-list.tsx';
import type { MenuAnchor } from '../../components/overlay/menu.tsx';
import { shortenHome, type ContainerView } from '../../format/engine/container.ts';
import { selectRange, setFolded, toggleSelected, toggleSort, useContainerList, type SortKey } from '../../stores/containers/container-list.ts';
import { ContainerMenu } from './container-menu.tsx';
import { ContainerRow } from './container-row.tsx';
import { GroupUsage, useLiveUsage } from './usage-cells.tsx';
import { containerIds, type FlatRow } from './flat-rows.ts';
import { handleListKey } from './list-keys.ts';
import { openDetails } from './row-actions.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 12, strokeWidth: 2, 'aria-hidden': true } as const;

/** The list as a tree grid: one stop of the Tab key, arrows inside. */
export function ContainerTable({ rows, isStale }: { rows: readonly FlatRow[]; isStale: boolean }) {
  useLiveUsage();
  const grid = useRef<HTMLDivElement>(null);
  const list = useRef<RowListHandle>(null);
  const [activeKey, setActiveKey] = useState<string>();
  const [menu, setMenu] = useState<{ view: ContainerView; anchor: MenuAnchor }>();
  const isSelecting = useContainerList(({ selected }) => Object.keys(selected).length > 0);
  const active = rows.find(({ key }) => key === activeKey) ?? rows[0];

  function activate(index: number): void {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    setActiveKey(row.key);
    list.current?.scrollTo(rows.indexOf(row));
    // A virtual row may be drawn only after the scroll.
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)?.focus());
  }

  const onMenu = useCallback((view: ContainerView, anchor: MenuAnchor) => setMenu({ view, anchor }), []);
  const rowsNow = useRef(rows);
  useEffect(() => {
    rowsNow.current = rows;
  });
  const onPress = useCallback((view: ContainerView, event: MouseEvent) => {
    setActiveKey(view.id);
    if (event.metaKey || event.ctrlKey) toggleSelected(view.id);
    else if (event.shiftKey) selectRange(containerIds(rowsNow.current), view.id);
    else openDetails(view);
  }, []);

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (active === undefined || !(event.target instanceof HTMLElement)) return;
    // Keys of a control inside a row (Enter on a link, Space on a check box) are its own.
    if (event.target.dataset.key === undefined && (event.key === 'Enter' || event.key === ' ')) return;
    handleListKey(event, { rows, active, activate, openMenu: (view) => setMenu({ view, anchor: anchorOf(grid.current, view.id) }) });
  }

  return (
    <>
      <div
        ref={grid}
        className={`grid container-grid${isSelecting ? ' grid--selecting' : ''}${isStale ? ' grid--stale' : ''}`}
        role="treegrid"
        aria-label={t('containers:list')}
        aria-multiselectable="true"
        aria-rowcount={rows.length + 1}
        data-region="list"
        onKeyDown={onKeyDown}
        onFocus={(event: FocusEvent<HTMLElement>) => {
          const key = event.target.closest<HTMLElement>('[data-key]')?.dataset.key;
          if (key !== undefined) setActiveKey(key);
        }}
      >
        <Head />
        <RowList items={rows} keyOf={(row) => row.key} heightOf={(row) => (row.kind === 'group' ? 34 : 36)} ref={list}>
          {(row) =>
            row.kind === 'group' ? (
              <GroupRow row={row} isActive={row === active} onActivate={() => setActiveKey(row.key)} />
            ) : (
              <ContainerRow view={row.view} isActive={row === active} isLast={row.isLast} level={2} onPress={onPress} onMenu={onMenu} />
            )
          }
        </RowList>
      </div>
      {menu !== undefined && <ContainerMenu view={menu.view} anchor={menu.anchor} onClose={() => setMenu(undefined)} />}
    </>
  );
}

function anchorOf(grid: HTMLElement | null, key: string): MenuAnchor {
  const box = grid?.querySelector(`[data-key="${CSS.escape(key)}"]`)?.getBoundingClientRect();
  return { x: (box?.left ?? 0) + 60, y: box?.bottom ?? 0 };
}

function Head() {
  return (
    <div className="grid__head" role="row">
      <div role="columnheader">
        <span className="unseen">{t('containers:columns.select')}</span>
      </div>
      <SortHead sortKey="state" label={t('containers:columns.state')} />
      <SortHead sortKey="name" label={t('containers:columns.name')} />
      <SortHead sortKey="image" label={t('containers:columns.image')} />
      <div role="columnheader">{t('containers:columns.ports')}</div>
      <div role="columnheader" className="row__usage-head">{t('stats:cpu')}</div>
      <div role="columnheader" className="row__usage-head">{t('stats:memory')}</div>
      <SortHead sortKey="age" label={t('containers:columns.age')} />
      <div role="columnheader">
        <span className="unseen">{t('containers:columns.actions')}</span>
      </div>
    </div>
  );
}

function SortHead({ sortKey, label }: { sortKey: SortKey; label: string }) {
  const sort = useContainerList((state) => state.sort);
  const isSorted = sort.key === sortKey;
  return (
    <div role="columnheader" aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" title={t('containers:sortBy', { column: label })} onClick={() => toggleSort(sortKey)}>
        {label}
        {isSorted && (sort.descending ? <ArrowDown {...icon} /> : <ArrowUp {...icon} />)}
      </button>
    </div>
  );
}

function GroupRow({ row, isActive, onActivate }: { row: Extract<FlatRow, { kind: 'group' }>; isActive: boolean; onActivate(): void }) {
  const { group, isFolded, key } = row;
  return (
    <div
      className="group-row"
      role="row"
      aria-level={1}
      aria-expanded={!isFolded}
      tabIndex={isActive ? 0 : -1}
      data-key={key}
      onClick={() => {
        onActivate();
        setFolded(key, !isFolded);
      }}
    >
      <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
      <strong role="gridcell" className="isolated">
        {group.project ?? t('containers:noProject')}
      </strong>
      {group.composeFile !== undefined && (
        <code role="gridcell" className="cut isolated" title={group.composeFile}>
          {shortenHome(group.composeFile)}
        </code>
      )}
      <small role="gridcell" className="numbers">
        {t('containers:groupRunning', { running: group.running, total: group.total })}
        <GroupUsage ids={group.members.map(({ id }) => id)} />
      </small>
    </div>
  );
}
