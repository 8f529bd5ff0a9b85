import { ChevronRight, CornerLeftUp, Download, FolderPlus, Pencil, RotateCw, Trash2, Upload } from 'lucide-react';
import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import type { FileEntry, FileOrder } from '../../../contract/engine-api/files.ts';
import { joinPath, crumbsOf, parentPath } from '../../format/files/paths.ts';
import type { TarItem } from '../../format/files/tar-stream.ts';
import { hasNoModifier, isTyping } from '../../format/keys.ts';
import { plainName } from '../../format/sentence.ts';
import { formatNumber } from '../../i18n/intl.ts';
import { t } from '../../i18n/i18n.ts';
import { Button, IconButton, LinkButton } from '../controls/button.tsx';
import { FilterField } from '../controls/filter-field.tsx';
import { Notice } from '../layout/notice.tsx';
import { SkeletonRows } from '../layout/skeleton.tsx';
import { Menu, type MenuAnchor, type MenuItem } from '../overlay/menu.tsx';
import { droppedItems, pickedItems } from './dropped.ts';
import { NameDialog, RemoveDialog } from './file-dialogs.tsx';
import { FilePreview } from './file-preview.tsx';
import type { FileSource } from './file-source.ts';
import { FileTable } from './file-table.tsx';
import { useFolder } from './use-folder.ts';
import './files.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

type Asked = { kind: 'folder' } | { kind: 'rename'; entry: FileEntry } | { kind: 'remove'; entry: FileEntry };

