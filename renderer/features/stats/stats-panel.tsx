import { useEffect, useState } from 'react';
import type { StatsMark } from '../../../contract/stats.ts';
import { Segments } from '../../components/controls/segments.tsx';
import { ErrorState } from '../../components/layout/states.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { SubBar } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { docker } from '../../format/engine/docker-command.ts';
import { field, markInk, markText } from '../../format/usage.ts';
import { t } from '../../i18n/i18n.ts';
import { formatMoment } from '../../i18n/intl.ts';
import { wasMissed } from '../../stores/last-seen.ts';
import { useVm } from '../../stores/vm.ts';
import { beginCommand } from '../../stores/window/commands.ts';
import { StatsCharts, useSpan, type Range } from './charts.tsx';
import { useUsageHistory } from './use-history.ts';
import './stats.css';

/** What one container uses, and did in the last hour. */
export default function StatsPanel({ view }: { view: ContainerView }) {
  const [range, setRange] = useState<Range>('minutes');
  const isLive = isUp(view.condition);
  const { history, latest, failure, again } = useUsageHistory(view.id, `${view.condition} ${view.summary.State}`);
  const span = useSpan(range);
  const machine = useVm(({ info }) => info?.MemTotal);

  useEffect(() => {
    if (!isLive) return;
    const command = beginCommand(docker.stats([view.name]), `GET /containers/${view.name}/stats`);
    command.live(t('actions:streaming'));
    return () => command.done(t('actions:closed'));
  }, [isLive, view.name]);

  if (history === undefined) return failure === undefined ? <SkeletonRows label={t('stats:reading')} rows={6} /> : <ErrorState title={t('stats:failed')} failure={failure} onAgain={again} />;
  const hasPoints = history.hour.length + history.recent.length > 0;
  if (!hasPoints && !isLive) return <Notice title={t('stats:notRunning')}>{t('stats:notRunningBody')}</Notice>;
  const limit = latest?.[field.memoryLimit - 1] ?? history.hour.at(-1)?.[field.memoryLimit] ?? 0;
  return (
    <>
      <SubBar label={t('stats:view')}>
        <RangeSegments range={range} onPick={setRange} />
        <span className="stats-note">{!isLive ? t('stats:stopped') : latest === undefined && view.condition !== 'restarting' ? t('stats:firstSample') : ''}</span>
      </SubBar>
      <div className="page__scroll" tabIndex={0} role="region" aria-label={t('stats:tab')}>
        {/* A limit that is the whole computer's memory is none. */}
        <StatsCharts history={history} latest={isLive ? latest : undefined} range={range} span={span} memoryLimit={limit > 0 && (machine === undefined || limit < machine * 0.99) ? limit : undefined} />
        <MarkList marks={history.marks.filter(({ at }) => at >= span.from)} />
      </div>
    </>
  );
}

export function RangeSegments({ range, onPick }: { range: Range; onPick(range: Range): void }) {
  return (
    <Segments
      label={t('stats:range')}
      value={range}
      segments={[
        { value: 'minutes', label: t('stats:ranges.minutes') },
        { value: 'hour', label: t('stats:ranges.hour') },
      ]}
      onPick={onPick}
    />
  );
}

const mostMarks = 50;

/** The words of the time line: a chart alone does not tell them to everyone. */
function MarkList({ marks }: { marks: readonly StatsMark[] }) {
  const shown = marks.slice(-mostMarks).reverse();
  return (
    <section className="stats-marks" aria-label={t('stats:happened')}>
      <h2>{t('stats:happened')}</h2>
      {shown.length === 0 ? (
        <p>{t('stats:nothingHappened')}</p>
      ) : (
        <ul>
          {shown.map((mark, index) => (
            <li key={`${mark.at} ${index}`}>
              <time className="numbers" dateTime={new Date(mark.at).toISOString()}>
                {formatMoment(mark.at)}
              </time>
              <span className={`stats-marks__${markInk(mark).slice(2)}`}>{markText(mark)}</span>
              {wasMissed(mark.at) && <small>{t('stats:missed')}</small>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
