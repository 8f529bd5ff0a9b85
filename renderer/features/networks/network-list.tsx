import { Copy, Link2, Trash2 } from 'lucide-react';
import { useMemo, type KeyboardEvent } from 'react';
import { IconButton } from '../../components/controls/button.tsx';
import type { MenuItem } from '../../components/overlay/menu.tsx';
import { DataTable } from '../../components/table/data-table.tsx';
import type { Column, Selection, Sort } from '../../components/table/table-types.ts';
import type { NetworkView } from '../../format/engine/network.ts';
import { hasNoModifier } from '../../format/keys.ts';
import { t } from '../../i18n/i18n.ts';
import { formatRoute } from '../../stores/window/navigation.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface NetworkListProps {
  /** In the order where nothing is sorted. */
  views: readonly NetworkView[];
  sort: Sort;
  onSort(sort: Sort): void;
  selection: Selection;
  onPick(id: string): void;
  onRemove(views: readonly NetworkView[]): void;
  onConnect(id: string): void;
}

const idOf = ({ id }: NetworkView): string => id;
const canConnect = ({ driver }: NetworkView): boolean => driver !== 'host' && driver !== 'null';

export function NetworkList({ views, sort, onSort, selection, onPick, onRemove, onConnect }: NetworkListProps) {
  const columns = useMemo(() => columnsOf(onConnect, onRemove), [onConnect, onRemove]);
  const items = (view: NetworkView): MenuItem[] => [
    ...(canConnect(view) ? [{ label: t('networks:connectTo', { name: view.name }), icon: <Link2 {...icon} />, pick: () => onConnect(view.id) }] : []),
    { label: t('networks:copyName'), icon: <Copy {...icon} />, pick: () => void navigator.clipboard.writeText(view.name) },
    ...(view.isBuiltIn ? [] : [{ label: t('networks:removeName', { name: view.name }), icon: <Trash2 {...icon} />, keys: 'backspace', danger: true, divided: true, pick: () => onRemove([view]) }]),
  ];

  function onRowKey(event: KeyboardEvent, chosen: readonly NetworkView[]): boolean {
    if (!hasNoModifier(event) || event.shiftKey || (event.key !== 'Delete' && event.key !== 'Backspace')) return false;
    onRemove(chosen);
    return true;
  }

  return <DataTable label={t('networks:page')} rows={views} keyOf={idOf} nameOf={({ name }) => name} columns={columns} sort={sort} onSort={onSort} selection={selection} onOpen={({ id }) => onPick(id)} menuOf={items} onRowKey={onRowKey} />;
}

function columnsOf(onConnect: (id: string) => void, onRemove: (views: readonly NetworkView[]) => void): Column<NetworkView>[] {
  return [
    {
      id: 'name',
      label: t('networks:columns.name'),
      width: 'minmax(0, 1.2fr)',
      // The engine's own come after those that a person made.
      sortBy: ({ isBuiltIn, name }) => `${isBuiltIn ? '\uffff' : ''}${name}`,
      cell: (view) => (
        <span className="cut isolated">
          <strong>{view.name}</strong> {view.isBuiltIn && <small>{t('networks:builtIn')}</small>} {view.isInternal && <small>{t('networks:internal')}</small>}
        </span>
      ),
    },
    { id: 'driver', label: t('networks:columns.driver'), width: '84px', hiddenBelow: 560, sortBy: ({ driver }) => driver, cell: ({ driver }) => <span className="isolated">{driver}</span> },
    { id: 'subnet', label: t('networks:columns.subnet'), width: 'minmax(0, 1fr)', sortBy: ({ subnets }) => subnets[0] ?? '', cell: ({ subnets }) => <code className="network-cell__subnet cut selectable">{subnets.join(', ') || '–'}</code> },
    { id: 'attached', label: t('networks:columns.attached'), width: 'minmax(0, 1.2fr)', sortBy: ({ attached }) => -attached.length, cell: (view, { tabIndex }) => <Attached view={view} tabIndex={tabIndex} /> },
    {
      id: 'actions',
      label: t('common:actions'),
      width: '60px',
      narrowWidth: '0px',
      hidesLabel: true,
      cell: (view, { tabIndex }) => (
        <span className="data-table__actions">
          {canConnect(view) && (
            <IconButton label={t('networks:connectTo', { name: view.name })} tabIndex={tabIndex} onClick={() => onConnect(view.id)}>
              <Link2 {...icon} />
            </IconButton>
          )}
          {!view.isBuiltIn && (
            <IconButton label={t('networks:removeName', { name: view.name })} tabIndex={tabIndex} onClick={() => onRemove([view])}>
              <Trash2 {...icon} />
            </IconButton>
          )}
        </span>
      ),
    },
  ];
}

const shownAtMost = 3;

function Attached({ view, tabIndex }: { view: NetworkView; tabIndex: 0 | -1 }) {
  if (view.attached.length === 0) return <span className="network-cell__none">{t('networks:nobody')}</span>;
  const more = view.attached.length - shownAtMost;
  return (
    <span className="network-cell__attached cut isolated">
      {view.attached.slice(0, shownAtMost).map(({ container }) => (
        <a key={container.id} href={formatRoute({ page: 'container', id: container.name, tab: 'overview' })} tabIndex={tabIndex}>
          {container.name}
        </a>
      ))}
      {more > 0 && <small>{t('networks:more', { count: more })}</small>}
    </span>
  );
}
