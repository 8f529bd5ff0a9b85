import { ArchiveRestore, Plus } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button, LinkButton } from '../../components/controls/button.tsx';
import { FilterField } from '../../components/controls/filter-field.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Page, SubBar } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { Rich } from '../../i18n/rich.tsx';
import { useContainers } from '../../stores/containers/containers.ts';
import { measureVolumes, refreshVolumes, useVolumes } from '../../stores/volumes.ts';
import { formatRoute, go } from '../../stores/window/navigation.ts';
import { CreateDialog, LossDialog, RestoreDialog } from './volume-dialogs.tsx';
import { matchesVolume, sortVolumes, volumeRows, type VolumeRow, type VolumeSort } from './volume-rows.ts';
import { VolumeTable } from './volume-table.tsx';
import './volumes.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
type Asked = { kind: 'create' } | { kind: 'restore'; file: File } | { kind: 'remove' | 'empty'; row: VolumeRow };

const focusList = (): void => document.querySelector<HTMLElement>('[data-region=list] [tabindex="0"]')?.focus();

export default function VolumesPage() {
  const { status, volumes, sizes, failure } = useVolumes();
  const containers = useContainers((state) => state.containers);
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<{ key: VolumeSort; isDescending: boolean }>({ key: 'name', isDescending: false });
  const [asked, setAsked] = useState<Asked>();
  const picker = useRef<HTMLInputElement>(null);
  const rows = useMemo(() => volumeRows(volumes, containers, sizes), [volumes, containers, sizes]);
  const shown = useMemo(() => sortVolumes(rows.filter((row) => matchesVolume(row, filter)), sort.key, sort.isDescending), [rows, filter, sort]);
  const names = volumes.map(({ Name }) => Name);

  // Sizes are asked for when the list is looked at, and again when volumes come or go.
  useEffect(() => void measureVolumes(), [volumes.length]);

  const isEmpty = status === 'ready' && rows.length === 0;
  const unused = rows.filter(({ users }) => users.length === 0);
  const sum = (list: readonly VolumeRow[]): string => formatBytes(list.reduce((total, { size }) => total + (size ?? 0), 0));
  const close = (): void => setAsked(undefined);

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
          <SubBar label={t('volumes:page')} className="volumes-bar">
            <span className="numbers">
              <Rich text="volumes:summary" values={{ size: sum(rows), count: rows.length }} />
            </span>
            <span className="sub-bar__gap" />
            {unused.length > 0 && (
              <span className="numbers">
                {t('volumes:unused', { count: unused.length, size: sum(unused) })} <a href={formatRoute({ page: 'disk' })}>{t('volumes:review')}</a>
              </span>
            )}
          </SubBar>
          {shown.length > 0 && (
            <VolumeTable
              rows={shown}
              sort={sort}
              onSort={(key) => setSort({ key, isDescending: sort.key === key ? !sort.isDescending : key !== 'name' })}
              onAsk={(kind, row) => setAsked({ kind, row })}
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
      {(asked?.kind === 'remove' || asked?.kind === 'empty') && <LossDialog verb={asked.kind} row={asked.row} onClose={close} />}
    </Page>
  );
}
