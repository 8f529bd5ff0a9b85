import { ArrowDown, ArrowUp, Copy, Download, Ellipsis, Layers, Play, Save, Tag, Trash2, Upload } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { IconButton } from '../../components/controls/button.tsx';
import { SizeBar } from '../../components/chart/size-bar.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { RowList, type RowListHandle } from '../../components/layout/row-list.tsx';
import { Menu, type MenuAnchor, type MenuItem } from '../../components/overlay/menu.tsx';
import { formatCreated } from '../../format/age.ts';
import { formatBytes } from '../../format/bytes.ts';
import { hasNoModifier } from '../../format/keys.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { useClock } from '../../stores/window/clock.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { useImages } from '../../stores/images.ts';
import { formatRoute, go } from '../../stores/window/navigation.ts';
import { saveImage } from '../../stores/image-actions.ts';
import { pullImage, type Transfer } from '../../stores/pulls.ts';
import type { ImageRow, ImageSort } from './image-rows.ts';
import { t } from '../../i18n/i18n.ts';
import { TransferCard } from './transfer-card.tsx';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

const askToRemove = (row: ImageRow): void => openDialog({ kind: 'remove-image', reference: row.reference, imageId: row.id });
const open = (row: ImageRow): void => go({ page: 'image', id: row.reference, tab: 'layers' });
const run = (row: ImageRow): void => go({ page: 'run', image: row.reference });

export interface ImageTableProps {
  rows: readonly ImageRow[];
  sort: { key: ImageSort; isDescending: boolean };
  onSort(key: ImageSort): void;
  /** Pulls and loads, on top of the list where their images will land. */
  transfers: readonly Transfer[];
}

export function ImageTable({ rows, sort, onSort, transfers }: ImageTableProps) {
  const grid = useRef<HTMLDivElement>(null);
  const list = useRef<RowListHandle>(null);
  const [activeKey, setActiveKey] = useState<string>();
  const [menu, setMenu] = useState<{ row: ImageRow; anchor: MenuAnchor }>();
  const largest = useMemo(() => Math.max(1, ...rows.map(({ size }) => size)), [rows]);
  const active = rows.find(({ key }) => key === activeKey) ?? rows[0];

  function activate(index: number): void {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    setActiveKey(row.key);
    list.current?.scrollTo(rows.indexOf(row));
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (active === undefined || !hasNoModifier(event) || event.shiftKey) return;
    if (event.target instanceof HTMLElement && event.target.dataset.key === undefined && (event.key === 'Enter' || event.key === ' ')) return;
    const index = rows.indexOf(active);
    const targets: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1, PageDown: index + 10, PageUp: index - 10 };
    const target = targets[event.key];
    if (target !== undefined) activate(target);
    else if (event.key === 'Enter') open(active);
    else if (event.key.toLowerCase() === 'r') run(active);
    else if (event.key === 'Delete' || event.key === 'Backspace') askToRemove(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <>
      <div
        ref={grid}
        className="grid image-grid"
        role="grid"
        aria-label={t('images:list')}
        aria-rowcount={rows.length + 1}
        data-region="list"
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          const key = event.target.closest<HTMLElement>('[data-key]')?.dataset.key;
          if (key !== undefined) setActiveKey(key);
        }}
      >
        <div className="grid__head" role="row">
          <div role="columnheader">
            <span className="unseen">{t('images:columns.state')}</span>
          </div>
          <SortHead sortKey="image" label={t('images:columns.image')} sort={sort} onSort={onSort} />
          <div role="columnheader">{t('images:columns.id')}</div>
          <div role="columnheader" className="image-row__shares">
            {t('images:columns.shares')}
          </div>
          <SortHead sortKey="size" label={t('images:columns.size')} sort={sort} onSort={onSort} isRight />
          <div role="columnheader" className="image-row__users">
            {t('images:columns.usedBy')}
          </div>
          <SortHead sortKey="created" label={t('images:columns.created')} sort={sort} onSort={onSort} />
          <div role="columnheader">
            <span className="unseen">{t('images:columns.actions')}</span>
          </div>
        </div>
        {transfers.map((transfer) => (
          <div key={transfer.key} role="row">
            <div role="gridcell">
              <TransferCard transfer={transfer} />
            </div>
          </div>
        ))}
        <RowList items={rows} keyOf={(row) => row.key} heightOf={() => 36} ref={list}>
          {(row) => <ImageLine row={row} largest={largest} isActive={row === active} onMenu={(anchor) => setMenu({ row, anchor })} />}
        </RowList>
      </div>
      {menu !== undefined && <Menu label={t('images:more', { name: menu.row.name })} anchor={menu.anchor} items={menuItems(menu.row)} onClose={() => setMenu(undefined)} />}
    </>
  );
}