/** The files of a container or a volume: browse, look at, bring in, take out, rename, remove. */
export function FileBrowser({ source, label, note }: { source: FileSource; label: string; note?: string }) {
  const [path, setPath] = useState('/');
  const [order, setOrder] = useState<{ sort: FileOrder; descending: boolean }>({ sort: 'name', descending: false });
  const [filter, setFilter] = useState('');
  const [wanted, setWanted] = useState('');
  const [chosen, setChosen] = useState<string>();
  const [asked, setAsked] = useState<Asked>();
  const [menu, setMenu] = useState<{ entry: FileEntry; anchor: MenuAnchor }>();
  const [failure, setFailure] = useState<string>();
  const [depth, setDepth] = useState(0);
  const picker = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const folder = useFolder(source, path, order, wanted);
  const { listing } = folder;
  const entry = listing?.Entries.find(({ Name }) => Name === chosen);

  // A large folder is read for each change of the filter: not for each letter.
  useEffect(() => {
    const timer = setTimeout(() => setWanted(filter), 150);
    return () => clearTimeout(timer);
  }, [filter]);

  function enter(next: string): void {
    setPath(next);
    setFilter('');
    setWanted('');
    setChosen(undefined);
    setFailure(undefined);
    // The row that had the focus goes with its folder.
    document.querySelector<HTMLElement>('.files [data-region=list]')?.focus();
  }

  function open(one: FileEntry): void {
    if (one.Kind === 'folder' || one.TargetKind === 'folder') enter(joinPath(listing?.Path ?? path, one.Name));
    else setChosen(one.Name);
  }

  const pathOf = (one: FileEntry): string => joinPath(listing?.Path ?? path, one.Name);

  /** Does it, reads the folder again, and says in place what went wrong. */
  async function change(work: () => Promise<void>, then?: string): Promise<void> {
    setAsked(undefined);
    setFailure(undefined);
    try {
      await work();
      if (then !== undefined) setChosen(then);
    } catch (error) {
      setFailure((error as Error).message);
    }
    await folder.again();
  }

  function bring(items: readonly TarItem[]): void {
    if (listing === undefined || items.length === 0) return;
    void change(() => source.upload(listing, items), items[0]?.name.split('/')[0]);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (isTyping(event.target) || !hasNoModifier(event)) return;
    if (event.key === 'Backspace' || event.key === 'ArrowLeft') {
      if (path !== '/') enter(parentPath(listing?.Path ?? path));
    } else if (event.key === 'F2' && entry?.NameIsText === true) setAsked({ kind: 'rename', entry });
    else if (event.key === 'Delete' && entry?.NameIsText === true) setAsked({ kind: 'remove', entry });
    else if (event.key === 'n') setAsked({ kind: 'folder' });
    else if (event.key === 'u') picker.current?.click();
    else if (event.key === 'd' && entry?.NameIsText === true) source.download(pathOf(entry), entry);
    else if (event.key === '/') root.current?.querySelector<HTMLElement>('input[type=search]')?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const items = (one: FileEntry): MenuItem[] => [
    ...(one.Kind === 'folder' || one.TargetKind === 'folder' ? [{ label: t('files:open'), icon: <ChevronRight {...icon} />, keys: 'enter', pick: () => open(one) }] : []),
    { label: t('files:download'), icon: <Download {...icon} />, keys: 'D', disabled: !one.NameIsText, pick: () => source.download(pathOf(one), one) },
    { label: t('files:renameMenu'), icon: <Pencil {...icon} />, keys: 'F2', disabled: !one.NameIsText, pick: () => setAsked({ kind: 'rename', entry: one }) },
    { label: t('files:removeMenu'), icon: <Trash2 {...icon} />, keys: 'Delete', danger: true, divided: true, disabled: !one.NameIsText, pick: () => setAsked({ kind: 'remove', entry: one }) },
  ];

  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return (
    <div
      ref={root}
      className="files"
      onKeyDown={onKeyDown}
      onDragEnter={(event) => hasFiles(event) && setDepth((before) => before + 1)}
      onDragLeave={(event) => hasFiles(event) && setDepth((before) => Math.max(0, before - 1))}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        setDepth(0);
        void droppedItems(event.dataTransfer).then(bring);
      }}
    >
      <div className="files__bar" role="toolbar" aria-label={t('files:tools')} data-region="sub">
        <IconButton label={t('files:up')} disabled={path === '/'} onClick={() => enter(parentPath(listing?.Path ?? path))}>
          <CornerLeftUp {...icon} />
        </IconButton>
        <nav className="files__crumbs" aria-label={t('files:path')}>
          {crumbsOf(listing?.Path ?? path).map((crumb, index, all) => (
            <span key={crumb.path}>
              {index > 1 && <span aria-hidden="true">/</span>}
              {index === all.length - 1 ? (
                <strong className="isolated" aria-current="location">
                  {plainName(crumb.name)}
                </strong>
              ) : (
                <LinkButton className="isolated" onClick={() => enter(crumb.path)}>
                  {plainName(crumb.name)}
                </LinkButton>
              )}
            </span>
          ))}
        </nav>
        <FilterField label={t('files:filter')} value={filter} onValue={setFilter} keys="/" onLeave={() => root.current?.querySelector<HTMLElement>('[data-region=list]')?.focus()} />
        <IconButton label={t('common:readAgain')} onClick={() => void folder.again()}>
          <RotateCw {...icon} />
        </IconButton>
        <Button icon={<FolderPlus {...icon} />} disabled={listing === undefined} onClick={() => setAsked({ kind: 'folder' })}>
          {t('files:newFolder')}
        </Button>
        <Button icon={<Upload {...icon} />} disabled={listing === undefined} onClick={() => picker.current?.click()}>
          {t('files:upload')}
        </Button>
        <input
          ref={picker}
          type="file"
          hidden
          multiple
          aria-label={t('files:upload')}
          onChange={(event) => {
            bring(pickedItems(event.target.files ?? []));
            // The same file picked again must be a change again.
            event.target.value = '';
          }}
        />
      </div>
      {note !== undefined && <p className="files__note">{note}</p>}
      {failure !== undefined && (
        <p className="files__failure" role="alert">
          <span className="isolated selectable">{failure}</span> <LinkButton onClick={() => setFailure(undefined)}>{t('common:dismiss')}</LinkButton>
        </p>
      )}
      <div className="files__body">
        <div className="files__list" data-region="list" tabIndex={-1} aria-label={label}>
          {listing === undefined && folder.failure === undefined && <SkeletonRows label={t('files:reading')} />}
          {folder.failure !== undefined && (
            <Notice title={t('files:notRead')} action={<Button onClick={() => void folder.again()}>{t('common:again')}</Button>}>
              <p>{folder.failure}</p>
            </Notice>
          )}
          {listing !== undefined && listing.Entries.length > 0 && (
            <FileTable
              label={label}
              entries={listing.Entries}
              order={order}
              chosen={chosen}
              onOrder={(sort) => setOrder({ sort, descending: order.sort === sort ? !order.descending : sort !== 'name' && sort !== 'kind' })}
              onChoose={setChosen}
              onOpen={open}
              onMenu={(one, anchor) => setMenu({ entry: one, anchor })}
            />
          )}
          {listing !== undefined && listing.Entries.length === 0 && (
            <p className="one-line isolated" role="status">
              {wanted === '' ? t('files:empty') : t('files:noMatch', { filter: wanted })}{' '}
              {wanted !== '' && <LinkButton onClick={() => setFilter('')}>{t('common:clearFilter')}</LinkButton>}
            </p>
          )}
          {listing !== undefined && listing.Entries.length < listing.Total && (
            <p className="files__more">
              {t('files:shownOf', { shown: formatNumber(listing.Entries.length), total: formatNumber(listing.Total) })} <LinkButton onClick={() => void folder.more()}>{t('files:showMore')}</LinkButton>
            </p>
          )}
        </div>
        {entry !== undefined && (
          <FilePreview key={pathOf(entry)} path={pathOf(entry)} entry={entry} source={source} onClose={() => setChosen(undefined)} onDownload={() => source.download(pathOf(entry), entry)} />
        )}
      </div>
      {depth > 0 && <div className="drop">{t('files:drop', { folder: plainName(listing?.Path ?? path) })}</div>}
      {menu !== undefined && <Menu label={t('common:more', { name: plainName(menu.entry.Name) })} anchor={menu.anchor} items={items(menu.entry)} onClose={() => setMenu(undefined)} />}
      {asked?.kind === 'folder' && (
        <NameDialog title={t('files:folderDialog.title')} verb={t('files:folderDialog.make')} onClose={() => setAsked(undefined)} onName={(name) => void change(() => source.makeFolder(joinPath(listing?.Path ?? path, name)), name)} />
      )}
      {asked?.kind === 'rename' && (
        <NameDialog
          title={t('files:renameDialog.title', { name: plainName(asked.entry.Name) })}
          verb={t('files:renameDialog.rename')}
          initial={asked.entry.Name}
          onClose={() => setAsked(undefined)}
          onName={(name) => void change(() => source.rename(pathOf(asked.entry), joinPath(listing?.Path ?? path, name)), name)}
        />
      )}
      {asked?.kind === 'remove' && (
        <RemoveDialog
          entry={asked.entry}
          command={source.removeCommand(pathOf(asked.entry))}
          onClose={() => setAsked(undefined)}
          onRemove={() => {
            setChosen(undefined);
            void change(() => source.remove(pathOf(asked.entry), asked.entry.Kind === 'folder'));
          }}
        />
      )}
    </div>
  );
}
