import { ArrowDown, ArrowUp, Copy, Download, Ellipsis, Eraser, FolderOpen, Trash2 } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import { IconButton } from '../../components/controls/button.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { RowList, type RowListHandle } from '../../components/layout/row-list.tsx';
import { Menu, type MenuAnchor, type MenuItem } from '../../components/overlay/menu.tsx';
import { formatCreated } from '../../format/age.ts';
import { formatBytes } from '../../format/bytes.ts';
import { hasNoModifier } from '../../format/keys.ts';
import { plainName } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { backUpVolume, useVolumes } from '../../stores/volumes.ts';
import { useClock } from '../../stores/window/clock.ts';
import { formatRoute, go } from '../../stores/window/navigation.ts';
import type { VolumeRow, VolumeSort } from './volume-rows.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface VolumeTableProps {
  rows: readonly VolumeRow[];
  sort: { key: VolumeSort; isDescending: boolean };
  onSort(key: VolumeSort): void;
  onAsk(kind: 'remove' | 'empty', row: VolumeRow): void;
}

const browse = ({ name }: VolumeRow): void => go({ page: 'volume', id: name, tab: 'files' });

export function VolumeTable({ rows, sort, onSort, onAsk }: VolumeTableProps) {
  const grid = useRef<HTMLDivElement>(null);
  const list = useRef<RowListHandle>(null);
  const [activeName, setActiveName] = useState<string>();
  const [menu, setMenu] = useState<{ row: VolumeRow; anchor: MenuAnchor }>();
  const active = rows.find(({ name }) => name === activeName) ?? rows[0];

  function activate(index: number): void {
    const at = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[at];
    if (row === undefined) return;
    setActiveName(row.name);
    list.current?.scrollTo(at);
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.name)}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (active === undefined || !hasNoModifier(event) || event.shiftKey) return;
    if (event.target instanceof HTMLElement && event.target.dataset.key === undefined && (event.key === 'Enter' || event.key === ' ')) return;
    const index = rows.indexOf(active);
    const targets: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1, PageDown: index + 10, PageUp: index - 10 };
    const target = targets[event.key];
    if (target !== undefined) activate(target);
    else if (event.key === 'Enter') browse(active);
    else if (event.key === 'Delete' || event.key === 'Backspace') onAsk('remove', active);
    else if (event.key === 'b') void backUpVolume(active.name);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const items = (row: VolumeRow): MenuItem[] => [
    { label: t('volumes:menu.browse'), icon: <FolderOpen {...icon} />, keys: 'enter', pick: () => browse(row) },
    { label: t('volumes:menu.backup'), icon: <Download {...icon} />, keys: 'B', pick: () => void backUpVolume(row.name) },
    { label: t('volumes:menu.copyName'), icon: <Copy {...icon} />, divided: true, pick: () => void navigator.clipboard.writeText(row.name) },
    { label: t('volumes:menu.empty'), icon: <Eraser {...icon} />, danger: true, divided: true, pick: () => onAsk('empty', row) },
    { label: t('volumes:menu.remove'), icon: <Trash2 {...icon} />, keys: 'backspace', danger: true, pick: () => onAsk('remove', row) },
  ];
  const head = (key: VolumeSort, label: string, className = '') => (
    <div role="columnheader" className={className} aria-sort={sort.key === key ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" title={t('common:sortBy', { column: label })} onClick={() => onSort(key)}>
        {label}
        {sort.key === key && (sort.isDescending ? <ArrowDown size={12} aria-hidden="true" /> : <ArrowUp size={12} aria-hidden="true" />)}
      </button>
    </div>
  );

  return (
    <>
      <div ref={grid} className="grid volume-grid" role="grid" aria-label={t('volumes:page')} aria-rowcount={rows.length + 1} data-region="list" onKeyDown={onKeyDown}>
        <div className="grid__head" role="row">
          {head('name', t('volumes:columns.name'))}
          {head('users', t('volumes:columns.users'))}
          {head('size', t('volumes:columns.size'), 'right')}
          {head('created', t('volumes:columns.created'), 'volume-row__created')}
          <div role="columnheader">
            <span className="unseen">{t('common:actions')}</span>
          </div>
        </div>
        <RowList items={rows} keyOf={({ name }) => name} heightOf={() => 36} ref={list}>
          {(row) => <VolumeLine row={row} isActive={row === active} onFocus={() => setActiveName(row.name)} onMenu={(anchor) => setMenu({ row, anchor })} />}
        </RowList>
      </div>
      {menu !== undefined && <Menu label={t('common:more', { name: menu.row.name })} anchor={menu.anchor} items={items(menu.row)} onClose={() => setMenu(undefined)} />}
    </>
  );
}

function VolumeLine({ row, isActive, onFocus, onMenu }: { row: VolumeRow; isActive: boolean; onFocus(): void; onMenu(anchor: MenuAnchor): void }) {
  const created = useClock(({ now }) => formatCreated(row.created, now));
  const isPending = useVolumes(({ pending }) => pending[row.name] !== undefined);
  const tabIndex = isActive ? 0 : -1;
  const [user, ...others] = row.users;
  const name = plainName(row.name);
  return (
    <div
      className="volume-row"
      role="row"
      aria-busy={isPending}
      tabIndex={tabIndex}
      data-key={row.name}
      onFocus={onFocus}
      onDoubleClick={() => browse(row)}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      <span role="gridcell" className="volume-row__name">
        {isPending && <StateGlyph shape="working" />}
        <a className="cut isolated" href={formatRoute({ page: 'volume', id: row.name, tab: 'files' })} tabIndex={tabIndex}>
          {row.isAnonymous ? <code>{name.slice(0, 12)}…</code> : name}
        </a>
        {row.isAnonymous && <small>{t('volumes:anonymous')}</small>}
        {row.mounts !== '' && <small className="cut isolated">{t('volumes:mounted', { what: plainName(row.mounts) })}</small>}
      </span>
      <span role="gridcell" className="volume-row__users cut">
        {user === undefined ? (
          <small>{t('volumes:nobody')}</small>
        ) : (
          <>
            <a className="cut isolated" href={formatRoute({ page: 'container', id: user.id, tab: 'overview' })} tabIndex={tabIndex}>
              {user.name}
            </a>
            {others.length > 0 && <small>{t('volumes:moreUsers', { count: others.length })}</small>}
          </>
        )}
      </span>
      <span role="gridcell" className="right numbers">
        {row.size === undefined ? '–' : formatBytes(row.size)}
      </span>
      <span role="gridcell" className="volume-row__created">
        {created}
      </span>
      <span role="gridcell" className="volume-row__actions">
        <IconButton label={t('volumes:browse', { name })} tabIndex={tabIndex} onClick={() => browse(row)}>
          <FolderOpen {...icon} />
        </IconButton>
        <IconButton
          label={t('common:more', { name })}
          tabIndex={tabIndex}
          aria-haspopup="menu"
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            onMenu({ x: box.right - 190, y: box.bottom + 4 });
          }}
        >
          <Ellipsis {...icon} />
        </IconButton>
      </span>
    </div>
  );
}
