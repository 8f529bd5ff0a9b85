import { useEffect } from 'react';
import type { Sample } from '../../../contract/stats.ts';
import { SizeBar } from '../../components/chart/size-bar.tsx';
import { sparkPath } from '../../components/chart/spark-path.ts';
import { SparkLine } from '../../components/chart/sparkline.tsx';
import { formatMemory } from '../../format/bytes.ts';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { formatPercent, stepsOf, totalOf, valueOf } from '../../format/usage.ts';
import { t } from '../../i18n/i18n.ts';
import { trailMs, trailOf, useUsage, watchUsage } from '../../stores/containers/usage.ts';

/** Often enough to look alive, rare enough to cost nothing. */
const everyMs = 2000;
/** Percent of a core below which a line is grey. */
const quietBelow = 1;
/** The least that the full height of a sparkline means. */
const leastTop = 5;

/** The list's figures come while it is shown. */
export function useLiveUsage(): void {
  useEffect(() => watchUsage(everyMs), []);
}

interface Usage {
  at: number | undefined;
  latest: Record<string, Sample>;
}

/** Figure and line as one text: a cell is drawn again only when it changes, and that of an idle container does not. */
function cpuDrawing({ at, latest }: Usage, id: string): string | undefined {
  const sample = latest[id];
  if (sample === undefined) return undefined;
  const cpu = valueOf(sample, 'cpu');
  return `${formatPercent(cpu)}|${cpu < quietBelow ? 'quiet' : ''}|${sparkPath(stepsOf(trailOf(id), 'cpu', at ?? 0, { span: trailMs, steps: 30 }), leastTop)}`;
}

export function CpuCell({ view }: { view: ContainerView }) {
  const drawing = useUsage((state) => cpuDrawing(state, view.id));
  if (drawing === undefined || !isUp(view.condition)) return null;
  const [figure, quiet, path = ''] = drawing.split('|');
  return (
    <span className="container-cell__usage">
      <SparkLine path={path} isQuiet={quiet !== ''} />
      <span className="numbers">{figure}</span>
    </span>
  );
}

export function MemoryCell({ view }: { view: ContainerView }) {
  const used = useUsage(({ latest }) => memoryOf(latest[view.id], 'memory'));
  const limit = useUsage(({ latest }) => memoryOf(latest[view.id], 'memoryLimit'));
  if (used === undefined || limit === undefined || !isUp(view.condition)) return null;
  return (
    <span className="container-cell__usage">
      <SizeBar label={t('stats:memoryOf', { used: formatMemory(used), limit: formatMemory(limit) })} parts={[{ kind: 'own', bytes: used }]} whole={limit} />
      <span className="numbers">{formatMemory(used)}</span>
    </span>
  );
}

const memoryOf = (sample: Sample | undefined, name: 'memory' | 'memoryLimit'): number | undefined => (sample === undefined ? undefined : valueOf(sample, name));

/** What a project uses: ` · 28% · 1.5 GB`. */
export function GroupUsage({ ids }: { ids: readonly string[] }) {
  return useUsage(({ latest }) => {
    const samples = ids.map((id) => latest[id]).filter((sample) => sample !== undefined);
    if (samples.length === 0) return null;
    const total = totalOf(samples);
    return ` · ${formatPercent(valueOf(total, 'cpu'))} · ${formatMemory(valueOf(total, 'memory'))}`;
  });
}
