import { ArrowDown, ArrowUp, Ellipsis, File, FileSymlink, Folder, FolderSymlink, Plug } from 'lucide-react';
import { useRef, type KeyboardEvent } from 'react';
import type { FileEntry, FileOrder } from '../../../contract/engine-api/files.ts';
import { formatBytes } from '../../format/bytes.ts';
import { modeText } from '../../format/files/paths.ts';
import { hasNoModifier } from '../../format/keys.ts';
import { plainName } from '../../format/sentence.ts';
import { formatMoment } from '../../i18n/intl.ts';
import { t } from '../../i18n/i18n.ts';
import { IconButton } from '../controls/button.tsx';
import { RowList, type RowListHandle } from '../layout/row-list.tsx';
import type { MenuAnchor } from '../overlay/menu.tsx';

export interface FileTableProps {
  label: string;
  entries: readonly FileEntry[];
  order: { sort: FileOrder; descending: boolean };
  chosen: string | undefined;
  onOrder(sort: FileOrder): void;
  onChoose(name: string): void;
  onOpen(entry: FileEntry): void;
  onMenu(entry: FileEntry, anchor: MenuAnchor): void;
}

export function FileTable({ label, entries, order, chosen, onOrder, onChoose, onOpen, onMenu }: FileTableProps) {
  const grid = useRef<HTMLDivElement>(null);
  const list = useRef<RowListHandle>(null);
  const active = entries.find(({ Name }) => Name === chosen) ?? entries[0];

  function activate(index: number): void {
    const at = Math.max(0, Math.min(entries.length - 1, index));
    const next = entries[at];
    if (next === undefined) return;
    onChoose(next.Name);
    list.current?.scrollTo(at);
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(next.Name)}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (active === undefined || !hasNoModifier(event) || event.shiftKey) return;
    if (event.target instanceof HTMLElement && event.target.dataset.key === undefined && (event.key === 'Enter' || event.key === ' ')) return;
    const index = entries.indexOf(active);
    const targets: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: entries.length - 1, PageDown: index + 10, PageUp: index - 10 };
    const target = targets[event.key];
    if (target !== undefined) activate(target);
    else if (event.key === 'Enter' || event.key === 'ArrowRight') onOpen(active);
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const box = (event.target as HTMLElement).getBoundingClientRect();
      onMenu(active, { x: box.left + 40, y: box.bottom });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const head = (sort: FileOrder, text: string, className: string) => (
    <div role="columnheader" className={className} aria-sort={order.sort === sort ? (order.descending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" aria-label={t('common:sortBy', { column: text })} data-tip={t('common:sortBy', { column: text })} onClick={() => onOrder(sort)}>
        {text}
        {order.sort === sort && (order.descending ? <ArrowDown size={12} aria-hidden="true" /> : <ArrowUp size={12} aria-hidden="true" />)}
      </button>
    </div>
  );

  return (
    <div ref={grid} className="grid file-grid" role="grid" aria-label={label} aria-rowcount={entries.length + 1} onKeyDown={onKeyDown}>
      <div className="grid__head" role="row">
        {head('name', t('files:columns.name'), '')}
        {head('size', t('files:columns.size'), 'right')}
        {head('modified', t('files:columns.modified'), 'file-row__modified')}
        <div role="columnheader" className="file-row__mode">
          {t('files:columns.mode')}
        </div>
        <div role="columnheader" className="file-row__owner">
          {t('files:columns.owner')}
        </div>
        <div role="columnheader">
          <span className="unseen">{t('common:actions')}</span>
        </div>
      </div>
      <RowList items={entries} keyOf={(entry) => entry.Name} heightOf={() => 32} ref={list}>
        {(entry) => (
          <div
            className="file-row"
            role="row"
            aria-selected={entry.Name === chosen}
            tabIndex={entry === active ? 0 : -1}
            data-key={entry.Name}
            onClick={() => onChoose(entry.Name)}
            onDoubleClick={() => onOpen(entry)}
            onContextMenu={(event) => {
              event.preventDefault();
              onChoose(entry.Name);
              onMenu(entry, { x: event.clientX, y: event.clientY });
            }}
          >
            <span role="gridcell" className="file-row__name cut isolated">
              <KindIcon entry={entry} />
              <span className="cut">{plainName(entry.Name)}</span>
              {entry.Kind === 'link' && <small className="cut">→ {plainName(entry.Target)}</small>}
              {!entry.NameIsText && <small>{t('files:notText')}</small>}
            </span>
            <span role="gridcell" className="right numbers">
              {entry.Kind === 'file' ? formatBytes(entry.Size) : ''}
            </span>
            <span role="gridcell" className="file-row__modified numbers">
              {formatMoment(new Date(entry.Modified))}
            </span>
            <span role="gridcell" className="file-row__mode">
              <code>{modeText(entry.Mode, entry.Kind)}</code>
            </span>
            <span role="gridcell" className="file-row__owner cut isolated">
              {plainName(entry.User || String(entry.Uid))}:{plainName(entry.Group || String(entry.Gid))}
            </span>
            <span role="gridcell">
              <IconButton
                label={t('common:more', { name: plainName(entry.Name) })}
                tabIndex={entry === active ? 0 : -1}
                aria-haspopup="menu"
                onClick={(event) => {
                  event.stopPropagation();
                  const box = event.currentTarget.getBoundingClientRect();
                  onMenu(entry, { x: box.right - 190, y: box.bottom + 4 });
                }}
              >
                <Ellipsis size={14} strokeWidth={1.75} aria-hidden="true" />
              </IconButton>
            </span>
          </div>
        )}
      </RowList>
    </div>
  );
}

/** The drawing is for eyes, the word for screen readers. */
function KindIcon({ entry: { Kind, TargetKind } }: { entry: FileEntry }) {
  const props = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
  const draw = () => {
    if (Kind === 'folder') return <Folder {...props} />;
    if (Kind === 'link') return TargetKind === 'folder' ? <FolderSymlink {...props} /> : <FileSymlink {...props} />;
    return Kind === 'file' ? <File {...props} /> : <Plug {...props} />;
  };
  return (
    <span className={`file-row__kind file-row__kind--${Kind}`}>
      {draw()}
      <span className="unseen">{t(`files:kinds.${Kind}`)} </span>
    </span>
  );
}
