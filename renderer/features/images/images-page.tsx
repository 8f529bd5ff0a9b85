import { ArrowDownToLine, FolderOpen, Save, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type DragEvent } from 'react';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { FilterField } from '../../components/controls/filter-field.tsx';
import { Page, SubBar } from '../../components/layout/page.tsx';
import { SelectionBar } from '../../components/layout/selection-bar.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import type { Sort } from '../../components/table/table-types.ts';
import { formatBytes } from '../../format/bytes.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { saveImages } from '../../stores/image-actions.ts';
import { measureLayers, useImages } from '../../stores/images.ts';
import { loadImage, useTransfers } from '../../stores/pulls.ts';
import { showToast } from '../../stores/window/toasts.ts';
import { EmptyImages } from './empty-images.tsx';
import { byName, imageRows, matchesImage, type ImageRow } from './image-rows.ts';
import { ImageTable } from './image-table.tsx';
import { RemoveImagesDialog } from './remove-images-dialog.tsx';
import { TransferCard } from './transfer-card.tsx';
import { t } from '../../i18n/i18n.ts';
import { Rich } from '../../i18n/rich.tsx';
import './images.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

function loadFiles(files: Iterable<File>): void {
  for (const file of files) {
    if (/\.(?:tar|tar\.gz|tgz|tar\.zst|tar\.xz)$/i.test(file.name)) void loadImage(file);
    else showToast({ kind: 'trouble', title: t('images:notTar', { name: file.name }), detail: t('images:notTarBody') });
  }
}

function focusList(): void {
  document.querySelector<HTMLElement>('[data-region=list] [tabindex="0"]')?.focus();
}

export default function ImagesPage() {
  const { status, images } = useImages();
  const containers = useContainers((state) => state.containers);
  const transfers = useTransfers((state) => state.transfers);
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<Sort>({ id: 'image', isDescending: false });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [removed, setRemoved] = useState<readonly ImageRow[]>();
  const picker = useRef<HTMLInputElement>(null);

  useEffect(() => void measureLayers(), [images]);

  const rows = useMemo(() => imageRows(images, containers).sort(byName), [images, containers]);
  const shown = useMemo(() => rows.filter((row) => matchesImage(row, filter)), [rows, filter]);
  const selection = useMemo(() => ({ keys: selected, onChange: setSelected }), [selected]);
  // What the filter hides is not acted on: nobody sees it.
  const chosen = shown.filter(({ key }) => selected.has(key));
  const isEmpty = status === 'ready' && rows.length === 0 && transfers.length === 0;
  const pick = (): void => picker.current?.click();
  function askToRemove(about: readonly ImageRow[]): void {
    const [first] = about;
    if (about.length === 1 && first !== undefined) openDialog({ kind: 'remove-image', reference: first.reference, imageId: first.id });
    else if (about.length > 1) setRemoved(about);
  }

  return (
    <Page
      label={t('images:page')}
      bar={
        <>
          <h1>{t('images:page')}</h1>
          <span className="top-bar__gap" />
          {!isEmpty && <FilterField label={t('images:filter')} value={filter} onValue={setFilter} keys="/" onLeave={focusList} />}
          <Button icon={<FolderOpen {...icon} />} onClick={pick}>
            {t('images:load')}
          </Button>
          <Button kind="primary" icon={<ArrowDownToLine {...icon} />} onClick={() => openDialog({ kind: 'pull', reference: '' })}>
            {t('images:pull')}
          </Button>
          <input
            ref={picker}
            type="file"
            hidden
            multiple
            accept=".tar,.gz,.tgz,.zst,.xz"
            aria-label={t('images:load')}
            onChange={(event) => {
              loadFiles(event.target.files ?? []);
              // The same file picked again must be a change again.
              event.target.value = '';
            }}
          />
        </>
      }
    >
      <DropZone onFiles={loadFiles}>
        {status === 'unread' && <SkeletonRows label={t('images:reading')} />}
        {isEmpty && <EmptyImages onPick={pick} />}
        {status === 'ready' && !isEmpty && (
          <>
            {chosen.length > 0 ? <ChosenImages chosen={chosen} onRemove={() => askToRemove(chosen)} onClear={() => setSelected(new Set())} /> : <Summary rows={rows} />}
            {transfers.map((transfer) => (
              <TransferCard key={transfer.key} transfer={transfer} />
            ))}
            {shown.length > 0 && <ImageTable rows={shown} sort={sort} onSort={setSort} selection={selection} onRemove={askToRemove} />}
            {shown.length === 0 && filter !== '' && (
              <p className="one-line isolated" role="status">
                {t('images:noMatch', { filter })} <LinkButton onClick={() => setFilter('')}>{t('images:clearFilter')}</LinkButton>
              </p>
            )}
          </>
        )}
      </DropZone>
      {removed !== undefined && <RemoveImagesDialog rows={removed} onClose={() => setRemoved(undefined)} onRemoved={() => setSelected(new Set())} />}
    </Page>
  );
}

