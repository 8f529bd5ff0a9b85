import { HardDrive } from 'lucide-react';
import { Button } from '../../components/controls/button.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { attentionOf } from '../../format/engine/attention.ts';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { t } from '../../i18n/i18n.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { useEvidence } from '../../stores/containers/evidence.ts';
import { isDiskLow, useDiskGlance, type DiskGlance } from '../../stores/disk-glance.ts';
import { useClock } from '../../stores/window/clock.ts';
import { go } from '../../stores/window/navigation.ts';
import { screenOf } from '../../stores/window/screens.ts';
import { Card } from './card.tsx';

const shownAtMost = 6;

/** What a person should act on, each with its reason and a step. Nothing of it: one quiet line. */
export function AttentionSection() {
  const containers = useContainers((state) => state.containers);
  const evidence = useEvidence((state) => state.byId);
  const glance = useDiskGlance((state) => state.glance);
  const minute = useClock(({ now }) => Math.floor(now / 60_000));
  const isLow = glance !== undefined && isDiskLow(glance);

  const troubled = containers.flatMap((view) => {
    const attention = attentionOf(view, evidence[view.id], minute * 60_000);
    return attention === undefined ? [] : [{ view, attention }];
  });
  const count = troubled.length + (isLow ? 1 : 0);
  if (count === 0) {
    const running = containers.filter(({ condition }) => isUp(condition)).length;
    return (
      <p className="home__calm" role="status">
        <StateGlyph shape="healthy" />
        {t('home:attention.calm', { count: running })}
      </p>
    );
  }
  return (
    <Card title={t('home:attention.title')} note={count}>
      <ul className="home-rows">
        {isLow && <DiskLow glance={glance} />}
        {troubled.slice(0, shownAtMost).map(({ view, attention }) => (
          <li key={view.id} className="home-row home-row--tall">
            <StateGlyph shape={shapeOf(view)} />
            <div className="home-row__words selectable isolated">
              <strong>{view.name}</strong>
              <span>
                {attention.cause} {attention.proof}
              </span>
            </div>
            <Button aria-label={t('home:attention.detailsOf', { name: view.name })} onClick={() => go({ page: 'container', id: view.id, tab: 'overview' })}>
              {t('home:attention.details')}
            </Button>
            <Button kind="quiet" aria-label={t('home:attention.logsOf', { name: view.name })} onClick={() => go({ page: 'container', id: view.id, tab: 'logs' })}>
              {t('home:attention.logs')}
            </Button>
          </li>
        ))}
        {troubled.length > shownAtMost && (
          <li className="home-row home-row--more">
            <a href="#/containers">{t('home:attention.more', { count: troubled.length - shownAtMost })}</a>
          </li>
        )}
      </ul>
    </Card>
  );
}

function DiskLow({ glance }: { glance: DiskGlance }) {
  const { size, free } = glance.whole ?? { size: 0, free: 0 };
  const canGo = glance.imagesCanGo + glance.containersCanGo;
  return (
    <li className="home-row home-row--tall">
      <HardDrive className="home-row__sig" size={15} strokeWidth={1.75} aria-hidden="true" />
      <div className="home-row__words">
        <strong>{t('home:attention.diskLow', { percent: Math.round((1 - free / size) * 100) })}</strong>
        <span>{canGo > 0 ? t('home:attention.diskCanGo', { free: formatBytes(free), size: formatBytes(canGo) }) : t('home:attention.diskFree', { free: formatBytes(free) })}</span>
      </div>
      {screenOf('disk') !== undefined && <Button onClick={() => go({ page: 'disk' })}>{t('home:disk.review')}</Button>}
    </li>
  );
}

function shapeOf({ condition }: ContainerView) {
  if (condition === 'restarting') return 'restarting';
  return condition === 'unhealthy' ? 'unhealthy' : 'failed';
}
