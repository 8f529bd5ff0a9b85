import { ChevronRight, Download, Eraser, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Tabs } from '../../components/controls/tabs.tsx';
import { FileBrowser } from '../../components/files/file-browser.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { plainName } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { formatMoment } from '../../i18n/intl.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { filesOf } from '../../stores/files.ts';
import { backUpVolume, measureVolumes, useVolumes } from '../../stores/volumes.ts';
import { formatRoute, replaceRoute, type RouteOf } from '../../stores/window/navigation.ts';
import { BackupDialog, LossDialog } from './volume-dialogs.tsx';
import { volumeRows, writersOf, type VolumeRow } from './volume-rows.ts';
import './volumes.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export default function VolumePage({ route: { id, tab } }: { route: RouteOf<'volume'> }) {
  const { status, volumes, sizes } = useVolumes();
  const containers = useContainers((state) => state.containers);
  const row = useMemo(() => volumeRows(volumes, containers, sizes).find(({ name }) => name === id), [volumes, containers, sizes, id]);
  const [asked, setAsked] = useState<'remove' | 'empty' | 'backup'>();
  const isPending = useVolumes(({ pending }) => pending[id] !== undefined);
  const source = useMemo(() => filesOf('volume', id, id), [id]);
  const shown = tab === 'inspect' ? 'overview' : tab;
  const name = plainName(id);

  useEffect(() => void measureVolumes(), [id]);

  return (
    <Page
      label={name}
      bar={
        <>
          <nav className="crumbs" aria-label={t('volumes:page')}>
            <a href={formatRoute({ page: 'volumes' })}>{t('volumes:page')}</a>
            <ChevronRight {...icon} />
            <h1 className="isolated">{name}</h1>
          </nav>
          <span className="top-bar__gap" />
          <Button icon={<Download {...icon} />} disabled={row === undefined} onClick={() => (row !== undefined && writersOf(row).length > 0 ? setAsked('backup') : void backUpVolume(id))}>
            {t('volumes:backup')}
          </Button>
          <Button kind="danger-text" icon={<Eraser {...icon} />} disabled={row === undefined || isPending} onClick={() => setAsked('empty')}>
            {t('volumes:emptyVerb')}
          </Button>
          <Button kind="danger-text" icon={<Trash2 {...icon} />} disabled={row === undefined || isPending} onClick={() => setAsked('remove')}>
            {t('volumes:removeVerb')}
          </Button>
        </>
      }
    >
      {status === 'unread' && <SkeletonRows label={t('volumes:reading')} />}
      {status === 'ready' && row === undefined && (
        <Notice title={t('volumes:gone')} action={<a href={formatRoute({ page: 'volumes' })}>{t('volumes:back')}</a>}>
          <p>{t('volumes:goneBody', { name })}</p>
        </Notice>
      )}
      {row !== undefined && (
        <>
          <Tabs
            label={t('volumes:tabs.label')}
            value={shown}
            onPick={(next) => replaceRoute({ page: 'volume', id, tab: next })}
            items={[
              { value: 'files', label: t('volumes:tabs.files') },
              { value: 'overview', label: t('volumes:tabs.overview') },
            ]}
          >
            {/* A volume that was emptied is read anew. */}
            {shown === 'files' ? <FileBrowser key={`${id} ${isPending}`} source={source} label={t('files:volume', { name })} /> : <Overview row={row} />}
          </Tabs>
        </>
      )}
      {asked !== undefined && row !== undefined && (asked === 'backup' ? <BackupDialog row={row} onClose={() => setAsked(undefined)} /> : <LossDialog verb={asked} rows={[row]} onClose={() => setAsked(undefined)} />)}
    </Page>
  );
}

function Overview({ row }: { row: VolumeRow }) {
  const { volume, users, size, created } = row;
  const pairs = (values: Record<string, string> | null) => Object.entries(values ?? {}).map(([key, value]) => `${plainName(key)}${value === '' ? '' : `=${plainName(value)}`}`);
  const list = (texts: readonly string[]) =>
    texts.length === 0
      ? '–'
      : texts.map((text) => (
          <code className="selectable isolated" key={text}>
            {text}
          </code>
        ));
  return (
    <div className="page__scroll volume-overview">
      <dl>
        <dt>{t('volumes:columns.size')}</dt>
        <dd className="numbers">{size === undefined ? '–' : formatBytes(size)}</dd>
        <dt>{t('volumes:columns.created')}</dt>
        <dd className="numbers">{created === 0 ? '–' : formatMoment(created * 1000)}</dd>
        <dt>{t('volumes:overview.place')}</dt>
        <dd>{list([volume.Mountpoint])}</dd>
        <dt>{t('volumes:overview.labels')}</dt>
        <dd>{list(pairs(volume.Labels))}</dd>
        <dt>{t('volumes:overview.options')}</dt>
        <dd>{list(pairs(volume.Options))}</dd>
      </dl>
      <h2>{t('volumes:columns.users')}</h2>
      {users.length === 0 && <p>{t('volumes:overview.nobody')}</p>}
      <ul>
        {users.map((user) => (
          <li key={`${user.id}${user.destination}`}>
            <a className="isolated" href={formatRoute({ page: 'container', id: user.id, tab: 'overview' })}>
              {user.name}
            </a>{' '}
            <small>{user.isUp ? t('volumes:overview.runs') : t('volumes:overview.rests')}</small> <code className="isolated">{plainName(user.destination)}</code>{' '}
            {user.isReadOnly && <small>{t('volumes:overview.readOnly')}</small>}
          </li>
        ))}
      </ul>
    </div>
  );
}
