import { Copy, Download, Ellipsis, Layers, Play, Save, Tag, Trash2, Upload } from 'lucide-react';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { IconButton } from '../../components/controls/button.tsx';
import { SizeBar } from '../../components/chart/size-bar.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { Menu, type MenuAnchor, type MenuItem } from '../../components/overlay/menu.tsx';
import { DataTable } from '../../components/table/data-table.tsx';
import { UsersCell } from '../../components/table/users-cell.tsx';
import type { Column, Selection, Sort } from '../../components/table/table-types.ts';
import { formatCreated } from '../../format/age.ts';
import { formatBytes } from '../../format/bytes.ts';
import { hasNoModifier } from '../../format/keys.ts';
import type { ContainerView } from '../../format/engine/container.ts';
import { shownState } from '../../format/engine/row-state.ts';
import { t } from '../../i18n/i18n.ts';
import { saveImages } from '../../stores/image-actions.ts';
import { useImages } from '../../stores/images.ts';
import { pullImage } from '../../stores/pulls.ts';
import { useClock } from '../../stores/window/clock.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { formatRoute, go } from '../../stores/window/navigation.ts';
import type { ImageRow } from './image-rows.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

const open = (row: ImageRow): void => go({ page: 'image', id: row.reference, tab: 'layers' });
const run = (row: ImageRow): void => go({ page: 'run', image: row.reference });
const nameOf = (row: ImageRow): string => `${row.name}${row.tag}`;
const keyOf = ({ key }: ImageRow): string => key;

export interface ImageTableProps {
  /** By name. */
  rows: readonly ImageRow[];
  sort: Sort;
  onSort(sort: Sort): void;
  selection: Selection;
  onRemove(rows: readonly ImageRow[]): void;
}

export function ImageTable({ rows, sort, onSort, selection, onRemove }: ImageTableProps) {
  const [menu, setMenu] = useState<{ row: ImageRow; anchor: MenuAnchor }>();
  const removing = useImages((state) => state.removing);
  const largest = useMemo(() => Math.max(1, ...rows.map(({ size }) => size)), [rows]);
  const columns = useMemo(() => columnsOf(largest, (row, anchor) => setMenu({ row, anchor })), [largest]);
  const items = (row: ImageRow): MenuItem[] => menuItems(row, () => onRemove([row]));

  function onRowKey(event: KeyboardEvent, chosen: readonly ImageRow[]): boolean {
    const [first] = chosen;
    if (first === undefined || !hasNoModifier(event) || event.shiftKey) return false;
    if (event.key === 'Delete' || event.key === 'Backspace') onRemove(chosen);
    else if (event.key.toLowerCase() === 'r') run(first);
    else return false;
    return true;
  }

  return (
    <>
      <DataTable
        label={t('images:list')}
        rows={rows}
        keyOf={keyOf}
        nameOf={nameOf}
        columns={columns}
        sort={sort}
        onSort={onSort}
        selection={selection}
        onOpen={open}
        menuOf={items}
        onRowKey={onRowKey}
        isBusy={({ reference }) => removing[reference] === true}
      />
      {menu !== undefined && <Menu label={t('images:more', { name: menu.row.name })} anchor={menu.anchor} items={items(menu.row)} onClose={() => setMenu(undefined)} />}
    </>
  );
}

function menuItems(row: ImageRow, onRemove: () => void): MenuItem[] {
  return [
    { label: t('images:menu.run'), icon: <Play {...icon} />, keys: 'R', pick: () => run(row) },
    { label: t('images:menu.layers'), icon: <Layers {...icon} />, keys: 'enter', pick: () => open(row) },
    ...(row.isTagged ? [{ label: t('images:menu.pullAgain'), icon: <Download {...icon} />, pick: () => void pullImage(row.reference) }] : []),
    { label: t('images:menu.tag'), icon: <Tag {...icon} />, pick: () => openDialog({ kind: 'tag-image', reference: row.reference }) },
    ...(row.isTagged ? [{ label: t('images:menu.push'), icon: <Upload {...icon} />, pick: () => openDialog({ kind: 'push-image', reference: row.reference }) }] : []),
    { label: t('images:menu.save'), icon: <Save {...icon} />, pick: () => saveImages([row.reference]) },
    { label: t('images:menu.copyName'), icon: <Copy {...icon} />, divided: true, pick: () => void navigator.clipboard.writeText(row.reference) },
    { label: t('images:menu.copyId'), icon: <Copy {...icon} />, pick: () => void navigator.clipboard.writeText(row.id) },
    { label: t('images:menu.remove'), icon: <Trash2 {...icon} />, keys: 'backspace', danger: true, divided: true, pick: onRemove },
  ];
}