function ChosenImages({ chosen, onRemove, onClear }: { chosen: readonly ImageRow[]; onRemove(): void; onClear(): void }) {
  return (
    <SelectionBar label={t('images:selection')} count={chosen.length} onClear={onClear}>
      <Button kind="quiet" icon={<Save {...icon} />} onClick={() => saveImages(chosen.map(({ reference }) => reference))}>
        {t('images:menu.save')}
      </Button>
      <span className="selection-bar__divider" />
      <Button kind="danger-text" keys="backspace" icon={<Trash2 {...icon} />} onClick={onRemove}>
        {t('images:menu.remove')}
      </Button>
    </SelectionBar>
  );
}

/** All layers, each once. An engine that does not tell them: what distinct images have for themselves, which is less. */
function Summary({ rows }: { rows: readonly ImageRow[] }) {
  const layersSize = useImages((state) => state.layersSize);
  const images = [...new Map(rows.map((row) => [row.id, row])).values()];
  const unused = images.filter(({ users }) => users.length === 0);
  const own = (list: readonly ImageRow[]): number => list.reduce((total, { size, shared = 0 }) => total + size - shared, 0);
  const shares = images.some((row) => (row.shared ?? 0) > 0);
  const freed = layersSize !== undefined && unused.length === images.length ? layersSize : own(unused);
  return (
    <SubBar label={t('images:page')} className="images-bar">
      <span className="numbers">
        <Rich text="images:summary" values={{ size: formatBytes(layersSize ?? own(images)), count: images.length }} />
      </span>
      {shares && layersSize === undefined && <span>{t('images:sharedNote')}</span>}
      {shares && layersSize !== undefined && (
        <>
          <span className="images-bar__part numbers">
            <i className="size-bar__own" aria-hidden="true" />
            {t('images:ownPart', { size: formatBytes(own(images)) })}
          </span>
          <span className="images-bar__part numbers">
            <i className="size-bar__shared" aria-hidden="true" />
            {t('images:sharedPart', { size: formatBytes(Math.max(0, layersSize - own(images))) })}
          </span>
        </>
      )}
      <span className="sub-bar__gap" />
      {unused.length > 0 && (
        <Button kind="quiet" onClick={() => openDialog({ kind: 'prune-images' })}>
          {freed === 0 ? t('images:unusedCount', { count: unused.length }) : t('images:unused', { count: unused.length, size: formatBytes(freed) })}…
        </Button>
      )}
    </SubBar>
  );
}

/** Takes archives dropped anywhere on the page. */
function DropZone({ onFiles, children }: { onFiles(files: Iterable<File>): void; children: React.ReactNode }) {
  const [depth, setDepth] = useState(0);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return (
    <div
      className="images"
      onDragEnter={(event) => hasFiles(event) && setDepth((before) => before + 1)}
      onDragLeave={(event) => hasFiles(event) && setDepth((before) => Math.max(0, before - 1))}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        setDepth(0);
        onFiles(event.dataTransfer.files);
      }}
    >
      {children}
      {depth > 0 && <div className="drop">{t('images:drop')}</div>}
    </div>
  );
}
