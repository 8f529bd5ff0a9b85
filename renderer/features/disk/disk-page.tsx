import { RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CleanUp, CleanUpName, DiskSurvey } from '../../../contract/engine-api/disk.ts';
import { Button } from '../../components/controls/button.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { plainName } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { formatClock } from '../../i18n/intl.ts';
import { surveyDisk, surveyProblem, useDisk } from '../../stores/disk.ts';
import { formatRoute, type Route } from '../../stores/window/navigation.ts';
import { CleanUpDialog } from './clean-up-dialog.tsx';
import './disk.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
const cleanUps: readonly CleanUpName[] = ['all', 'containers', 'images-dangling', 'images-unused', 'volumes-anonymous', 'volumes-unused'];
const largest = 12;

export default function DiskPage() {
  const { survey, failure, isReading, readAt, cleaning } = useDisk();
  const [asked, setAsked] = useState<CleanUpName>();
  useEffect(() => void surveyDisk(), []);

  return (
    <Page
      label={t('disk:page')}
      bar={
        <>
          <h1>{t('disk:page')}</h1>
          {readAt !== undefined && <small className="numbers disk__as-of">{isReading ? t('disk:reading') : t('common:asOf', { time: formatClock(readAt) })}</small>}
          <span className="top-bar__gap" />
          <Button icon={<RotateCw {...icon} />} disabled={isReading} onClick={() => void surveyDisk()}>
            {t('common:readAgain')}
          </Button>
        </>
      }
    >
      {survey === undefined && failure === undefined && <SkeletonRows label={t('disk:reading')} />}
      {survey === undefined && failure !== undefined && (
        <Notice title={t('disk:notRead')} action={<Button onClick={() => void surveyDisk()}>{t('common:again')}</Button>}>
          <p>{surveyProblem(failure)}</p>
        </Notice>
      )}
      {survey !== undefined && (
        <div className="page__scroll disk" data-region="list">
          <Usage survey={survey} />
          <section aria-labelledby="disk-clean">
            <h2 id="disk-clean">{t('disk:cleanUp')}</h2>
            <ul className="disk__cleanups">
              {cleanUps.map((name) => (
                <CleanUpRow key={name} name={name} cleanUp={survey.CleanUps[name]} isBusy={cleaning !== undefined} onReview={() => setAsked(name)} />
              ))}
            </ul>
          </section>
          <Largest survey={survey} />
        </div>
      )}
      {asked !== undefined && survey !== undefined && <CleanUpDialog name={asked} cleanUp={survey.CleanUps[asked]} onClose={() => setAsked(undefined)} />}
    </Page>
  );
}

/** What takes space, as parts of the whole disk: solid is in use, striped can go. */
function Usage({ survey: { FileSystem, Images, Containers, Volumes, CleanUps } }: { survey: DiskSurvey }) {
  const free = CleanUps.all.Size + CleanUps.all.OtherSize;
  const parts = [
    { key: 'images', size: Images.Size, canGo: CleanUps['images-unused'].Size },
    { key: 'blobs', size: Images.BlobSize, canGo: CleanUps['images-unused'].OtherSize },
    { key: 'containers', size: Containers.Size, canGo: CleanUps.containers.Size },
    { key: 'logs', size: Containers.LogSize, canGo: CleanUps.containers.OtherSize },
    { key: 'volumes', size: Volumes.Size, canGo: CleanUps['volumes-unused'].Size },
  ] as const;
  const ours = parts.reduce((sum, { size }) => sum + size, 0);
  const taken = FileSystem.Size - FileSystem.Free;
  const rest = Math.max(0, taken - ours);
  const share = (size: number): number => (FileSystem.Size === 0 ? 0 : (size / FileSystem.Size) * 1000);
  let at = 0;
  return (
    <section aria-labelledby="disk-usage">
      <h2 id="disk-usage">{t('disk:usage')}</h2>
      <p className="numbers">
        <strong>{t('disk:takenOf', { taken: formatBytes(taken), size: formatBytes(FileSystem.Size) })}</strong> {t('disk:canGo', { size: formatBytes(free) })}
      </p>
      <svg className="disk__bar" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">
        <defs>
          <pattern id="disk-stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="6" height="6" className="disk__stripe-ground" />
            <rect width="3" height="6" className="disk__stripe" />
          </pattern>
        </defs>
        <rect width="1000" height="14" className="disk__track" />
        {[...parts.map(({ size, canGo }) => [size - Math.min(size, canGo), Math.min(size, canGo)] as const), [rest, 0] as const].map(([solid, striped], index) => {
          const x = at;
          at += share(solid + striped);
          return (
            <g key={index}>
              <rect x={x} width={share(solid)} height="14" className={index === parts.length ? 'disk__rest' : 'disk__solid'} />
              {striped > 0 && <rect x={x + share(solid)} width={share(striped)} height="14" fill="url(#disk-stripes)" />}
            </g>
          );
        })}
      </svg>
      <table className="disk__parts">
        <thead>
          <tr>
            <th scope="col">{t('disk:columns.what')}</th>
            <th scope="col" className="right">{t('disk:columns.size')}</th>
            <th scope="col" className="right">{t('disk:columns.canGo')}</th>
            <th scope="col">{t('disk:columns.why')}</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ key, size, canGo }) => (
            <tr key={key}>
              <th scope="row">{t(`disk:parts.${key}`)}</th>
              <td className="right numbers">{formatBytes(size)}</td>
              <td className="right numbers">{formatBytes(Math.min(size, canGo))}</td>
              <td>{t(`disk:why.${key}`)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t('disk:parts.rest')}</th>
            <td className="right numbers">{formatBytes(rest)}</td>
            <td className="right numbers">–</td>
            <td>{t('disk:why.rest')}</td>
          </tr>
          <tr>
            <th scope="row">{t('disk:parts.free')}</th>
            <td className="right numbers">{formatBytes(FileSystem.Free)}</td>
            <td className="right numbers">–</td>
            <td />
          </tr>
        </tbody>
      </table>
    </section>
  );
}