function columnsOf(largest: number, onMenu: (row: ImageRow, anchor: MenuAnchor) => void): Column<ImageRow>[] {
  return [
    // Those without a name come after those that have one.
    { id: 'image', label: t('images:columns.image'), width: 'minmax(0, 1.3fr)', sortBy: (row) => `${row.isTagged ? '' : '\uffff'}${nameOf(row)}`, cell: (row, { tabIndex }) => <NameCell row={row} tabIndex={tabIndex} /> },
    { id: 'id', label: t('images:columns.id'), width: '112px', hiddenBelow: 700, cell: ({ id }) => <code className="image-cell__id selectable">{id}</code> },
    { id: 'shares', label: t('images:columns.shares'), width: '216px', hiddenBelow: 1080, cell: (row) => <SharesCell row={row} largest={largest} /> },
    { id: 'size', label: t('images:columns.size'), width: '84px', isNumber: true, sortBy: ({ size }) => size, cell: ({ size }) => formatBytes(size) },
    { id: 'users', label: t('images:columns.usedBy'), width: 'minmax(0, 1fr)', narrowWidth: 'minmax(0, 180px)', sortBy: ({ users }) => -users.length, cell: ({ users }, { tabIndex }) => <UsersCell users={users.map(userOf)} nobody={t('images:nothing')} more={(count) => t('images:moreUsers', { count })} tabIndex={tabIndex} /> },
    { id: 'created', label: t('images:columns.created'), width: '92px', hiddenBelow: 700, sortBy: ({ created }) => -created, cell: (row) => <CreatedCell row={row} /> },
    { id: 'actions', label: t('images:columns.actions'), width: '84px', narrowWidth: '0px', hidesLabel: true, cell: (row, { tabIndex }) => <ActionsCell row={row} tabIndex={tabIndex} onMenu={onMenu} /> },
  ];
}

function NameCell({ row, tabIndex }: { row: ImageRow; tabIndex: number }) {
  const isRemoving = useImages(({ removing }) => removing[row.reference] === true);
  return (
    <span className="image-cell__name">
      {isRemoving && <StateGlyph shape="working" />}
      <a className="cut isolated" href={formatRoute({ page: 'image', id: row.reference, tab: 'layers' })} tabIndex={tabIndex}>
        {row.isTagged ? <strong>{row.name}</strong> : <span>{row.name}</span>}
        <span>{row.tag}</span>
      </a>
    </span>
  );
}

function SharesCell({ row, largest }: { row: ImageRow; largest: number }) {
  if (row.shared === undefined) return null;
  const own = row.size - row.shared;
  return (
    <span className="image-cell__shares numbers">
      <SizeBar label={t('images:shares', { own: formatBytes(own), shared: formatBytes(row.shared) })} parts={[{ kind: 'own', bytes: own }, { kind: 'shared', bytes: row.shared }]} whole={largest} />
      <small aria-hidden="true">
        {formatBytes(own)}
        {row.shared > 0 && ` + ${formatBytes(row.shared)}`}
      </small>
    </span>
  );
}

const userOf = (view: ContainerView) => ({ key: view.id, name: view.name, href: formatRoute({ page: 'container', id: view.id, tab: 'overview' }), glyph: <StateGlyph shape={shownState(view, undefined).shape} /> });

function CreatedCell({ row }: { row: ImageRow }) {
  const created = useClock(({ now }) => formatCreated(row.created, now));
  return <span className="image-cell__created">{created}</span>;
}

function ActionsCell({ row, tabIndex, onMenu }: { row: ImageRow; tabIndex: number; onMenu(row: ImageRow, anchor: MenuAnchor): void }) {
  const isRemoving = useImages(({ removing }) => removing[row.reference] === true);
  const name = nameOf(row);
  return (
    <span className="data-table__actions">
      <IconButton label={t('images:run', { name })} tabIndex={tabIndex} onClick={() => run(row)}>
        <Play {...icon} />
      </IconButton>
      <IconButton label={t('images:remove', { name })} tabIndex={tabIndex} disabled={isRemoving} onClick={() => openDialog({ kind: 'remove-image', reference: row.reference, imageId: row.id })}>
        <Trash2 {...icon} />
      </IconButton>
      <IconButton
        label={t('images:more', { name })}
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
  );
}
