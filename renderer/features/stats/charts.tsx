import { lazy, useMemo } from 'react';
import type { Sample, StatsHistory } from '../../../contract/stats.ts';
import { Loading } from '../../components/layout/loading.tsx';
import { formatMemory } from '../../format/bytes.ts';
import { columnsOf, field, formatPercent, formatRate, shownMarks, valueOf, type Field, type Span } from '../../format/usage.ts';
import { t } from '../../i18n/i18n.ts';
import { formatNumber } from '../../i18n/intl.ts';
import { useClock } from '../../stores/window/clock.ts';
import './stats.css';

const Chart = lazy(() => import('../../components/chart/chart.tsx'));

export type Range = 'minutes' | 'hour';
const spans: Record<Range, { ms: number; gap: number }> = { minutes: { ms: 300_000, gap: 15_000 }, hour: { ms: 3_600_000, gap: 30_000 } };

/** How far back the charts go from now. */
export function useSpan(range: Range): Span {
  // The hour moves on in steps of its points: a new second would only draw the same picture again.
  const to = useClock(({ now }) => (range === 'hour' ? Math.ceil(now / 10_000) * 10_000 : now));
  const { ms, gap } = spans[range];
  return useMemo(() => ({ from: to - ms, to, gap }), [to, ms, gap]);
}

export interface ChartsProps {
  history: StatsHistory;
  latest: Sample | undefined;
  range: Range;
  span: Span;
  /** Bytes: a line across the chart of memory. */
  memoryLimit?: number | undefined;
  /** Of the whole computer, marks of every container would be a fence. */
  showsMarks?: boolean;
}

interface Line {
  name: Field;
  label: string;
  ink: string;
  dash?: number[];
}

/** CPU, memory, network, disk and processes over the same time. */
export function StatsCharts({ history, latest, range, span, memoryLimit, showsMarks = true }: ChartsProps) {
  const shared = { history, latest, range, span, showsMarks };
  return (
    <div className="stats-charts">
      <Figure {...shared} title={t('stats:cpu')} lines={[{ name: 'cpu', label: t('stats:cpu'), ink: '--ac' }]} format={formatPercent} top={10} />
      <Figure {...shared} title={t('stats:memory')} lines={[{ name: 'memory', label: t('stats:memory'), ink: '--ac' }]} format={formatMemory} isBinary top={16 * 2 ** 20} limit={memoryLimit} />
      <Figure
        {...shared}
        title={t('stats:network')}
        lines={[
          { name: 'received', label: t('stats:received'), ink: '--ac' },
          { name: 'sent', label: t('stats:sent'), ink: '--t-mag', dash: [5, 3] },
        ]}
        format={formatRate}
        top={10_000}
      />
      <Figure
        {...shared}
        title={t('stats:disk')}
        lines={[
          { name: 'read', label: t('stats:read'), ink: '--ac' },
          { name: 'written', label: t('stats:written'), ink: '--t-mag', dash: [5, 3] },
        ]}
        format={formatRate}
        top={10_000}
      />
      <Figure {...shared} title={t('stats:processes')} lines={[{ name: 'processes', label: t('stats:processes'), ink: '--ac' }]} format={(value) => formatNumber(Math.round(value))} top={4} />
    </div>
  );
}

interface FigureProps extends Omit<ChartsProps, 'memoryLimit'> {
  title: string;
  lines: readonly Line[];
  format(value: number): string;
  top: number;
  isBinary?: boolean;
  limit?: number | undefined;
}

function Figure({ history, latest, range, span, showsMarks, title, lines, format, top, isBinary = false, limit }: FigureProps) {
  const points = range === 'hour' ? history.hour : history.recent.length > 0 ? history.recent : history.hour;
  const names = lines.map(({ name }) => name).join();
  const data = useMemo(() => columnsOf(points, names.split(',') as Field[], span), [points, names, span]);
  const marks = useMemo(() => (showsMarks === true ? shownMarks(history.marks, span) : []), [showsMarks, history.marks, span]);
  const isSingle = lines.length === 1;
  const most = lines.map(({ name }) => points.reduce((highest, point) => (point[0] > span.from ? Math.max(highest, point[field[name]]) : highest), 0));
  const words = lines.map(({ name, label }, index) => t('stats:chart', { label, now: latest === undefined ? t('stats:nothing') : format(valueOf(latest, name)), most: format(most[index] ?? 0) })).join('; ');
  return (
    <section className="stats-figure" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {lines.map(({ name, label, ink, dash }) => (
          <span key={name} className="stats-figure__now numbers">
            {!isSingle && <Legend ink={ink} dash={dash} />}
            {!isSingle && <small>{label}</small>}
            {latest === undefined ? '–' : format(valueOf(latest, name))}
          </span>
        ))}
        {limit !== undefined && <small className="numbers">{t('stats:ofLimit', { limit: format(limit) })}</small>}
        <small className="stats-figure__most numbers">{t('stats:most', { value: most.map(format).join(' / ') })}</small>
      </header>
      <Loading>
        <Chart
          label={words}
          data={data}
          series={lines.map(({ label, ink, dash }) => ({ label, ink, isFilled: isSingle, ...(dash === undefined ? {} : { dash }) }))}
          height={130}
          format={format}
          top={top}
          isBinary={isBinary}
          {...(limit === undefined ? {} : { limit })}
          marks={marks}
          syncKey="stats"
        />
      </Loading>
    </section>
  );
}

function Legend({ ink, dash }: { ink: string; dash: number[] | undefined }) {
  return (
    <svg className="stats-figure__legend" width="16" height="8" viewBox="0 0 16 8" aria-hidden="true">
      <path d="M0 4h16" stroke={`var(${ink})`} strokeWidth="1.5" strokeDasharray={dash?.join(' ')} />
    </svg>
  );
}