function CleanUpRow({ name, cleanUp: { Size, OtherSize, Items }, isBusy, onReview }: { name: CleanUpName; cleanUp: CleanUp; isBusy: boolean; onReview(): void }) {
  const title = t(`disk:cleanUps.${name}.title`);
  return (
    <li className="disk__cleanup">
      <div>
        <strong>{title}</strong>
        <p>{t(`disk:cleanUps.${name}.body`)}</p>
      </div>
      <span className="numbers">{Items.length === 0 ? t('disk:nothing') : t('disk:items', { count: Items.length, size: formatBytes(Size + OtherSize) })}</span>
      <Button aria-label={t('disk:reviewOf', { title })} disabled={isBusy || Items.length === 0} onClick={onReview}>
        {t('disk:review')}
      </Button>
    </li>
  );
}

function Largest({ survey: { Images, Containers, Volumes } }: { survey: DiskSurvey }) {
  const rows: { key: string; kind: 'image' | 'container' | 'volume'; name: string; size: number; note: string; route: Route }[] = [
    ...Images.Items.map(({ Id, Names, Size, SharedSize, Containers: users }) => ({
      key: Id, kind: 'image' as const, name: Names[0] ?? Id.slice(7, 19), size: Size - SharedSize, route: { page: 'images' } as const,
      note: [SharedSize > 0 ? t('disk:shares', { size: formatBytes(SharedSize) }) : '', users > 0 ? t('disk:usedBy', { count: users }) : t('disk:unused')].filter(Boolean).join(', '),
    })),
    ...Containers.Items.map(({ Id, Name, Size, LogSize, State }) => ({
      key: Id, kind: 'container' as const, name: Name, size: Size + LogSize, route: { page: 'container', id: Id, tab: 'overview' } as const,
      note: [LogSize > 0 ? t('disk:logOf', { size: formatBytes(LogSize) }) : '', State === 'running' || State === 'paused' ? '' : t('disk:rests')].filter(Boolean).join(', '),
    })),
    ...Volumes.Items.filter(({ Mounted }) => !Mounted).map(({ Name, Size, Users }) => ({
      key: Name, kind: 'volume' as const, name: Name, size: Size, route: { page: 'volume', id: Name, tab: 'files' } as const, note: Users > 0 ? t('disk:usedBy', { count: Users }) : t('disk:unused'),
    })),
  ];
  const top = rows.sort((a, b) => b.size - a.size).slice(0, largest);
  return (
    <section aria-labelledby="disk-largest">
      <h2 id="disk-largest">{t('disk:largest')}</h2>
      <table className="disk__largest">
        <thead>
          <tr>
            <th scope="col">{t('disk:columns.name')}</th>
            <th scope="col">{t('disk:columns.kind')}</th>
            <th scope="col" className="right">{t('disk:columns.own')}</th>
            <th scope="col">{t('disk:columns.note')}</th>
          </tr>
        </thead>
        <tbody>
          {top.map(({ key, kind, name, size, note, route }) => (
            <tr key={`${kind}${key}`}>
              <th scope="row" className="isolated">
                <a href={formatRoute(route)}>{plainName(name)}</a>
              </th>
              <td>{t(`disk:kinds.${kind}`)}</td>
              <td className="right numbers">{formatBytes(size)}</td>
              <td>{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
