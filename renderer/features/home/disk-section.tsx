import { SizeBar } from '../../components/chart/size-bar.tsx';
import { LinkButton } from '../../components/controls/button.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { Rich } from '../../i18n/rich.tsx';
import { readDiskGlance, useDiskGlance } from '../../stores/disk-glance.ts';
import { screenOf } from '../../stores/window/screens.ts';
import { Card } from './card.tsx';

/** What takes space, and how much of it can go. */
export function DiskSection() {
  const { glance, failure } = useDiskGlance();
  if (glance === undefined) {
    if (failure === undefined) return null;
    return (
      <Card title={t('home:disk.title')}>
        <p className="home-row home-row--more selectable isolated">
          <span>{sentences(failure.message, failure.hint)}</span>
          <LinkButton onClick={() => void readDiskGlance()}>{t('common:readAgain')}</LinkButton>
        </p>
      </Card>
    );
  }
  const { images, imagesCanGo, containers, containersCanGo, volumes, buildCache, whole } = glance;
  const used = images + containers + volumes + buildCache;
  const canGo = imagesCanGo + containersCanGo;
  const other = whole === undefined ? 0 : Math.max(0, whole.size - whole.free - used);
  const words = whole === undefined ? formatBytes(used) : t('home:disk.of', { used: formatBytes(whole.size - whole.free), size: formatBytes(whole.size) });
  const canGoWords = (bytes: number): string => (bytes > 0 ? t('home:disk.canGoShort', { size: formatBytes(bytes) }) : '');
  const kinds = [
    { key: 'images', bytes: images, label: t('home:disk.images'), note: canGoWords(imagesCanGo) },
    { key: 'containers', bytes: containers, label: t('home:disk.containers'), note: canGoWords(containersCanGo) },
    ...(whole === undefined ? [] : [{ key: 'volumes', bytes: volumes, label: t('home:disk.volumes'), note: t('home:disk.kept') }]),
    ...(other > 0 ? [{ key: 'other', bytes: other, label: t('home:disk.other'), note: '' }] : []),
  ];
  return (
    <Card title={t('home:disk.title')} note={words}>
      <div className="home-disk">
        <SizeBar
          label={`${words}. ${kinds.map(({ label, bytes }) => `${label}: ${formatBytes(bytes)}`).join(', ')}`}
          whole={whole?.size ?? used}
          parts={[
            { kind: 'own', bytes: Math.max(0, images - imagesCanGo) },
            { kind: 'own', bytes: Math.max(0, containers - containersCanGo) },
            { kind: 'own', bytes: volumes + buildCache },
            { kind: 'free', bytes: canGo },
            { kind: 'other', bytes: other },
          ]}
        />
        <dl className="home-disk__kinds">
          {kinds.map(({ key, bytes, label, note }) => (
            <div key={key}>
              <dd className="numbers">{formatBytes(bytes)}</dd>
              <dt>
                {label} <small className="numbers">{note}</small>
              </dt>
            </div>
          ))}
        </dl>
      </div>
      <p className="home-row home-row--more">
        <span>{canGo > 0 ? <Rich text="home:disk.canGo" values={{ size: formatBytes(canGo) }} /> : t('home:disk.nothing')}</span>
        {screenOf('disk') !== undefined && <a href="#/disk">{t('home:disk.review')}</a>}
      </p>
    </Card>
  );
}
