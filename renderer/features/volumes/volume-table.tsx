import { Copy, Download, Ellipsis, Eraser, FolderOpen, Trash2 } from 'lucide-react';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { IconButton } from '../../components/controls/button.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { Menu, type MenuAnchor, type MenuItem } from '../../components/overlay/menu.tsx';
import { DataTable } from '../../components/table/data-table.tsx';
import { UsersCell } from '../../components/table/users-cell.tsx';
import type { Column, Selection, Sort } from '../../components/table/table-types.ts';
import { formatCreated } from '../../format/age.ts';
import { formatBytes } from '../../format/bytes.ts';
import { hasNoModifier } from '../../format/keys.ts';
import { plainName } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { useVolumes } from '../../stores/volumes.ts';
import { useClock } from '../../stores/window/clock.ts';
import { formatRoute, go } from '../../stores/window/navigation.ts';
import type { VolumeRow } from './volume-rows.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export type VolumeWish = 'remove' | 'empty' | 'backup';

export interface VolumeTableProps {
  /** By name. */
  rows: readonly VolumeRow[];
  sort: Sort;
  onSort(sort: Sort): void;
  selection: Selection;
  onAsk(wish: VolumeWish, rows: readonly VolumeRow[]): void;
}

const browse = ({ name }: VolumeRow): void => go({ page: 'volume', id: name, tab: 'files' });
const nameOf = ({ name }: VolumeRow): string => name;

export function VolumeTable({ rows, sort, onSort, selection, onAsk }: VolumeTableProps) {
  const [menu, setMenu] = useState<{ row: VolumeRow; anchor: MenuAnchor }>();
  const pending = useVolumes((state) => state.pending);
  const columns = useMemo(() => columnsOf((row, anchor) => setMenu({ row, anchor })), []);

  const items = (row: VolumeRow): MenuItem[] => [
    { label: t('volumes:menu.browse'), icon: <FolderOpen {...icon} />, keys: 'enter', pick: () => browse(row) },
    { label: t('volumes:menu.backup'), icon: <Download {...icon} />, keys: 'B', pick: () => onAsk('backup', [row]) },
    { label: t('volumes:menu.copyName'), icon: <Copy {...icon} />, divided: true, pick: () => void navigator.clipboard.writeText(row.name) },
    { label: t('volumes:menu.empty'), icon: <Eraser {...icon} />, danger: true, divided: true, pick: () => onAsk('empty', [row]) },
    { label: t('volumes:menu.remove'), icon: <Trash2 {...icon} />, keys: 'backspace', danger: true, pick: () => onAsk('remove', [row]) },
  ];

  function onRowKey(event: KeyboardEvent, chosen: readonly VolumeRow[]): boolean {
    if (chosen.length === 0 || !hasNoModifier(event) || event.shiftKey) return false;
    if (event.key === 'Delete' || event.key === 'Backspace') onAsk('remove', chosen);
    else if (event.key === 'b') onAsk('backup', chosen);
    else return false;
    return true;
  }

  return (
    <>
      <DataTable label={t('volumes:page')} rows={rows} keyOf={nameOf} nameOf={({ name }) => plainName(name)} columns={columns} sort={sort} onSort={onSort} selection={selection} onOpen={browse} menuOf={items} onRowKey={onRowKey} isBusy={({ name }) => pending[name] !== undefined} />
      {menu !== undefined && <Menu label={t('common:more', { name: menu.row.name })} anchor={menu.anchor} items={items(menu.row)} onClose={() => setMenu(undefined)} />}
    </>
  );
}

function columnsOf(onMenu: (row: VolumeRow, anchor: MenuAnchor) => void): Column<VolumeRow>[] {
  return [
    { id: 'name', label: t('volumes:columns.name'), width: 'minmax(0, 1.4fr)', sortBy: nameOf, cell: (row, { tabIndex }) => <NameCell row={row} tabIndex={tabIndex} /> },
    { id: 'users', label: t('volumes:columns.users'), width: 'minmax(0, 1fr)', sortBy: ({ users }) => -users.length, cell: ({ users }, { tabIndex }) => <UsersCell users={users.map(userOf)} nobody={t('volumes:nobody')} more={(count) => t('volumes:moreUsers', { count })} tabIndex={tabIndex} /> },
    { id: 'size', label: t('volumes:columns.size'), width: '84px', isNumber: true, sortBy: ({ size }) => size ?? -1, cell: ({ size }) => (size === undefined ? '–' : formatBytes(size)) },
    { id: 'created', label: t('volumes:columns.created'), width: '92px', hiddenBelow: 640, sortBy: ({ created }) => -created, cell: (row) => <CreatedCell row={row} /> },
    {
      id: 'actions',
      label: t('common:actions'),
      width: '60px',
      narrowWidth: '0px',
      hidesLabel: true,
      cell: (row, { tabIndex }) => (
        <span className="data-table__actions">
          <IconButton label={t('volumes:browse', { name: plainName(row.name) })} tabIndex={tabIndex} onClick={() => browse(row)}>
            <FolderOpen {...icon} />
          </IconButton>
          <IconButton
            label={t('common:more', { name: plainName(row.name) })}
            tabIndex={tabIndex}
            aria-haspopup="menu"
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              onMenu(row, { x: box.right - 190, y: box.bottom + 4 });
            }}
          >
            <Ellipsis {...icon} />
          </IconButton>
        </span>
      ),
    },
  ];
}

function NameCell({ row, tabIndex }: { row: VolumeRow; tabIndex: number }) {
  const isPending = useVolumes(({ pending }) => pending[row.name] !== undefined);
  const name = plainName(row.name);
  return (
    <span className="volume-row__name">
      {isPending && <StateGlyph shape="working" />}
      <a className="cut isolated" href={formatRoute({ page: 'volume', id: row.name, tab: 'files' })} tabIndex={tabIndex}>
        {row.isAnonymous ? <code>{name.slice(0, 12)}…</code> : name}
      </a>
      {row.isAnonymous && <small>{t('volumes:anonymous')}</small>}
      {row.mounts !== '' && <small className="cut isolated">{t('volumes:mounted', { what: plainName(row.mounts) })}</small>}
    </span>
  );
}

const userOf = ({ id, name, destination }: VolumeRow['users'][number]) => ({ key: `${id}${destination}`, name, href: formatRoute({ page: 'container', id, tab: 'overview' }) });

function CreatedCell({ row }: { row: VolumeRow }) {
  const created = useClock(({ now }) => formatCreated(row.created, now));
  return <span className="volume-row__created">{created}</span>;
}