function menuItems(row: ImageRow): MenuItem[] {
  return [
    { label: t('images:menu.run'), icon: <Play {...icon} />, keys: 'R', pick: () => run(row) },
    { label: t('images:menu.layers'), icon: <Layers {...icon} />, keys: 'enter', pick: () => open(row) },
    ...(row.isTagged ? [{ label: t('images:menu.pullAgain'), icon: <Download {...icon} />, pick: () => void pullImage(row.reference) }] : []),
    { label: t('images:menu.tag'), icon: <Tag {...icon} />, pick: () => openDialog({ kind: 'tag-image', reference: row.reference }) },
    ...(row.isTagged ? [{ label: t('images:menu.push'), icon: <Upload {...icon} />, pick: () => openDialog({ kind: 'push-image', reference: row.reference }) }] : []),
    { label: t('images:menu.save'), icon: <Save {...icon} />, pick: () => saveImage(row.reference) },
    { label: t('images:menu.copyName'), icon: <Copy {...icon} />, divided: true, pick: () => void navigator.clipboard.writeText(row.reference) },
    { label: t('images:menu.copyId'), icon: <Copy {...icon} />, pick: () => void navigator.clipboard.writeText(row.id) },
    { label: t('images:menu.remove'), icon: <Trash2 {...icon} />, keys: 'backspace', danger: true, divided: true, pick: () => askToRemove(row) },
  ];
}

function SortHead({ sortKey, label, sort, onSort, isRight = false }: { sortKey: ImageSort; label: string; sort: ImageTableProps['sort']; onSort(key: ImageSort): void; isRight?: boolean }) {
  const isSorted = sort.key === sortKey;
  return (
    <div role="columnheader" className={isRight ? 'right' : undefined} aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" title={t('images:sortBy', { column: label })} onClick={() => onSort(sortKey)}>
        {label}
        {isSorted && (sort.isDescending ? <ArrowDown size={12} aria-hidden="true" /> : <ArrowUp size={12} aria-hidden="true" />)}
      </button>
    </div>
  );
}

function ImageLine({ row, largest, isActive, onMenu }: { row: ImageRow; largest: number; isActive: boolean; onMenu(anchor: MenuAnchor): void }) {
  const created = useClock(({ now }) => formatCreated(row.created, now));
  const isRemoving = useImages(({ removing }) => removing[row.reference] === true);
  const tabIndex = isActive ? 0 : -1;
  const full = `${row.name}${row.tag}`;
  const [user, ...others] = row.users;

  function openMenu(event: MouseEvent<HTMLElement>): void {
    const box = event.currentTarget.getBoundingClientRect();
    onMenu({ x: box.right - 190, y: box.bottom + 4 });
  }

  return (
    <div
      className="image-row"
      role="row"
      aria-busy={isRemoving}
      tabIndex={tabIndex}
      data-key={row.key}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      <span role="gridcell">{isRemoving && <StateGlyph shape="working" />}</span>
      <span role="gridcell" className="image-row__name cut isolated" title={full}>
        <a href={formatRoute({ page: 'image', id: row.reference, tab: 'layers' })} tabIndex={tabIndex}>
          {row.isTagged ? <strong>{row.name}</strong> : <span>{row.name}</span>}
          <span>{row.tag}</span>
        </a>
      </span>
      <span role="gridcell">
        <code className="selectable">{row.id}</code>
      </span>
      <span role="gridcell" className="image-row__shares numbers">
        {row.shared !== undefined && (
          <>
            <SizeBar label={t('images:shares', { own: formatBytes(row.size - row.shared), shared: formatBytes(row.shared) })} parts={[{ kind: 'own', bytes: row.size - row.shared }, { kind: 'shared', bytes: row.shared }]} whole={largest} />
            <small aria-hidden="true">
              {formatBytes(row.size - row.shared)}
              {row.shared > 0 && ` + ${formatBytes(row.shared)}`}
            </small>
          </>
        )}
      </span>
      <span role="gridcell" className="image-row__size numbers">
        {formatBytes(row.size)}
      </span>
      <span role="gridcell" className="image-row__users cut">
        {user === undefined ? (
          <small>{t('images:nothing')}</small>
        ) : (
          <>
            <StateGlyph shape={shownState(user, undefined).shape} />
            <a className="cut isolated" href={formatRoute({ page: 'container', id: user.id, tab: 'overview' })} tabIndex={tabIndex}>
              {user.name}
            </a>
            {others.length > 0 && <small>{t('images:moreUsers', { count: others.length })}</small>}
          </>
        )}
      </span>
      <span role="gridcell" className="image-row__created">
        {created}
      </span>
      <span role="gridcell" className="image-row__actions">
        <IconButton label={t('images:run', { name: full })} tabIndex={tabIndex} onClick={() => run(row)}>
          <Play {...icon} />
        </IconButton>
        <IconButton label={t('images:remove', { name: full })} tabIndex={tabIndex} disabled={isRemoving} onClick={() => askToRemove(row)}>
          <Trash2 {...icon} />
        </IconButton>
        <IconButton label={t('images:more', { name: full })} tabIndex={tabIndex} aria-haspopup="menu" onClick={openMenu}>
          <Ellipsis {...icon} />
        </IconButton>
      </span>
    </div>
  );
}
