import { useMemo, useState } from 'react';
import type { Sample } from '../../../contract/stats.ts';
import { Page, SubBar } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { ErrorState } from '../../components/layout/states.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Sparkline } from '../../components/chart/sparkline.tsx';
import { DataTable } from '../../components/table/data-table.tsx';
import type { Column, Sort } from '../../components/table/table-types.ts';
import { formatMemory } from '../../format/bytes.ts';
import type { ContainerView } from '../../format/engine/container.ts';
import { formatPercent, formatRate, stepsOf, valueOf } from '../../format/usage.ts';
import { t } from '../../i18n/i18n.ts';
import { formatNumber } from '../../i18n/intl.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { trailMs, trailOf, useUsage } from '../../stores/containers/usage.ts';
import { useIsStale } from '../../stores/stale.ts';
import { go } from '../../stores/window/navigation.ts';
import { StatsCharts, useSpan, type Range } from './charts.tsx';
import { RangeSegments } from './stats-panel.tsx';
import { useUsageHistory } from './use-history.ts';
import './stats.css';

interface Row {
  view: ContainerView;
  sample: Sample;
  at: number;
}

const number = (id: 'processes', width: string): Column<Row> => ({ id, label: t(`stats:${id}`), width, isNumber: true, hiddenBelow: 860, sortBy: ({ sample }) => valueOf(sample, id), cell: ({ sample }) => formatNumber(valueOf(sample, id)) });
const pair = (id: 'network' | 'disk', a: 'received' | 'read', b: 'sent' | 'written'): Column<Row> => ({
  id,
  label: t(`stats:${id}`),
  width: '116px',
  isNumber: true,
  hiddenBelow: 760,
  sortBy: ({ sample }) => valueOf(sample, a) + valueOf(sample, b),
  cell: ({ sample }) => formatRate(valueOf(sample, a) + valueOf(sample, b)),
});

const columnsNow = (): Column<Row>[] => [
  { id: 'name', label: t('stats:container'), width: 'minmax(0, 1fr)', sortBy: ({ view }) => view.name, cell: ({ view }) => <span className="cut isolated">{view.name}</span> },
  {
    id: 'trail',
    label: t('stats:trail'),
    width: '62px',
    hidesLabel: true,
    hiddenBelow: 560,
    cell: ({ view, sample, at }) => <Sparkline values={stepsOf(trailOf(view.id), 'cpu', at, { span: trailMs, steps: 30 })} top={5} isQuiet={valueOf(sample, 'cpu') < 1} />,
  },
  { id: 'cpu', label: t('stats:cpu'), width: '72px', isNumber: true, sortBy: ({ sample }) => valueOf(sample, 'cpu'), cell: ({ sample }) => formatPercent(valueOf(sample, 'cpu')) },
  { id: 'memory', label: t('stats:memory'), width: '84px', isNumber: true, sortBy: ({ sample }) => valueOf(sample, 'memory'), cell: ({ sample }) => formatMemory(valueOf(sample, 'memory')) },
  pair('network', 'received', 'sent'),
  pair('disk', 'read', 'written'),
  number('processes', '84px'),
];

/** What all containers use together, and each of them. */
export default function StatsPage() {
  const [range, setRange] = useState<Range>('minutes');
  const [sort, setSort] = useState<Sort>({ id: 'cpu', isDescending: true });
  const { history, latest, failure, again } = useUsageHistory(undefined, '');
  const span = useSpan(range);
  const containers = useContainers((state) => state.containers);
  const { latest: samples, at = 0 } = useUsage();
  const isStale = useIsStale();
  const columns = useMemo(() => columnsNow(), []);
  const rows = useMemo(
    () =>
      containers.flatMap((view): Row[] => {
        const sample = samples[view.id];
        return sample === undefined ? [] : [{ view, sample, at }];
      }),
    [containers, samples, at],
  );
  return (
    <Page
      label={t('stats:page')}
      bar={
        <>
          <h1>{t('stats:page')}</h1>
          <span className="top-bar__gap" />
        </>
      }
    >
      <SubBar label={t('stats:view')}>
        <RangeSegments range={range} onPick={setRange} />
        <span className="stats-note">{t('stats:together', { count: rows.length })}</span>
      </SubBar>
      {history === undefined ? (
        failure === undefined ? <SkeletonRows label={t('stats:reading')} rows={6} /> : <ErrorState title={t('stats:failed')} failure={failure} onAgain={again} />
      ) : (
        <div className="page__scroll stats-page" tabIndex={0} role="region" aria-label={t('stats:charts')}>
          <StatsCharts history={history} latest={latest} range={range} span={span} showsMarks={false} />
          {rows.length === 0 ? (
            <Notice title={t('stats:noneRuns')}>{t('stats:noneRunsBody')}</Notice>
          ) : (
            <div className={`stats-page__table${rows.length > 200 ? ' stats-page__table--long' : ''}`}>
              <DataTable label={t('stats:table')} rows={rows} keyOf={({ view }) => view.id} nameOf={({ view }) => view.name} columns={columns} sort={sort} onSort={setSort} onOpen={({ view }) => go({ page: 'container', id: view.id, tab: 'stats' })} isStale={isStale} />
            </div>
          )}
        </div>
      )}
    </Page>
  );
}
