import { ArchiveRestore, Download, Plus, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { FilterField } from '../../components/controls/filter-field.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Page, SubBar } from '../../components/layout/page.tsx';
import { SelectionBar } from '../../components/layout/selection-bar.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { sentences } from '../../format/sentence.ts';
import type { Sort } from '../../components/table/table-types.ts';
import { t } from '../../i18n/i18n.ts';
import { compareNames } from '../../i18n/intl.ts';
import { Rich } from '../../i18n/rich.tsx';
import { useContainers } from '../../stores/containers/containers.ts';
import { backUpVolume, measureVolumes, refreshVolumes, useVolumes } from '../../stores/volumes.ts';
import { go } from '../../stores/window/navigation.ts';
import { BackupDialog, CreateDialog, LossDialog, RestoreDialog } from './volume-dialogs.tsx';
import { matchesVolume, volumeRows, writersOf, type VolumeRow } from './volume-rows.ts';
import { VolumeTable, type VolumeWish } from './volume-table.tsx';
import './volumes.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
type Asked = { kind: 'create' } | { kind: 'restore'; file: File } | { kind: 'remove' | 'empty'; rows: readonly VolumeRow[] } | { kind: 'backup'; row: VolumeRow };

const focusList = (): void => document.querySelector<HTMLElement>('[data-region=list] [tabindex="0"]')?.focus();

export default function VolumesPage() {
  const { status, volumes, sizes, failure } = useVolumes();
  const containers = useContainers((state) => state.containers);
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<Sort>({ id: 'name', isDescending: false });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked>();
  const picker = useRef<HTMLInputElement>(null);
  const rows = useMemo(() => volumeRows(volumes, containers, sizes), [volumes, containers, sizes]);
  const shown = useMemo(() => rows.filter((row) => matchesVolume(row, filter)).sort((a, b) => compareNames(a.name, b.name)), [rows, filter]);
  const selection = useMemo(() => ({ keys: selected, onChange: setSelected }), [selected]);
  const chosen = shown.filter(({ name }) => selected.has(name));
  const names = volumes.map(({ Name }) => Name);

  // Sizes are asked for when the list is looked at, and again when volumes come or go.
  useEffect(() => void measureVolumes(), [volumes.length]);

  const isEmpty = status === 'ready' && rows.length === 0;
  const unused = rows.filter(({ users }) => users.length === 0);
  const sum = (list: readonly VolumeRow[]): string => formatBytes(list.reduce((total, { size }) => total + (size ?? 0), 0));
  const close = (): void => setAsked(undefined);
  const ask = (wish: VolumeWish, about: readonly VolumeRow[]): void => {
    const [first] = about;
    if (wish !== 'backup') setAsked({ kind: wish, rows: about });
    else if (about.length === 1 && first !== undefined && writersOf(first).length > 0) setAsked({ kind: 'backup', row: first });
    else for (const { name } of about) void backUpVolume(name);
  };

  return (
    <Page
      label={t('volumes:page')}
      bar={
        <>
          <h1>{t('volumes:page')}</h1>
          <span className="top-bar__gap" />
          {!isEmpty && <FilterField label={t('volumes:filter')} value={filter} onValue={setFilter} keys="/" onLeave={focusList} />}
          <Button icon={<ArchiveRestore {...icon} />} onClick={() => picker.current?.click()}>
            {t('volumes:restore')}
          </Button>
          <Button kind="primary" icon={<Plus {...icon} />} onClick={() => setAsked({ kind: 'create' })}>
            {t('volumes:create')}
          </Button>
          <input
            ref={picker}
            type="file"
            hidden
            aria-label={t('volumes:restore')}
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              if (file !== undefined) setAsked({ kind: 'restore', file });
              // The same file picked again must be a change again.
              event.target.value = '';
            }}
          />
        </>
      }
    >
      {status === 'unread' && failure === undefined && <SkeletonRows label={t('volumes:reading')} />}
      {status === 'unread' && failure !== undefined && (
        <Notice title={t('volumes:notRead')} action={<Button onClick={() => void refreshVolumes()}>{t('common:again')}</Button>}>
          <p>{sentences(failure.message, failure.hint)}</p>
        </Notice>
      )}
      {isEmpty && (
        <Notice title={t('volumes:empty.title')} action={<Button onClick={() => setAsked({ kind: 'create' })}>{t('volumes:create')}</Button>}>
          <p>{t('volumes:empty.body')}</p>
          <code>docker volume create data</code>
        </Notice>
      )}
      {status === 'ready' && !isEmpty && (
        <>
          {chosen.length > 0 ? (
            <SelectionBar label={t('volumes:selection')} count={chosen.length} onClear={() => setSelected(new Set())}>
              <Button kind="quiet" keys="B" icon={<Download {...icon} />} onClick={() => ask('backup', chosen)}>
                {t('volumes:backup')}
              </Button>
              <span className="selection-bar__divider" />
              <Button kind="danger-text" keys="backspace" icon={<Trash2 {...icon} />} onClick={() => ask('remove', chosen)}>
                {t('volumes:removeVerb')}
              </Button>
            </SelectionBar>
          ) : (
            <SubBar label={t('volumes:page')} className="volumes-bar">
              <span className="numbers">
                <Rich text="volumes:summary" values={{ size: sum(rows), count: rows.length }} />
              </span>
              <span className="sub-bar__gap" />
              {unused.length > 0 && (
                <>
                  <span className="numbers">{t('volumes:unused', { count: unused.length, size: sum(unused) })}</span>
                  <Button kind="danger-text" size="small" onClick={() => setAsked({ kind: 'remove', rows: unused })}>
                    {t('volumes:removeUnused')}
                  </Button>
                </>
              )}
            </SubBar>
          )}
          {shown.length > 0 && (
            <VolumeTable
              rows={shown}
              sort={sort}
              onSort={setSort}
              selection={selection}
              onAsk={ask}
            />
          )}
          {shown.length === 0 && (
            <p className="one-line isolated" role="status">
              {t('volumes:noMatch', { filter })} <LinkButton onClick={() => setFilter('')}>{t('common:clearFilter')}</LinkButton>
            </p>
          )}
        </>
      )}
      {asked?.kind === 'create' && <CreateDialog names={names} onClose={close} onMade={(name) => go({ page: 'volume', id: name, tab: 'files' })} />}
      {asked?.kind === 'restore' && <RestoreDialog file={asked.file} names={names} onClose={close} />}
      {(asked?.kind === 'remove' || asked?.kind === 'empty') && <LossDialog verb={asked.kind} rows={asked.rows} onClose={close} />}
      {asked?.kind === 'backup' && <BackupDialog row={asked.row} onClose={close} />}
    </Page>
  );
}
